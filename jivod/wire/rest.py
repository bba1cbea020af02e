"""Rest: customers, chats, reasons and decisions as JSON, the same by the API and by `--json`. Times are UNIX ms.

Beside each shape stands its class, from which the description of the API is made; a model that is shown as it is
describes itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NotRequired, TypedDict

from attrs import asdict

from jivod.model import finding
from jivod.model.chat import Agent, Call, Chat, Message, Transcript, Visit
from jivod.model.customer import GoldenRecord
from jivod.model.decision import Decision
from jivod.model.entry import Entry, Origin, Quarantined
from jivod.model.finding import Part
from jivod.model.reason import Reason, Review
from jivod.wire.decision import name_of


class Linked(TypedDict):
    """The page of a customer, his for good."""

    crm_link: str


Card = Annotated[dict[str, Any], GoldenRecord, Linked]
"""A customer as the API shows it."""


class ChatRow(TypedDict):
    """A conversation, as a list shows it; the facts that are known of it stand beside."""

    account: str
    ref: str
    opened_at: int
    at: int
    entries: list[int]
    agent: NotRequired[str]
    department: NotRequired[str]
    topic: NotRequired[str]
    rate: NotRequired[str]
    finished: NotRequired[str]
    call: NotRequired[str]
    message: NotRequired[str]


class Conversation(TypedDict):
    """A conversation with all that was said, and whose it is: a living customer, or nobody's. `name` is the one that
    was given in it.
    """

    customer: str | None
    chat: ChatRow
    name: str | None
    messages: list[Message]
    plain_messages: str | None
    calls: list[Call]
    agents: list[Agent]
    visits: list[Visit]
    tags: list[str]
    department: str | None
    topic: str | None
    rate: str | None
    invitation: str | None
    blacklisted: bool
    finished: bool
    assigned_to: str | None
    emptied: bool


class Decided(TypedDict):
    """What a person decided: the fields of the decision stand beside."""

    entry: int
    at: int
    kind: str
    by: str


class Pair(TypedDict):
    """What the customers `a` and `b` say of a field."""

    a: list[str]
    b: list[str]


class OpenReview(TypedDict):
    """Two customers who may be one, and which of them should stay."""

    review: Review
    a: GoldenRecord
    b: GoldenRecord
    winner: str
    why: str
    differing: dict[str, Pair]


class Refusal(TypedDict):
    """A body in quarantine; with the body itself where one is asked for."""

    number: int
    received_at: int
    origin: Origin
    code: str
    message: str
    bytes: int
    body: NotRequired[str]


class Line(TypedDict):
    """An entry of the journal, a body as it came in or what a person decided, and the living customer it belongs to."""

    entry: int
    received_at: int
    kind: str
    signature: str
    origin: Origin
    customer: str | None
    emptied: bool
    body: str


class Hit(TypedDict):
    """What a search found, and by what; the parts of the snippet, joined, are plain text as it was typed."""

    why: str
    customer: Card | None
    account: str | None
    ref: str | None
    by: str | None
    at: int | None
    snippet: list[Part]


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


def decided(seq: int, at: int, decision: Decision) -> dict[str, Any]:
    """What a person decided by journal entry `seq`: the fields of the decision beside its kind."""
    fields = asdict(decision)
    del fields["anchors"]
    return {"entry": seq, "at": at, "kind": name_of(decision), **fields}


def doubt(
    review: Review,
    a: GoldenRecord,
    b: GoldenRecord,
    winner: str,
    why: str,
    differing: Mapping[str, tuple[Sequence[str], Sequence[str]]],
) -> dict[str, Any]:
    """A pair that may be one: the review, both customers, and of each field that differs what both say."""
    return {
        "review": asdict(review),
        "a": card(a),
        "b": card(b),
        "winner": winner,
        "why": why,
        "differing": {field: {"a": list(ours), "b": list(theirs)} for field, (ours, theirs) in differing.items()},
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
    return {**shape, "body": _text(item.body)} if whole else shape


def line(entry: Entry, customer: str | None) -> dict[str, Any]:
    """A journal entry that belongs to the living `customer`."""
    return {
        "entry": entry.seq,
        "received_at": entry.received_at,
        "kind": entry.kind,
        "signature": entry.signature,
        "origin": asdict(entry.origin),
        "customer": customer,
        "emptied": entry.original is not None,
        "body": _text(entry.body),
    }


def hit(found: finding.Hit) -> dict[str, Any]:
    """What a search found; the customer as it is."""
    return asdict(found)


def _text(body: bytes) -> str:
    return body.decode("utf-8", "backslashreplace")
