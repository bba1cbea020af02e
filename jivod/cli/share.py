"""`jivod share`: a key belongs to several people, or to one."""

from __future__ import annotations

import click

from jivod.cli.deed import AS_JSON, BY, carry_out
from jivod.cli.office import Office
from jivod.cli.screen import argument
from jivod.flow import steward
from jivod.model.audit import SHARED


@click.command()
@click.argument("key")
@click.option("--own", is_flag=True, help="It is one customer's own: it decides, however many have it.")
@BY
@AS_JSON
@click.pass_obj
def share(office: Office, key: str, own: bool, by: str | None, as_json: bool) -> None:
    """Several people use KEY, so from now on it decides nothing; it is kept and shown all the same.

    KEY is an e-mail, a phone, or any key as KIND:VALUE, such as visitor:shop:7 or token:customer-1. What the key did
    until now stays: `jivod reviews --key KEY` shows it, `jivod unmerge --by-key KEY` undoes it.
    """
    text = argument(key)
    carry_out(
        office, by, SHARED, lambda txn, hand: steward.share(txn, hand, steward.key_of(hand, text), shared=not own),
        as_json=as_json,
    )  # fmt: skip
