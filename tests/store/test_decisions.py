"""Decisions: what was decided about whom, listed by number."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.store import decisions, keys
from jivod.store.kv import Engine, Job
from jivod.store.tables import DECISIONS
from tests.store.engines import MAKERS
from tests.strategies import records

IDS = ("c1", "c2", "c3", "c4")


def note(ids: Iterable[str], seq: int) -> Job[None]:
    return lambda txn: decisions.note(txn, ids, seq)


def of(engine: Engine, id: str, after: int = 0, limit: int = 100) -> list[int]:
    return engine.read(lambda txn: decisions.of(txn, id, after, limit))


def row_keys(engine: Engine) -> list[bytes]:
    return engine.read(lambda txn: [key for key, _ in txn.range(DECISIONS)])


def test_about_whom_nothing_was_decided_nothing_is_listed(engine: Engine) -> None:
    assert of(engine, "c1") == []


def test_one_decision_can_be_about_several_and_about_nobody(engine: Engine) -> None:
    engine.write([note(("c1", "c2"), 3), note((), 4)])
    assert [of(engine, id) for id in IDS] == [[3], [3], [], []]


def test_the_numbers_come_ascending_in_pages(engine: Engine) -> None:
    engine.write([note(("c1",), seq) for seq in (300, 2, 7)])
    assert of(engine, "c1") == [2, 7, 300]
    assert of(engine, "c1", after=2, limit=1) == [7]
    assert of(engine, "c1", after=300) == []


def test_a_decision_noted_twice_is_listed_once(engine: Engine) -> None:
    engine.write([note(("c1", "c1"), 3), note(("c1",), 3)])
    assert of(engine, "c1") == [3]


def test_an_id_that_begins_another_is_not_the_other(engine: Engine) -> None:
    engine.write([note(("c11",), 3)])
    assert of(engine, "c1") == []


@given(id=records.IDS, seq=st.integers(1, 2**63))
def test_a_key_is_read_back(id: str, seq: int) -> None:
    with MAKERS["memory"]() as subject:
        subject.engine.write([note((id,), seq)])
        assert [decisions.read_key(key) for key in row_keys(subject.engine)] == [(id, seq)]


@pytest.mark.parametrize("key", [b"c1", b"c1\0", b"c1\0" + bytes(7), b"c1\0" + bytes(9), keys.pack("x" * 300, 1)])
def test_a_key_of_another_shape_cannot_be_read(key: bytes) -> None:
    with pytest.raises(ValueError):
        decisions.read_key(key)


@given(
    maker=st.sampled_from(sorted(MAKERS)),
    noted=st.lists(st.tuples(st.lists(records.IDS, max_size=3), st.integers(1, 9)), max_size=8),
    after=st.integers(0, 9),
    limit=st.integers(0, 4),
)
def test_each_page_is_what_sorting_and_filtering_gives(
    maker: str, noted: list[tuple[list[str], int]], after: int, limit: int
) -> None:
    with MAKERS[maker]() as subject:
        subject.engine.write([note(ids, seq) for ids, seq in noted])
        for id in IDS:
            mine = sorted({seq for ids, seq in noted if id in ids and seq > after})
            assert of(subject.engine, id, after, limit) == mine[:limit]
