"""Shapes: what `--json` prints that is made of several answers of the flow; the rest is as the API has it."""

from __future__ import annotations

from typing import Any

from attrs import asdict

from jivod.flow.doubts import Doubt
from jivod.flow.query import Decided
from jivod.flow.undo import Attachment, Merged
from jivod.model.event import ImportedRow
from jivod.model.reason import Reason
from jivod.wire import rest
from jivod.wire.rest import card, chat, facts, quarantined, transcript

__all__ = [
    "attachment",
    "card",
    "chat",
    "decided",
    "doubt",
    "facts",
    "merge",
    "quarantined",
    "reason",
    "transcript",
]


def reason(why: Reason, row: ImportedRow | None) -> dict[str, Any]:
    """Why a journal entry belongs to its customer; of an imported `row` also by whom, and of which file."""
    origin = {"imported": {"by": row.by, "file": row.file, "line": row.line}} if row is not None else {}
    return {**rest.reason(why), **origin}


def decided(done: Decided) -> dict[str, Any]:
    """What a person decided, `by` whom and when."""
    return rest.decided(done.seq, done.at, done.decision)


def doubt(one: Doubt) -> dict[str, Any]:
    """A pair that may be one."""
    differing = {d.field: (d.a, d.b) for d in one.differing}
    return rest.doubt(one.review, one.a, one.b, one.winner, one.why, differing)


def merge(one: Merged) -> dict[str, Any]:
    """A merge that stands."""
    return {**asdict(one.edge), "keys": [asdict(key) for key in one.keys], "by": one.by or None}


def attachment(one: Attachment) -> dict[str, Any]:
    """Conversations that a key alone added to a customer; no `entries`: more than can be read at once."""
    return {
        "customer": one.customer,
        "record": one.record,
        "at": one.at,
        "conversations": [{"account": account, "ref": ref} for account, ref in one.refs],
        "entries": list(one.seqs),
    }
