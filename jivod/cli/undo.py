"""`jivod undo`: one decision is taken back."""

from __future__ import annotations

import click

from jivod.cli.deed import AS_JSON, BY, carry_out
from jivod.cli.office import Office
from jivod.cli.screen import argument
from jivod.flow import retract
from jivod.model.audit import CHANGED


@click.command()
@click.argument("id")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@BY
@AS_JSON
@click.pass_obj
def undo(office: Office, id: str, number: int, by: str | None, as_json: bool) -> None:
    """Take back decision NUMBER about customer ID, who then is what he was without it.

    NUMBER is the one before the decision in what `jivod show ID --why` prints. To undo an undo is to decide the
    same again.
    """
    customer = argument(id)
    carry_out(office, by, CHANGED, lambda txn, hand: retract.take_back(txn, hand, customer, number), as_json=as_json)
