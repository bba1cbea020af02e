"""Reasons: one per journal entry, listed for whom they speak of."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.errors import Damaged
from jivod.model.reason import Reason
from jivod.store import keys, reasons
from jivod.store.kv import Engine
from jivod.store.memory import MemoryEngine
from jivod.store.tables import REASONS
from tests.strategies import records


def reason(seq: int, customer: str | None = "c1") -> Reason:
    return Reason(seq=seq, customer=customer, rule="known")


def store(engine: Engine, *some: Reason) -> None:
    engine.write([lambda txn, new=new: reasons.put(txn, reasons.get(txn, new.seq), new) for new in some])


def of(engine: Engine, id: str, after: int = 0, limit: int = 10) -> list[Reason]:
    return engine.read(lambda txn: reasons.of(txn, id, after, limit))


def nobodys(engine: Engine, after: int = 0, limit: int = 10) -> list[int]:
    return engine.read(lambda txn: reasons.unattributed(txn, after, limit))


def test_an_entry_without_a_reason_reads_as_none(engine: Engine) -> None:
    assert engine.read(lambda txn: reasons.get(txn, 1)) is None


def test_a_customers_reasons_come_ascending_behind_a_number(engine: Engine) -> None:
    store(engine, reason(3), reason(1), reason(2), reason(4, "c2"))
    assert of(engine, "c1") == [reason(1), reason(2), reason(3)]
    assert of(engine, "c1", after=1, limit=1) == [reason(2)]


def test_what_belongs_to_nobody_is_listed_apart(engine: Engine) -> None:
    store(engine, reason(1, None), reason(2), reason(3, None))
    assert nobodys(engine) == [1, 3]
    assert nobodys(engine, after=1) == [3]
    assert nobodys(engine, limit=1) == [1]


def test_a_reason_that_finds_its_customer_later_leaves_the_unattributed(engine: Engine) -> None:
    store(engine, reason(1, None), reason(1, "c1"))
    assert nobodys(engine) == []
    assert of(engine, "c1") == [reason(1)]


def test_an_index_entry_without_its_reason_is_damage(engine: Engine) -> None:
    store(engine, reason(1))
    engine.write([lambda txn: txn.delete(REASONS, keys.up(1))])
    with pytest.raises(Damaged, match="reasons_by_customer"):
        of(engine, "c1")


@given(st.lists(records.reasons(seqs=st.integers(1, 5)), max_size=8))
def test_each_reason_is_with_its_customer_or_with_nobody(some: list[Reason]) -> None:
    engine = MemoryEngine()
    store(engine, *some)
    last = {r.seq: r for r in some}
    listed = [r for id in ("c1", "c2", "c3", "c4") for r in of(engine, id)]
    listed += [evolve(last[seq]) for seq in nobodys(engine)]
    assert sorted(listed, key=lambda r: r.seq) == [last[seq] for seq in sorted(last)]
