"""`jivod detach`: conversations that came to the wrong customer become one of their own."""

from __future__ import annotations

import click

from jivod.cli.deed import AS_JSON, BY, carry_out
from jivod.cli.office import Office
from jivod.cli.screen import argument
from jivod.flow import steward
from jivod.model.audit import DETACHED

LARGEST = (1 << 63) - 1  # number of a journal entry


@click.command()
@click.argument("id")
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True, type=click.IntRange(1, LARGEST))
@BY
@AS_JSON
@click.pass_obj
def detach(office: Office, id: str, numbers: tuple[int, ...], by: str | None, as_json: bool) -> None:
    """Take the conversations of the events NUMBER, as `jivod show ID --why` numbers them, away from customer ID.

    They become a customer of their own, whole conversations at a time, and the two are never merged by a rule again.
    Where a merge brought them here, `jivod unmerge` is what you want.
    """
    one, seqs = argument(id), tuple(dict.fromkeys(numbers))
    carry_out(office, by, DETACHED, lambda txn, hand: steward.detach(txn, hand, one, seqs), as_json=as_json)
