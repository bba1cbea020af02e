"""`jivod note`: what others should know of a customer."""

from __future__ import annotations

import click

from jivod.cli.deed import AS_JSON, BY, Decide, carry_out
from jivod.cli.office import Office
from jivod.cli.screen import argument
from jivod.flow import aside
from jivod.model.audit import NOTED

_NUMBER = click.IntRange(1, 2**63 - 1)


@click.command()
@click.argument("id")
@click.argument("text", required=False)
@click.option("--remove", type=_NUMBER, metavar="NUMBER", help="Take the note of this number away.")
@click.option("--restore", type=_NUMBER, metavar="NUMBER", help="Let a note that was taken away stand again.")
@BY
@AS_JSON
@click.pass_obj
def note(
    office: Office,
    id: str,
    text: str | None,
    remove: int | None,
    restore: int | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Keep TEXT with customer ID: it stands on his page and in the history, and decides nothing.

    NUMBER is the one before the note in what `jivod show ID --why` prints. A note that was taken away stays in the
    journal until the person is erased.
    """
    if sum(given is not None for given in (text, remove, restore)) != 1:
        raise click.UsageError("say one thing: TEXT, --remove NUMBER or --restore NUMBER")
    carry_out(office, by, NOTED, _decide(argument(id), argument(text or ""), remove, restore), as_json=as_json)


def _decide(id: str, text: str, remove: int | None, restore: int | None) -> Decide:
    if remove is not None:
        return lambda txn, hand: aside.strike(txn, hand, id, remove)
    if restore is not None:
        return lambda txn, hand: aside.strike(txn, hand, id, restore, struck=False)
    return lambda txn, hand: aside.note(txn, hand, id, text)
