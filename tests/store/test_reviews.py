"""Reviews: one per pair, for ever."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.errors import Damaged
from jivod.model.reason import CLOSED, OPEN, Review
from jivod.store import keys, reviews
from jivod.store.kv import Engine
from jivod.store.memory import MemoryEngine
from jivod.store.tables import REVIEWS
from tests.strategies import records


def review(a: str, b: str, at: int = 1, state: str = OPEN) -> Review:
    return Review(a=a, b=b, why="The two share a phone.", key=None, seq=1, at=at, state=state)


def open_all(engine: Engine, *some: Review) -> list[bool]:
    return [o.value for o in engine.write([lambda txn, r=r: reviews.open_review(txn, r) for r in some])]


def listed(engine: Engine, state: str = OPEN, limit: int = 10) -> list[Review]:
    return engine.read(lambda txn: reviews.listed(txn, state, limit))


def test_a_review_is_found_in_either_order_of_its_pair(engine: Engine) -> None:
    assert open_all(engine, review("c1", "c2")) == [True]
    for pair in (("c1", "c2"), ("c2", "c1")):
        assert engine.read(lambda txn, pair=pair: reviews.get(txn, *pair)) == review("c1", "c2")


def test_a_pair_without_a_review_reads_as_none(engine: Engine) -> None:
    assert engine.read(lambda txn: reviews.get(txn, "c1", "c2")) is None


def test_a_second_review_of_a_pair_is_not_opened_even_when_the_first_is_closed(engine: Engine) -> None:
    open_all(engine, review("c1", "c2", state=CLOSED))
    assert open_all(engine, review("c1", "c2", at=9)) == [False]
    assert listed(engine) == []


def test_a_pair_in_the_wrong_order_is_refused(engine: Engine) -> None:
    for wrong in (review("c2", "c1"), review("c1", "c1")):
        (outcome,) = engine.write([lambda txn, wrong=wrong: reviews.open_review(txn, wrong)])
        assert isinstance(outcome.error, ValueError)


def test_a_customers_reviews_are_those_that_name_it_on_either_side(engine: Engine) -> None:
    open_all(engine, review("c1", "c2"), review("c2", "c3"), review("c1", "c3"))
    found = engine.read(lambda txn: reviews.of(txn, "c2"))
    assert [(r.a, r.b) for r in found] == [("c1", "c2"), ("c2", "c3")]


def test_reviews_are_listed_newest_first(engine: Engine) -> None:
    open_all(engine, review("c1", "c2", at=1), review("c1", "c3", at=3), review("c2", "c3", at=2))
    assert [r.at for r in listed(engine)] == [3, 2, 1]
    assert [r.at for r in listed(engine, limit=1)] == [3]


def test_a_page_goes_on_behind_the_last_review_of_the_page_before(engine: Engine) -> None:
    open_all(engine, review("c1", "c2", at=2), review("c1", "c3", at=2), review("c2", "c3", at=1))
    first = listed(engine, limit=1)[0]
    behind = engine.read(lambda txn: reviews.listed(txn, OPEN, 10, first))
    assert [(r.a, r.b) for r in (first, *behind)] == [("c1", "c2"), ("c1", "c3"), ("c2", "c3")]


def test_a_closed_review_moves_to_the_other_list(engine: Engine) -> None:
    old = review("c1", "c2")
    new = evolve(old, state=CLOSED)
    open_all(engine, old)
    engine.write([lambda txn: reviews.put(txn, old, new)])
    assert listed(engine) == []
    assert listed(engine, CLOSED) == [new]
    assert engine.read(lambda txn: reviews.of(txn, "c1")) == [new]


def test_an_index_entry_without_its_review_is_damage(engine: Engine) -> None:
    open_all(engine, review("c1", "c2"))
    engine.write([lambda txn: txn.delete(REVIEWS, keys.pack("c1", "c2"))])
    with pytest.raises(Damaged, match="not there"):
        listed(engine)


@given(state=records.STATES, some=st.lists(records.reviews(), max_size=8))
def test_the_first_review_of_every_pair_is_listed(state: str, some: list[Review]) -> None:
    engine = MemoryEngine()
    open_all(engine, *some)
    first: dict[tuple[str, str], Review] = {}
    for one in some:
        first.setdefault((one.a, one.b), one)
    expected = [r for r in first.values() if r.state == state]
    assert listed(engine, state) == sorted(expected, key=lambda r: (-r.at, r.a, r.b))
