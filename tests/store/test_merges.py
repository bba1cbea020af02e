"""Merges: how many there were between two moments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.store import merges
from jivod.store.kv import Engine, Job
from jivod.store.tables import MERGES
from tests.store.engines import MAKERS

HOUR = 3_600_000
MOMENTS = st.integers(0, 20) | st.integers(0, 2**42)
NOTED = st.lists(st.tuples(MOMENTS, st.integers(1, 9), st.integers(0, 3)), max_size=12)


def note(at: int, seq: int = 1, number: int = 0) -> Job[None]:
    return lambda txn: merges.note(txn, at, seq, number)


def between(engine: Engine, start: int, end: int, limit: int = 100) -> int:
    return engine.read(lambda txn: merges.between(txn, start, end, limit))


def row_keys(engine: Engine) -> list[bytes]:
    return engine.read(lambda txn: [key for key, _ in txn.range(MERGES)])


def test_before_the_first_merge_there_were_none(engine: Engine) -> None:
    assert between(engine, 0, 2**42) == 0


def test_both_ends_of_the_time_count(engine: Engine) -> None:
    engine.write([note(at) for at in (HOUR - 1, HOUR, 2 * HOUR, 2 * HOUR + 1)])
    assert between(engine, HOUR, 2 * HOUR) == 2
    assert between(engine, HOUR, HOUR) == 1
    assert between(engine, HOUR + 1, 2 * HOUR - 1) == 0


def test_merges_of_one_moment_count_each(engine: Engine) -> None:
    engine.write([note(7, 1, 0), note(7, 1, 1), note(7, 2, 0)])
    assert between(engine, 7, 7) == 3


def test_a_merge_noted_twice_counts_once(engine: Engine) -> None:
    engine.write([note(7), note(7)])
    assert between(engine, 7, 7) == 1


def test_counting_stops_at_the_limit(engine: Engine) -> None:
    engine.write([note(at) for at in range(5)])
    assert [between(engine, 0, 9, limit) for limit in (0, 3, 5, 6)] == [0, 3, 5, 5]


@given(at=MOMENTS, seq=st.integers(1, 2**40), number=st.integers(0, 9))
def test_a_key_tells_its_journal_entry(at: int, seq: int, number: int) -> None:
    with MAKERS["memory"]() as subject:
        subject.engine.write([note(at, seq, number)])
        (key,) = row_keys(subject.engine)
    assert len(key) == merges.KEY_SIZE
    assert merges.seq_of(key) == seq


@pytest.mark.parametrize("size", [0, 8, 23, 25, 32])
def test_a_key_of_another_size_tells_nothing(size: int) -> None:
    with pytest.raises(ValueError, match="24 bytes"):
        merges.seq_of(bytes(size))


@given(
    maker=st.sampled_from(sorted(MAKERS)),
    noted=NOTED,
    start=MOMENTS,
    end=MOMENTS,
    limit=st.integers(0, 5) | st.just(1000),
)
def test_the_count_is_what_filtering_gives(
    maker: str, noted: list[tuple[int, int, int]], start: int, end: int, limit: int
) -> None:
    expected = sum(start <= at <= end for at, _, _ in set(noted))
    with MAKERS[maker]() as subject:
        subject.engine.write([note(*row) for row in noted])
        assert between(subject.engine, start, end, limit) == min(expected, limit)
