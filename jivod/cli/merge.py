"""`jivod merge`: make one customer part of another."""

from __future__ import annotations

import click

from jivod.cli.deed import AS_JSON, BY, carry_out
from jivod.cli.office import Office
from jivod.cli.screen import argument
from jivod.flow import steward
from jivod.model.audit import MERGED


@click.command()
@click.argument("loser", metavar="A")
@click.argument("winner", metavar="B")
@BY
@AS_JSON
@click.pass_obj
def merge(office: Office, loser: str, winner: str, by: str | None, as_json: bool) -> None:
    """Make customer A part of B.

    Nothing is moved and nothing is lost: `jivod unmerge A` takes it back, and the id of A leads to B from now on.
    """
    a, b = argument(loser), argument(winner)
    carry_out(office, by, MERGED, lambda txn, hand: steward.merge(txn, hand, a, b), as_json=as_json)
