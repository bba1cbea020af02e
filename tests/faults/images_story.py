"""Images, the story: groups of webhook events, the same for the same seed, and what a store holds after each group.

The people and the texts are few, so that customers meet and merge and reviews open; some bodies are longer than a page
of the store.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from hashlib import blake2b
from random import Random
from typing import Any

from jivod.flow.case import Desk
from jivod.flow.ingest import Delivery, ingest, quarantine_body
from jivod.model.entry import Origin
from jivod.model.errors import Unreadable
from jivod.policy.rules import DEFAULT
from jivod.store import meta
from jivod.store.kv import Engine, Txn
from jivod.store.memory import MemoryEngine
from jivod.store.tables import TABLES
from jivod.wire import jivo

ID_KEY = bytes(range(32))
MAP_SIZE = 1 << 26
GROUP_MAX = 5  # events of one commit
START = 1_790_000_000_000  # UNIX ms
ORIGIN = Origin(channel="shop", account="main", region="TR")
DESK = Desk(rules=DEFAULT, public_url="https://crm.example.com", language="en")
NAMES = ("Ayşe Yılmaz", "Deniz Aksoy", "Guest", None)
EVENTS = ("chat_accepted", "chat_accepted", "chat_updated", "chat_finished", "offline_message")

Group = Sequence[bytes]


def story(seed: int, groups: int) -> list[Group]:
    """The bodies of each commit."""
    random = Random(seed)
    return [[_body(random) for _ in range(random.randint(1, GROUP_MAX))] for _ in range(groups)]


def tell(engine: Engine, group: Group, number: int) -> None:
    """Do with group `number` of a story what the daemon would do. Raises what the engine raises."""
    for outcome in engine.write([partial(_take, at=at, body=body) for at, body in _times(group, number)]):
        if outcome.error is not None:
            raise outcome.error


def pages(groups: Sequence[Group]) -> list[str]:
    """The digests of all that a store holds: of a new one, and after each group. Told by the engine in memory."""
    engine = MemoryEngine()
    engine.write([lambda txn: meta.initialise(txn, ID_KEY)])
    found = [engine.read(digest)]
    for number, group in enumerate(groups):
        tell(engine, group, number)
        found.append(engine.read(digest))
    return found


def digest(txn: Txn) -> str:
    """A digest of every row of every table: of events, and of all that follows from them."""
    whole = blake2b(digest_size=16)
    for table in TABLES:
        for key, value in txn.range(table):
            whole.update(b"%s %d %d " % (table.encode(), len(key), len(value)) + key + value)
    return whole.hexdigest()


def _times(group: Group, number: int) -> list[tuple[int, bytes]]:
    return [(START + 60_000 * number + 1_000 * place, body) for place, body in enumerate(group)]


def _take(txn: Txn, *, body: bytes, at: int) -> None:
    try:
        reading = jivo.read(body)
    except Unreadable as error:
        quarantine_body(txn, ORIGIN, at, body, error)
    else:
        ingest(txn, Delivery(origin=ORIGIN, received_at=at, body=body, reading=reading), DESK)


def _body(random: Random) -> bytes:
    if random.random() < 0.05:
        return b'{"no end ' + b"x" * random.randrange(40)
    event = random.choice(EVENTS)
    body: dict[str, Any] = {"event_name": event, "widget_id": "w", "visitor": _visitor(random)}
    if event == "offline_message":
        return _encoded(body | {"message": _text(random), "offline_message_id": random.randrange(10**6)})
    body["chat_id"] = random.randrange(30)
    if event == "chat_finished":
        body["chat"] = {"messages": [_message(random) for _ in range(random.randrange(4))]}
    return _encoded(body)


def _visitor(random: Random) -> dict[str, Any]:
    given = {
        "name": random.choice(NAMES),
        "email": random.choice((None, f"v{random.randrange(12)}@example.com")),
        "phone": random.choice((None, f"+9053200000{random.randrange(10, 30)}")),
        "number": random.randrange(1, 15),
    }
    return {name: value for name, value in given.items() if value is not None}


def _message(random: Random) -> dict[str, Any]:
    return {"type": "visitor", "message": _text(random), "timestamp": START // 1000 + random.randrange(10_000)}


def _text(random: Random) -> str:
    return "kargo ne zaman gelir? " * random.choice((1, 1, 2, 10, 400))


def _encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
