"""Crowd: customers written straight into a store, fast, as whole and sound as if their events had come in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import orjson

from jivod.flow.case import Desk
from jivod.flow.ulid import ulid
from jivod.model.chat import Chat
from jivod.model.claim import NAME, VISITOR_TYPED, Claim
from jivod.model.contact import EMAIL, PHONE, VISITOR, Key
from jivod.model.customer import Customer
from jivod.model.entry import Origin
from jivod.model.reason import Reason
from jivod.policy.identity import NEW
from jivod.policy.rules import DEFAULT
from jivod.store import chats, customers, fingerprints, journal, reasons
from jivod.store.kv import Engine, Txn
from jivod.wire import jivo

ORIGIN = Origin(channel="shop", account="main", region="TR")
DESK = Desk(rules=DEFAULT, public_url="https://crm.example.com", language="en")
START = 1_790_000_000_000  # UNIX ms of the first event
BATCH = 10_000  # customers to a transaction


def email_of(n: int) -> str:
    """Scattered over the index, as addresses are."""
    return f"{hashlib.blake2b(b'%d' % n, digest_size=8).hexdigest()}@example.com"


def phone_of(n: int) -> str:
    """A Turkish mobile number, for n below a hundred millions."""
    return f"+9053{n:08d}"


def name_of(n: int) -> str:
    return f"Visitor {n}"


def number_of(n: int) -> str:
    """The key of the browser. Jivo counts from 1."""
    return f"{ORIGIN.account}:{n + 1}"


def visitor_of(n: int) -> dict[str, Any]:
    """The customer as an event names him."""
    return {"name": name_of(n), "email": email_of(n), "phone": phone_of(n), "number": str(n + 1)}


def body_of(n: int, chat: str) -> bytes:
    """The event of customer `n` in `chat`."""
    event: dict[str, Any] = {"event_name": "chat_accepted", "chat_id": chat, "widget_id": "w1"}
    return orjson.dumps({**event, "visitor": visitor_of(n), "session": {"ip_addr": "203.0.113.7"}})


def fill(engine: Engine, count: int, progress: Callable[[int], None] = lambda done: None) -> None:
    """Write customers 0 to `count` - 1, each with one chat, into an empty store."""
    for first in range(0, count, BATCH):
        numbers = range(first, min(first + BATCH, count))
        (outcome,) = engine.write([lambda txn, numbers=numbers: _write(txn, numbers)])  # type: ignore[misc]
        if outcome.error is not None:
            raise outcome.error
        progress(numbers.stop)


def _write(txn: Txn, numbers: range) -> None:
    for n in numbers:
        _write_one(txn, n)


def _write_one(txn: Txn, n: int) -> None:
    at, body = START + n, body_of(n, f"old-{n}")
    entry = journal.append(txn, received_at=at, origin=ORIGIN, body=body)
    digest = jivo.digest(orjson.loads(body))
    fingerprints.remember(txn, ORIGIN.account, digest, entry.seq)
    id = ulid(at, digest[:10])
    said = ((EMAIL, email_of(n)), (NAME, name_of(n)), (PHONE, phone_of(n)), (VISITOR, number_of(n)))
    claims = tuple(Claim(kind, value, VISITOR_TYPED, "", at, at, entry.seq) for kind, value in said)
    customers.put(txn, None, Customer(id=id, created_at=at, seen_at=at, chats=1, events=1, claims=claims))
    ref = f"chat:old-{n}"
    row = Chat(account=ORIGIN.account, ref=ref, customer=id, opened_at=at, at=at, seqs=(entry.seq,))
    chats.put(txn, None, row)
    reasons.put(txn, None, Reason(seq=entry.seq, customer=id, rule=NEW, key=Key(EMAIL, email_of(n))))
