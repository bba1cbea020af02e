"""The cost of an event hardly grows with the number of customers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jivod.store import customers, journal
from jivod.store.kv import Engine
from jivod.store.lmdb import open_engine
from tests.hold.crowd import fill
from tests.hold.preload import BOUND, Store, compare, sound
from tests.hold.scale import PRELOADED, PRELOADED_FEW

pytestmark = pytest.mark.long

REPETITIONS = 5
MAP_SIZE = 1 << 30


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    small = open_engine(tmp_path / "small", MAP_SIZE)
    large = open_engine(tmp_path / "large", MAP_SIZE)
    yield Store(small, PRELOADED_FEW), Store(large, PRELOADED)
    small.close()
    large.close()


def count(engine: Engine) -> tuple[int, int]:
    return engine.read(lambda txn: (len(customers.newest(txn, 10 * PRELOADED)), journal.last(txn)))


def test_an_event_costs_about_the_same_in_a_larger_store(
    stores: tuple[Store, Store], record_property: Callable[[str, object], None]
) -> None:
    for store in stores:
        fill(store.engine, store.size)
        assert count(store.engine) == (store.size, store.size)
    small, large = stores
    costs = compare(small, large, REPETITIONS)
    for kind, cost in costs.items():
        record_property(kind, str(cost))
        print(f"{PRELOADED_FEW} to {PRELOADED} customers, {kind}: {cost}")
    assert costs["both"].ratio < BOUND


def test_a_crowd_is_sound_and_its_customers_are_known(stores: tuple[Store, Store]) -> None:
    small, _ = stores
    fill(small.engine, small.size)
    small.cost(known=True)
    assert count(small.engine)[0] == PRELOADED_FEW
    small.cost(known=False)
    assert count(small.engine)[0] > PRELOADED_FEW
    assert sound(small.engine)
