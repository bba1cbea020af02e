"""A merge adds an edge and an unmerge takes it away, however long the histories: time, bytes, and what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
import pytest

from jivod.flow import query, steward
from jivod.flow.ingest import Delivery, ingest
from jivod.policy.rules import DEFAULT
from jivod.store.kv import Txn
from jivod.store.lmdb import LmdbEngine, open_engine
from jivod.store.tables import CARDS, CHATS, CHATS_BY_CUSTOMER, CUSTOMER_KEYS, CUSTOMERS, REASONS, REASONS_BY_CUSTOMER
from jivod.wire import jivo
from tests.flow.world import DESK, ORIGIN, START
from tests.hold.scale import CHATS_EACH

pytestmark = pytest.mark.long

TIME_MAX = 0.010  # seconds, the flush included
BYTES_MAX = 4096
TRIES = 5
GROUP = 500
MOVED_BY_NOBODY = (CUSTOMERS, CUSTOMER_KEYS, CHATS, CHATS_BY_CUSTOMER, REASONS, REASONS_BY_CUSTOMER, CARDS)


class Weighed:
    """A transaction that counts the bytes of what is put into it."""

    def __init__(self, txn: Txn) -> None:
        self.txn, self.bytes = txn, 0

    def put(self, table: str, key: bytes, value: bytes) -> None:
        self.bytes += len(key) + len(value)
        self.txn.put(table, key, value)

    def append(self, table: str, key: bytes, value: bytes) -> None:
        self.bytes += len(key) + len(value)
        self.txn.append(table, key, value)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.txn, name)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[LmdbEngine]:
    engine = open_engine(tmp_path / "store", 1 << 30)
    yield engine
    engine.close()


def chat(number: int, who: str) -> Delivery:
    body = orjson.dumps(
        {"event_name": "chat_accepted", "chat_id": number, "visitor": {"email": f"{who}@example.com", "name": who}}
    )
    return Delivery(origin=ORIGIN, received_at=START + number, body=body, reading=jivo.read(body))


def do(engine: LmdbEngine, *jobs: Callable[[Txn], Any]) -> list[Any]:
    outcomes = engine.write(jobs)
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
    return [outcome.value for outcome in outcomes]


def fill(engine: LmdbEngine) -> tuple[str, str]:
    """Two customers with `CHATS_EACH` chats each; their ids."""
    ids: dict[str, str] = {}
    for start in range(0, 2 * CHATS_EACH, GROUP):
        chats = [(who, chat(n, who)) for n in range(start, start + GROUP) for who in ("anna" if n % 2 else "deniz",)]
        done = do(engine, *(lambda txn, told=told: ingest(txn, told, DESK) for _, told in chats))
        ids |= {who: result.customer for (who, _), result in zip(chats, done, strict=True)}
    return ids["anna"], ids["deniz"]


def rows(txn: Txn) -> list[list[tuple[bytes, bytes]]]:
    return [list(txn.range(table)) for table in MOVED_BY_NOBODY]


def weighed(job: Callable[[Txn], Any]) -> Callable[[Txn], int]:
    def run(txn: Txn) -> int:
        scale = Weighed(txn)
        job(scale)
        return scale.bytes

    return run


def test_a_merge_of_long_histories_is_quick_and_small_and_undone_to_the_byte(
    engine: LmdbEngine, record_property: Callable[[str, object], None]
) -> None:
    loser, winner = fill(engine)
    before = engine.read(rows)
    times, sizes = [], []
    for number in range(TRIES):
        hand = steward.Hand(by="operator", at=START + 10 * CHATS_EACH + number, rules=DEFAULT)
        for job in (
            partial(steward.merge, hand=hand, loser=loser, winner=winner),
            partial(steward.unmerge, hand=hand, ids=(loser,)),
        ):
            began = perf_counter()
            sizes += do(engine, weighed(job))
            times.append(perf_counter() - began)
            if len(sizes) % 2:
                merged = engine.read(lambda txn: query.show(txn, loser, DEFAULT))
                assert merged is not None
                assert (merged.id, merged.chats) == (winner, 2 * CHATS_EACH)
        do(engine, partial(steward.tell_apart, hand=hand, a=loser, b=winner, different=False))
    assert engine.read(rows) == before
    times.sort()
    record_property("merge_ms", round(times[len(times) // 2] * 1000, 2))
    record_property("merge_bytes", max(sizes))
    print(f"merge or unmerge: median {times[len(times) // 2] * 1000:.2f} ms, at most {max(sizes)} bytes")
    assert times[len(times) // 2] < TIME_MAX
    assert max(sizes) < BYTES_MAX
