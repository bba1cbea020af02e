"""Erased: the ids of people who were erased."""

from __future__ import annotations

import pytest

from jivod.model.contact import EMAIL, TOKEN, Key
from jivod.model.errors import Damaged
from jivod.store import codec, erased, meta
from jivod.store.kv import Engine
from jivod.store.memory import MemoryEngine
from jivod.store.tables import DERIVED, ERASED


def test_an_id_knows_the_decision_that_erased_it(engine: Engine) -> None:
    engine.write([lambda txn: erased.put(txn, "c1", 7)])
    assert engine.read(lambda txn: [erased.by(txn, id) for id in ("c1", "c2", "", "c" * 300)]) == [7, None, None, None]


def test_a_mark_tells_nothing_of_the_contact_and_is_another_in_another_store() -> None:
    stores = [MemoryEngine(), MemoryEngine()]
    for number, store in enumerate(stores):
        store.write([lambda txn, n=number: meta.initialise(txn, bytes([n] * 32))])  # type: ignore[misc]
    keys = [Key(EMAIL, "a@example.com"), Key(TOKEN, "a@example.com"), Key(EMAIL, "b@example.com"), Key(EMAIL, "\ud800")]
    marks = [store.read(lambda txn: [erased.mark(txn, key) for key in keys]) for store in stores]
    assert len({*marks[0], *marks[1]}) == 8
    assert marks[0] == stores[0].read(lambda txn: [erased.mark(txn, key) for key in keys])


def test_a_rebuild_makes_them_anew() -> None:
    assert ERASED in DERIVED


@pytest.mark.parametrize("plain", ["c1", ["c1"], ["c1", "1"], [1, 1], ["c1", 1, 1]])
def test_a_row_that_is_none_is_damage(plain: object) -> None:
    with pytest.raises(Damaged, match="erased"):
        erased.decode(codec.encode(plain))
