"""Rest: customers and conversations as JSON for programs, in one shape wherever they are told. Times are UNIX ms."""

from __future__ import annotations

from typing import Any

from attrs import asdict

from jivod.model.chat import Chat, Transcript
from jivod.model.customer import GoldenRecord


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
