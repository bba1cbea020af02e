"""Schemas go forward, one numbered step after the other, and never back."""

from __future__ import annotations

from pathlib import Path

import pytest

from jivod.model.errors import Damaged, Refused
from jivod.store import keys, meta, migrate
from jivod.store.kv import Txn
from jivod.store.lmdb import open_engine
from jivod.store.memory import MemoryEngine
from jivod.store.tables import CHATS, META
from tests.store.engines import MAP


def step(name: bytes) -> migrate.Job[None]:
    def job(txn: Txn) -> None:
        txn.put(CHATS, name, str(meta.schema(txn)).encode())

    return job


STEPS = {1: step(b"first"), 2: step(b"second")}


def test_a_store_of_today_is_neither_copied_nor_changed(memory: MemoryEngine) -> None:
    copied: list[int] = []
    assert migrate.migrate(memory, copied.append) == meta.SCHEMA
    assert copied == []


def test_an_older_store_is_copied_once_and_then_goes_through_every_step(memory: MemoryEngine) -> None:
    copied: list[int] = []
    assert migrate.migrate(memory, copied.append, steps=STEPS, goal=3) == 1
    assert copied == [1]
    assert memory.read(meta.schema) == 3
    assert memory.read(lambda txn: list(txn.range(CHATS))) == [(b"first", b"1"), (b"second", b"2")]


def test_a_step_that_fails_leaves_the_steps_before_it_and_can_be_taken_again(memory: MemoryEngine) -> None:
    def fail(txn: Txn) -> None:
        txn.put(CHATS, b"half", b"")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        migrate.migrate(memory, lambda _: None, steps={**STEPS, 2: fail}, goal=3)
    assert memory.read(meta.schema) == 2
    assert migrate.migrate(memory, lambda _: None, steps=STEPS, goal=3) == 2
    assert memory.read(lambda txn: [key for key, _ in txn.range(CHATS)]) == [b"first", b"second"]


def test_a_copy_that_fails_stops_before_the_first_step(memory: MemoryEngine) -> None:
    def no_room(_: int) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        migrate.migrate(memory, no_room, steps=STEPS, goal=3)
    assert memory.read(meta.schema) == 1


def test_a_newer_store_is_refused_with_what_to_do(memory: MemoryEngine) -> None:
    memory.write([lambda txn: meta.set_schema(txn, 7)])
    with pytest.raises(Refused) as told:
        migrate.migrate(memory, lambda _: None)
    assert str(told.value) == "the store has schema 7, this jivod knows up to 1: use the newer jivod that wrote it"


def test_a_store_without_a_schema_is_damaged(memory: MemoryEngine) -> None:
    memory.write([lambda txn: txn.delete(META, keys.text("schema"))])
    with pytest.raises(Damaged, match="no schema"):
        migrate.migrate(memory, lambda _: None)


def test_there_is_a_step_for_every_schema_before_the_one_of_today() -> None:
    assert sorted(migrate.STEPS) == list(range(1, meta.SCHEMA))


def test_a_newer_store_on_disk_is_refused_and_left_as_it_is(home: Path) -> None:
    engine = open_engine(home, MAP)
    engine.write([lambda txn: meta.set_schema(txn, 7)])
    engine.close()
    before = (home / "data.mdb").read_bytes()
    with pytest.raises(Refused, match="schema 7"):
        open_engine(home, MAP)
    assert (home / "data.mdb").read_bytes() == before


def test_an_older_store_on_disk_is_copied_beside_itself_though_an_older_copy_is_there(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(home, MAP)
    engine.write([lambda txn: meta.set_schema(txn, 0)])
    engine.close()
    monkeypatch.setattr(migrate.migrate, "__kwdefaults__", {"steps": {0: step(b"zeroth")}, "goal": 1})
    beside = home.with_name("store.schema-0")
    beside.mkdir()
    (beside / "data.mdb").write_bytes(b"of a migration that failed")
    engine = open_engine(home, MAP)
    assert engine.read(meta.schema) == 1
    engine.close()
    assert (beside / "data.mdb").stat().st_size > 8192
