"""`jivod settle`: of several values that contest an attribute one is right."""

from __future__ import annotations

import click

from jivod.cli.deed import AS_JSON, BY, carry_out
from jivod.cli.office import Office
from jivod.cli.screen import argument
from jivod.flow import steward
from jivod.model.audit import SETTLED


@click.command()
@click.argument("id")
@click.argument("attribute")
@click.argument("value")
@BY
@AS_JSON
@click.pass_obj
def settle(office: Office, id: str, attribute: str, value: str, by: str | None, as_json: bool) -> None:
    """Of the values that contest ATTRIBUTE of customer ID, as `jivod show` lists them, VALUE is the right one."""
    of, name, right = argument(id), argument(attribute), argument(value)
    carry_out(office, by, SETTLED, lambda txn, hand: steward.settle(txn, hand, of, name, right), as_json=as_json)
