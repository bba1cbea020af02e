"""Customers that are written straight into a store are what their events would have made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jivod.flow import query
from jivod.flow.replay import differences, prepare, rebuild
from jivod.policy.rules import DEFAULT
from jivod.store import customers, journal, meta
from jivod.store.check import check
from jivod.store.kv import Engine
from jivod.store.lmdb import make_scratch
from tests.hold import regulars as writer
from tests.hold.crowd import email_of
from tests.hold.preload import Store
from tests.hold.regulars import Regulars, fill

MAP_SIZE = 1 << 28
SOME = Regulars(count=30)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = make_scratch(tmp_path / "store", MAP_SIZE, bytes(range(32)))
    yield engine
    engine.close()


def rebuilt(engine: Engine, path: Path) -> list[object]:
    other = make_scratch(path, MAP_SIZE, engine.read(meta.id_key))
    try:
        prepare(engine, other)
        rebuild(engine, other, lambda done, of: None)
        return [*differences(engine, other)]
    finally:
        other.close()


def test_check_finds_nothing_and_a_rebuild_gives_the_same(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "BATCH", 7)
    done: list[int] = []
    fill(engine, SOME, done.append)
    assert done[-1] == SOME.events == engine.read(journal.last) == 90
    assert engine.read(lambda txn: list(check(txn))) == []
    assert rebuilt(engine, tmp_path / "rebuilt") == []


def test_each_has_his_conversations_and_all_their_messages(engine: Engine) -> None:
    fill(engine, SOME)
    (found,) = engine.read(lambda txn: query.find(txn, email_of(4), DEFAULT))
    assert found.chats == SOME.chats
    assert len(engine.read(lambda txn: customers.newest(txn, 100))) == SOME.count
    entry = engine.read(lambda txn: journal.get(txn, SOME.seq(4, 2)))
    assert entry is not None
    assert entry.body.count(b'"message"') == SOME.messages


def test_their_next_events_are_theirs(engine: Engine, tmp_path: Path) -> None:
    fill(engine, SOME)
    store = Store(engine, SOME.count)
    store.cost(known=True)
    assert len(engine.read(lambda txn: customers.newest(txn, 1000))) == SOME.count
    assert rebuilt(engine, tmp_path / "rebuilt") == []
