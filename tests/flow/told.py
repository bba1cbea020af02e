"""Told: streams of events of a few people over a few keys and channels, and policies whose numbers are small enough
for such streams to meet them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import evolve, frozen
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from jivod.flow.ingest import Delivery, Ingested, ingest
from jivod.model.contact import KINDS
from jivod.model.entry import Origin
from jivod.policy.rules import Rules
from jivod.policy.signature import GOOD
from tests.flow.world import ORIGIN, START, World, delivered
from tests.policy import drawn

LONGEST = 60  # events of a stream
SECOND, HOUR = 1000, 3_600_000  # ms

EMAILS = ("a@example.com", "b@example.com", "c@example.com")
PHONES = ("+905320000001", "+905320000002", "0532 000 00 02", "+905320000003")
TOKENS = ("crm-1", "crm-2", "crm-3")
NUMBERS = (1, 2, 3, 4)
CHATS = (11, 12, 13, 14, 15)
NAMES = ("Ayşe", "Fatma Yılmaz", "Guest", "a@example.com")
TEXTS = ("wholesale", "retail")
ORIGINS = (ORIGIN, ORIGIN, Origin(channel="outlet", account="outlet", region="DE", site="outlet"))
KINDS_OF_EVENT = (
    "chat_accepted", "chat_accepted", "chat_updated", "chat_updated", "chat_finished",
    "client_updated", "client_attribute_updated", "offline_message", "call_event", "chat_started",
)  # fmt: skip


@frozen
class Event:
    """A body, as it comes in `gap` ms after the one before; `signature` is the verdict on its token."""

    body: dict[str, Any]
    origin: Origin
    signature: str
    gap: int


def sometimes(values: Sequence[Any]) -> SearchStrategy[Any]:
    """One of the values, or as often none."""
    return st.sampled_from([*values, *[None] * len(values)])


@st.composite
def events(
    draw: DrawFn,
    *,
    emails: Sequence[str] = EMAILS,
    phones: Sequence[str] = PHONES,
    tokens: Sequence[str] = TOKENS,
    numbers: Sequence[int] = NUMBERS,
    chats: Sequence[int] = CHATS,
) -> Event:
    """Any event of any of them."""
    kind = draw(st.sampled_from(KINDS_OF_EVENT))
    number = draw(sometimes(numbers))
    contacts = {"email": emails, "phone": phones, "name": NAMES, "description": TEXTS}
    given = {name: draw(sometimes(values)) for name, values in contacts.items()}
    visitor = {name: value for name, value in {**given, "number": number}.items() if value is not None}
    token = draw(sometimes(tokens))
    body: dict[str, Any] = {"event_name": kind, "user_token": token, "visitor": visitor}
    if kind.startswith("client"):
        body["client_id"] = number
        body |= {"attributes": {"Plan": draw(sometimes(TEXTS))}} if kind == "client_attribute_updated" else {}
    else:
        body["chat_id"] = draw(sometimes(chats))
        body |= draw(st.sampled_from([{"session": {"ip_addr": "203.0.113.7"}}, {}]))
    body |= {"tags": draw(sometimes([["vip"]])), "event_timestamp": draw(sometimes(range(0, 7200, 900)))}
    return Event(
        body=body,
        origin=draw(st.sampled_from(ORIGINS)),
        signature=draw(st.sampled_from(["", GOOD])) if token else "",
        gap=draw(st.sampled_from([SECOND, SECOND, HOUR // 3, HOUR])),
    )


def streams(*, longest: int = LONGEST, **dials: Any) -> SearchStrategy[list[Event]]:
    """Up to `longest` events, all lengths alike. Dials as of `events`."""
    return st.integers(1, longest).flatmap(lambda n: st.lists(events(**dials), min_size=n, max_size=n))


@st.composite
def policies(draw: DrawFn, /, **choices: Any) -> Rules:
    """Any rules, half the time with numbers that a short stream reaches; `choices` are as given."""
    found = draw(drawn.rules())
    if draw(st.booleans()):
        found = evolve(
            found,
            too_common=draw(st.integers(2, 4)),
            limits=frozenset((kind, draw(st.integers(1, 4))) for kind in KINDS),
            merges_per_hour=draw(st.integers(0, 4)),
            merges_per_customer=draw(st.integers(0, 4)),
            blocked_emails=found.blocked_emails | draw(st.frozensets(st.sampled_from(EMAILS), max_size=1)),
            blocked_phones=found.blocked_phones | draw(st.frozensets(st.sampled_from(PHONES[:2]), max_size=1)),
            blocked_tokens=found.blocked_tokens | draw(st.frozensets(st.sampled_from(TOKENS), max_size=1)),
        )
    return evolve(found, **choices)


def delivery(world: World, event: Event) -> Delivery:
    """The event in its own time. Its timestamp counts in seconds, back from its receipt."""
    world.clock += event.gap
    back = event.body["event_timestamp"]
    stamped = {**event.body, "event_timestamp": None if back is None else world.clock // 1000 - back}
    return delivered(stamped, world.clock, event.origin, event.signature)


def tell(world: World, event: Event) -> Ingested:
    """One event alone."""
    return tell_together(world, [event])[0]


def tell_together(world: World, stream: Sequence[Event]) -> list[Ingested]:
    """All of them in one transaction."""
    deliveries = [delivery(world, event) for event in stream]
    return world.do(lambda txn: [ingest(txn, one, world.desk) for one in deliveries])


def told(stream: Sequence[Event], rules: Rules) -> World:
    """The world in which all of them were told, under these rules."""
    world = under(rules)
    for event in stream:
        tell(world, event)
    return world


def under(rules: Rules) -> World:
    """An empty world with this policy."""
    world = World(clock=START)
    world.adopt(drawn.written(rules))
    assert world.desk.rules == rules
    return world
