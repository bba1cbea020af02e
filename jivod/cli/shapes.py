"""Shapes: customers, chats and reasons as the JSON that `--json` prints. Times are UNIX ms."""

from __future__ import annotations

from typing import Any

from attrs import asdict

from jivod.model.chat import Chat, Transcript
from jivod.model.customer import GoldenRecord
from jivod.model.entry import Quarantined
from jivod.model.reason import Reason


def card(golden: GoldenRecord) -> dict[str, Any]:
    """A customer; `chats` is how many there are."""
    return asdict(golden)


def chat(row: Chat) -> dict[str, Any]:
    """A conversation, as a list shows it."""
    return {
        "account": row.account,
        "ref": row.ref,
        "opened_at": row.opened_at,
        "at": row.at,
        "entries": list(row.seqs),
        **facts(row),
    }


def facts(row: Chat) -> dict[str, str]:
    """The few facts of a conversation, by name."""
    return {claim.attribute: claim.value for claim in row.facts}


def transcript(whole: Transcript) -> dict[str, Any]:
    """A conversation with all that was said."""
    return {**asdict(whole), "chat": chat(whole.chat)}


def reason(why: Reason) -> dict[str, Any]:
    """Why a journal entry belongs to its customer."""
    return asdict(why)


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
