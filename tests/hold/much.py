"""Much: a store of a crowd, and among them one customer with very many conversations; the pages that show them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson

from jivod.flow import query
from jivod.flow.ingest import Delivery, ingest
from jivod.policy.rules import DEFAULT
from jivod.store.kv import Engine
from jivod.store.lmdb import open_engine
from jivod.wire import jivo
from tests.hold.crowd import DESK, ORIGIN, START, email_of, fill

MAP_SIZE = 1 << 33
MESSAGES = 10  # of each conversation
GROUP = 500
BUSY = "busy@example.com"


def prepare(directory: Path, count: int, chats: int, progress: Callable[[int], None] = lambda done: None) -> None:
    """Write a store of so many customers, and one more with so many conversations."""
    engine = open_engine(directory, MAP_SIZE)
    try:
        fill(engine, count, progress)
        for first in range(0, chats, GROUP):
            _write(engine, range(first, min(first + GROUP, chats)), count)
    finally:
        engine.close()


def paths(directory: Path, count: int) -> list[str]:
    """Pages to click at: the lists, the customer with much, others."""
    engine = open_engine(directory, MAP_SIZE)
    try:
        ids = [engine.read(lambda txn, mail=mail: query.find(txn, mail, DEFAULT))[0].id  # type: ignore[misc]
               for mail in (BUSY, email_of(1), email_of(count // 2))]  # fmt: skip
    finally:
        engine.close()
    much = f"/customers/{ids[0]}"
    several = [f"{much}?kind={kind}" for kind in ("chat", "call", "edit", "note")]
    found = ["/customers", "/customers?q=visitor", f"/customers?q={email_of(7)}", "/customers?q=%2B905300000009"]
    looked = ["/reviews", "/account", "/admin/users", "/chats/main/chat%3Abusy-3", f"{much}/merge?other={ids[1]}"]
    looked += ["/overview", "/overview?days=90", "/now", "/admin"]
    return [*found, much, *several, *(f"/customers/{id}" for id in ids[1:]), *looked]


def _write(engine: Engine, numbers: range, after: int) -> None:
    deliveries = [_conversation(n, START + after + n) for n in numbers]
    for outcome in engine.write([lambda txn, told=told: ingest(txn, told, DESK) for told in deliveries]):  # type: ignore[misc]
        if outcome.error is not None:
            raise outcome.error


def _conversation(n: int, at: int) -> Delivery:
    messages = [{"type": ("visitor", "agent")[m % 2], "message": f"Message {m} of conversation {n}, about coffee.",
                 "timestamp": at // 1000 + m, "agent_id": "1"} for m in range(MESSAGES)]  # fmt: skip
    event = {
        "event_name": "chat_finished", "widget_id": "w1", "chat_id": f"busy-{n}",
        "visitor": {"name": "Busy", "email": BUSY, "phone": "+905320000001"},
        "agents": [{"id": "1", "name": "Elif"}], "chat": {"messages": messages, "rate": "good"},
    }  # fmt: skip
    body = orjson.dumps(event)
    return Delivery(origin=ORIGIN, received_at=at, body=body, reading=jivo.read(body))
