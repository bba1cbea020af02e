"""Different: a word of a person about a pair, said, repeated and taken back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.errors import Damaged
from jivod.store import codec, different, keys
from jivod.store.kv import Engine, Job, Txn
from jivod.store.tables import DIFFERENT, DIFFERENT_OF
from tests.store.engines import MAKERS
from tests.strategies import records

IDS = ("c1", "c2", "c3", "c4")
SAID = st.tuples(records.IDS, records.IDS, st.none() | st.integers(1, 9))  # None: taken back


def add(a: str, b: str, seq: int = 1) -> Job[None]:
    return lambda txn: different.add(txn, a, b, seq)


def remove(a: str, b: str) -> Job[bool]:
    return lambda txn: different.remove(txn, a, b)


def of(engine: Engine, id: str) -> frozenset[str]:
    return engine.read(lambda txn: different.of(txn, id))


def rows(engine: Engine) -> list[tuple[str, str, int]]:
    return engine.read(lambda txn: [different.decode(record) for _, record in txn.range(DIFFERENT)])


def entries(txn: Txn) -> set[tuple[str, bytes]]:
    return {(DIFFERENT_OF, key) for key, _ in txn.range(DIFFERENT_OF)}


def test_nobody_is_different_before_anybody_says_so(engine: Engine) -> None:
    assert of(engine, "c1") == frozenset()
    assert engine.write([remove("c1", "c2")])[0].value is False


def test_a_pair_is_different_on_both_sides_in_whatever_order_it_was_said(engine: Engine) -> None:
    engine.write([add("c1", "c2"), add("c3", "c1"), add("c2", "c3")])
    assert [sorted(of(engine, id)) for id in ("c1", "c2", "c3")] == [["c2", "c3"], ["c1", "c3"], ["c1", "c2"]]
    assert rows(engine) == [("c1", "c2", 1), ("c1", "c3", 1), ("c2", "c3", 1)]


def test_an_id_that_begins_another_is_not_the_other(engine: Engine) -> None:
    engine.write([add("c1", "c2"), add("c11", "c3")])
    assert of(engine, "c1") == {"c2"}


def test_what_is_said_again_keeps_the_last_number(engine: Engine) -> None:
    engine.write([add("c1", "c2", 1), add("c2", "c1", 5)])
    assert rows(engine) == [("c1", "c2", 5)]


def test_what_was_taken_back_leaves_nothing(engine: Engine) -> None:
    outcomes = engine.write([add("c1", "c2"), remove("c2", "c1"), remove("c1", "c2")])
    assert [o.value for o in outcomes[1:]] == [True, False]
    assert engine.read(lambda txn: [*txn.range(DIFFERENT), *txn.range(DIFFERENT_OF)]) == []


def test_a_record_does_not_differ_from_itself(engine: Engine) -> None:
    outcomes = engine.write([add("c1", "c1"), remove("c1", "c1")])
    assert [type(o.error) for o in outcomes] == [ValueError, ValueError]
    assert of(engine, "c1") == frozenset()


def test_a_damaged_pair_is_not_taken_back_by_halves(engine: Engine) -> None:
    engine.write([add("c1", "c2"), lambda txn: txn.put(DIFFERENT, keys.pack("c1", "c2"), b"rubbish")])
    assert isinstance(engine.write([remove("c1", "c2")])[0].error, Damaged)
    assert of(engine, "c2") == {"c1"}


@pytest.mark.parametrize("row", [["c2", "c1", 1], ["c1", "c1", 1], [1, "c1", 1]])
def test_a_record_of_anything_but_a_pair_in_order_is_damaged(row: list[object]) -> None:
    with pytest.raises(Damaged, match="different"):
        different.decode(codec.encode(row))


@given(maker=st.sampled_from(sorted(MAKERS)), said=st.lists(SAID, max_size=12))
def test_the_store_says_what_was_said_last_of_every_pair(
    maker: str, said: Sequence[tuple[str, str, int | None]]
) -> None:
    model: dict[frozenset[str], int] = {}
    with MAKERS[maker]() as subject:
        for a, b, seq in said:
            pair, is_known = frozenset((a, b)), frozenset((a, b)) in model
            (outcome,) = subject.engine.write([remove(a, b) if seq is None else add(a, b, seq)])
            assert (outcome.error is not None) == (a == b)
            if seq is None and a != b:
                assert outcome.value == is_known
                model.pop(pair, None)
            elif seq is not None and a != b:
                model[pair] = seq
        for id in IDS:
            assert of(subject.engine, id) == {other for pair in model if id in pair for other in pair - {id}}
        assert rows(subject.engine) == sorted((min(pair), max(pair), seq) for pair, seq in model.items())
        expected = frozenset[tuple[str, bytes]]().union(*map(different.entries, rows(subject.engine)))
        assert subject.engine.read(entries) == expected


@given(maker=st.sampled_from(sorted(MAKERS)), some=st.lists(records.differences(), max_size=6), data=st.data())
def test_the_order_in_which_pairs_are_named_does_not_matter(
    maker: str, some: list[tuple[str, str, int]], data: st.DataObject
) -> None:
    last = {(a, b): seq for a, b, seq in some}
    shuffled = data.draw(st.permutations(sorted(last.items())))
    with MAKERS[maker]() as one, MAKERS[maker]() as other:
        one.engine.write([add(a, b, seq) for a, b, seq in some])
        other.engine.write([add(b, a, seq) for (a, b), seq in shuffled])
        assert rows(one.engine) == rows(other.engine)
        assert one.engine.read(entries) == other.engine.read(entries)
