"""What only the engine in memory has; the contract is in test_kv."""

from __future__ import annotations

import pytest

from jivod.model.errors import StoreFull
from jivod.store import meta
from jivod.store.kv import Txn
from jivod.store.memory import MemoryEngine
from jivod.store.tables import CHATS


def test_without_an_id_key_it_has_one_of_zeros() -> None:
    assert MemoryEngine().read(meta.id_key) == bytes(32)


def test_a_full_store_undoes_the_write_and_goes_on_when_there_is_room() -> None:
    full = [StoreFull("full")]

    def before_commit() -> None:
        if full:
            raise full.pop()

    def put(txn: Txn) -> None:
        txn.put(CHATS, b"k", b"v")

    engine = MemoryEngine(before_commit=before_commit)
    with pytest.raises(StoreFull):
        engine.write([put])
    assert engine.read(lambda txn: txn.get(CHATS, b"k")) is None
    engine.write([put])
    assert engine.read(lambda txn: txn.get(CHATS, b"k")) == b"v"


def test_a_transaction_inside_a_job_is_refused_instead_of_waiting_for_ever(memory: MemoryEngine) -> None:
    (outcome,) = memory.write([lambda _: memory.read(meta.schema)])
    assert str(outcome.error) == "a job may not open a transaction of its own"
