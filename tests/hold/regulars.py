"""Regulars: customers with whole conversations, written straight into a store, fast, as if their events had come in.

`jivod check` finds nothing, and a rebuild of their journal gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from itertools import product
from random import Random
from typing import Any

import orjson
from attrs import frozen

from jivod.flow.attribution import newcomer_id
from jivod.flow.case import Case
from jivod.model.card import Card
from jivod.model.chat import Chat
from jivod.model.claim import NAME, VISITOR_TYPED, Claim
from jivod.model.contact import EMAIL, PHONE, VISITOR, Key
from jivod.model.customer import Customer
from jivod.model.entry import Entry
from jivod.model.event import ChatFinished
from jivod.model.reason import Reason
from jivod.policy.identity import KEY, NEW
from jivod.store import cards, chats, customers, fingerprints, journal, keys, reasons
from jivod.store.kv import Engine, Txn
from jivod.store.tables import CUSTOMERS
from jivod.wire import jivo
from tests.hold.crowd import BATCH, ORIGIN, START, email_of, name_of, number_of, phone_of, visitor_of

STEP = 1000  # ms from one conversation to the next: an id for each moment, so ids are in the order of numbers
PAUSE = 20  # seconds between two messages
AGENT = {"id": "1", "name": "Elif"}
SYLLABLES = ("ka", "re", "mo", "li", "su", "ta", "ne", "do", "vi", "pa", "gu", "ze")
SENTENCES = 4000
LENGTH = 8  # words of each

_FINISHED = ChatFinished(event_name="chat_finished")


@frozen(kw_only=True)
class Regulars:
    """Customers 0 to `count` - 1: all have their first conversation, then all their second; the last ends before
    START.
    """

    count: int
    chats: int = 3
    messages: int = 12

    @property
    def events(self) -> int:
        """Entries of the journal."""
        return self.count * self.chats

    def seq(self, n: int, chat: int) -> int:
        """The journal number of a conversation."""
        return chat * self.count + n + 1

    def at(self, n: int, chat: int) -> int:
        """UNIX ms of its last message."""
        return START - (self.events + 1 - self.seq(n, chat)) * STEP

    def event(self, n: int, chat: int) -> dict[str, Any]:
        """What Jivo sends at its end; one message has a word that no other conversation has: its journal number."""
        seq, end = self.seq(n, chat), self.at(n, chat) // 1000
        said = _said(seq, self.messages)
        said[-1] = f"{said[-1]} {seq}"
        first = end - PAUSE * (self.messages - 1)
        messages = [
            {"type": "agent", "message": text, "timestamp": first + PAUSE * m, "agent_id": "1"}
            if m % 2
            else {"type": "visitor", "message": text, "timestamp": first + PAUSE * m}
            for m, text in enumerate(said)
        ]
        return {
            "event_name": "chat_finished", "chat_id": f"regular-{seq}", "widget_id": "w1", "visitor": visitor_of(n),
            "agents": [AGENT], "chat": {"messages": messages, "rate": "good"}, "session": {"ip_addr": "203.0.113.7"},
        }  # fmt: skip

    def words(self, random: Random) -> str:
        """What somebody may search for: a word that many said, beside one that was said once or by many too."""
        n, chat = random.randrange(self.count), random.randrange(self.chats)
        said = " ".join(_said(self.seq(n, chat), self.messages)).split()
        return f"{random.choice(said)} {random.choice((random.choice(said), str(self.seq(n, chat))))}"


def fill(engine: Engine, regulars: Regulars, progress: Callable[[int], None] = lambda done: None) -> None:
    """Write all of them into an empty store; `progress` gets the number of events that are there."""
    for chat in range(regulars.chats):
        last = ""
        for first in range(0, regulars.count, BATCH):
            numbers = range(first, min(first + BATCH, regulars.count))
            write = partial(_write, regulars=regulars, numbers=numbers, chat=chat, behind=last)
            (outcome,) = engine.write([write])
            if outcome.error is not None:
                raise outcome.error
            last = outcome.value
            progress(regulars.seq(numbers[-1], chat))


def _write(txn: Txn, regulars: Regulars, numbers: range, chat: int, behind: str) -> str:
    """One conversation of each of these customers; the id of the last of them."""
    known = _ids(txn, behind, len(numbers)) if chat else [""] * len(numbers)
    for n, id in zip(numbers, known, strict=True):
        behind = _write_one(txn, regulars, n, chat, id)
    return behind


def _write_one(txn: Txn, regulars: Regulars, n: int, chat: int, known: str) -> str:
    event, seq, at = regulars.event(n, chat), regulars.seq(n, chat), regulars.at(n, chat)
    digest = jivo.digest(event)
    entry = Entry(seq=seq, received_at=at, origin=ORIGIN, body=orjson.dumps(event))
    journal.keep(txn, entry)
    fingerprints.remember(txn, ORIGIN.account, digest, seq)
    ref = f"chat:{event['chat_id']}"
    case = Case(entry=entry, event=_FINISHED, at=at, ref=ref, card=number_of(n))
    id = known or _write_newcomer(txn, case, regulars, n, digest)
    said = (("agent", AGENT["name"]), ("finished", "yes"), ("rate", "good"))
    facts = tuple([Claim(name, value, VISITOR_TYPED, "", at, at, seq) for name, value in said])
    row = Chat(account=ORIGIN.account, ref=ref, customer=id, opened_at=at, at=at, seqs=(seq,), facts=facts)
    chats.put(txn, None, row)
    rule, key = (KEY, Key(EMAIL, email_of(n))) if known else (NEW, None)
    reasons.put(txn, None, Reason(seq=seq, customer=id, rule=rule, key=key))
    return id


def _write_newcomer(txn: Txn, case: Case, regulars: Regulars, n: int, digest: bytes) -> str:
    """The customer as all his conversations will have made him."""
    id, seen_at = newcomer_id(txn, case, digest), regulars.at(n, regulars.chats - 1)
    said = ((EMAIL, email_of(n)), (NAME, name_of(n)), (PHONE, phone_of(n)))
    typed = (*[(*pair, "") for pair in said], (VISITOR, number_of(n), str(n + 1)))
    claims = tuple([Claim(*one[:2], VISITOR_TYPED, one[2], case.at, seen_at, case.entry.seq) for one in typed])
    events = regulars.chats
    customers.put(
        txn, None, Customer(id=id, created_at=case.at, seen_at=seen_at, chats=events, events=events, claims=claims)
    )
    cards.put(txn, case.account, case.card, Card(said=frozenset(said)))
    return id


def _ids(txn: Txn, behind: str, many: int) -> list[str]:
    lo = keys.text(behind) + b"\0" if behind else b""
    return [keys.unpack_text(key) for key, _ in txn.range(CUSTOMERS, lo, limit=many)]


def _said(seq: int, many: int) -> list[str]:
    sentences = _sentences()
    first = seq * 7919  # a prime: neighbours say other things
    return [sentences[(first + m) % SENTENCES] for m in range(many)]


@cache
def _sentences() -> list[str]:
    """Of words of which the first is said a thousand times as often as the last, as in life."""
    random = Random(11)
    words = ["".join(some) for some in product(SYLLABLES, repeat=3)]
    random.shuffle(words)
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    return [" ".join(random.choices(words, weights, k=LENGTH)) for _ in range(SENTENCES)]
