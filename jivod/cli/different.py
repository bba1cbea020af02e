"""`jivod different`: two customers are different people for ever."""

from __future__ import annotations

import click

from jivod.cli.deed import AS_JSON, BY, carry_out
from jivod.cli.office import Office
from jivod.cli.screen import argument
from jivod.flow import steward
from jivod.model.audit import DIFFERENT


@click.command()
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option("--undo", is_flag=True, help="Take that back: they may be merged again.")
@BY
@AS_JSON
@click.pass_obj
def different(office: Office, one: str, other: str, undo: bool, by: str | None, as_json: bool) -> None:
    """Customers A and B are different people: no rule merges them, and nobody is asked about them any more."""
    a, b = argument(one), argument(other)
    carry_out(
        office, by, DIFFERENT, lambda txn, hand: steward.tell_apart(txn, hand, a, b, different=not undo),
        as_json=as_json,
    )  # fmt: skip
