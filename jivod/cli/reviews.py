"""`jivod reviews`: pairs of customers that may be one, side by side; and what a key did."""

from __future__ import annotations

from typing import Any

import click
from attrs import frozen

from jivod.cli.deed import AS_JSON, now
from jivod.cli.lines import attachment_line, merge_line
from jivod.cli.office import Office
from jivod.cli.pages import doubt_page
from jivod.cli.screen import argument, say, say_json
from jivod.cli.shapes import attachment, doubt, merge
from jivod.cli.words import counted
from jivod.flow import undo
from jivod.flow.doubts import Doubt, open_pairs
from jivod.flow.people import People
from jivod.flow.steward import key_of
from jivod.model.audit import READ
from jivod.store.kv import Txn


@frozen
class _Found:
    """What the key did is None where none is named."""

    doubts: list[Doubt]
    merges: list[undo.Merged] | None = None
    attachments: list[undo.Attachment] | None = None


@click.command()
@click.option("--key", metavar="KEY", help="Only pairs that share this key; also what it merged, and whom it added.")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, undo.PAGE), help="At most so many of each."
)
@AS_JSON
@click.pass_obj
def reviews(office: Office, key: str | None, limit: int, as_json: bool) -> None:
    """Pairs of customers that a person should look at, newest first: are they one?

    Answer by `jivod merge A B`, or by `jivod different A B`: then nobody is asked again. KEY is an e-mail, a phone, or
    KIND:VALUE, such as visitor:shop:7.
    """
    text = argument(key) if key is not None else None
    with office.store(READ) as engine:
        found = engine.read(lambda txn: _find(office, txn, text, limit))
        office.touch([id for one in found.doubts for golden in (one.a, one.b) for id in golden.ids])
        office.touch([id for one in found.merges or () for id in (one.edge.loser, one.edge.winner)])
        office.touch([one.customer for one in found.attachments or ()])
    if as_json:
        say_json(_shape(found))
        return
    for one in found.doubts:
        doubt_page(one)
    say(f"{counted(len(found.doubts), 'open review')}" + (" or more: --limit" if len(found.doubts) == limit else ""))
    if found.merges is None or found.attachments is None:
        return
    for title, lines in (
        ("Merged because of this key", [merge_line(one) for one in found.merges]),
        ("Added to a customer for no reason but this key", [attachment_line(one) for one in found.attachments]),
    ):
        say()
        say(f"{title}: {len(lines)}" + (" or more: --limit" if len(lines) == limit else ""))
        for line in lines:
            say(line)


def _find(office: Office, txn: Txn, text: str | None, limit: int) -> _Found:
    hand = office.hand(txn, "", now())
    key = key_of(hand, text) if text is not None else None
    doubts = open_pairs(txn, People(txn), hand.rules, limit, key)
    if key is None:
        return _Found(doubts)
    return _Found(doubts, undo.merges(txn, key=key, limit=limit), undo.attachments(txn, key, limit=limit))


def _shape(found: _Found) -> dict[str, Any]:
    shape: dict[str, Any] = {"reviews": [doubt(one) for one in found.doubts]}
    if found.merges is not None and found.attachments is not None:
        shape["merges"] = [merge(one) for one in found.merges]
        shape["attachments"] = [attachment(one) for one in found.attachments]
    return shape
