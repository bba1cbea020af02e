"""Shapes: reasons, decisions and what people are asked as the JSON that `--json` prints; beside `jivod.wire.rest`."""

from __future__ import annotations

from typing import Any

from attrs import asdict

from jivod.flow.doubts import Doubt
from jivod.flow.query import Decided
from jivod.flow.undo import Attachment, Merged
from jivod.model.entry import Quarantined
from jivod.model.reason import Reason
from jivod.wire.decision import name_of
from jivod.wire.rest import card


def reason(why: Reason) -> dict[str, Any]:
    """Why a journal entry belongs to its customer."""
    return asdict(why)


def decided(done: Decided) -> dict[str, Any]:
    """What a person decided, `by` whom and when: the fields of the decision beside its kind and journal number."""
    fields = asdict(done.decision)
    del fields["anchors"]
    return {"entry": done.seq, "at": done.at, "kind": name_of(done.decision), **fields}


def doubt(one: Doubt) -> dict[str, Any]:
    """A pair that may be one: the review, both customers, and of each field that differs what both say."""
    return {
        "review": asdict(one.review),
        "a": card(one.a),
        "b": card(one.b),
        "winner": one.winner,
        "why": one.why,
        "differing": {d.field: {"a": list(d.a), "b": list(d.b)} for d in one.differing},
    }


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


def quarantined(item: Quarantined, *, whole: bool) -> dict[str, Any]:
    """A body that could not be read; with the body itself only if `whole`."""
    shape: dict[str, Any] = {
        "number": item.number,
        "received_at": item.received_at,
        "origin": asdict(item.origin),
        "code": item.code,
        "message": item.message,
        "bytes": len(item.body),
    }
    return {**shape, "body": item.body.decode("utf-8", "backslashreplace")} if whole else shape
