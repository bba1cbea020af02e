"""Former: ids of records that another policy made."""

from __future__ import annotations

import pytest

from jivod.model.customer import Customer
from jivod.model.errors import Damaged
from jivod.model.reason import Reason
from jivod.store import codec, customers, former, keys, reasons
from jivod.store.kv import Engine, Txn
from jivod.store.memory import MemoryEngine
from jivod.store.tables import DERIVED, FORMER, KEPT
from tests.store.world import findings


def tell(txn: Txn) -> None:
    customers.put(txn, None, Customer(id="c1", created_at=1, seen_at=1))
    reasons.put(txn, None, Reason(seq=1, customer="c1", rule="new"))
    reasons.put(txn, None, Reason(seq=2, customer=None, rule="nobody"))
    former.put(txn, "c0", 1)
    former.put(txn, "c1", 2)
    former.put(txn, "c2", 2)
    former.put(txn, "c3", 9)


@pytest.mark.parametrize(
    ("id", "meant"), [("c1", "c1"), ("c0", "c1"), ("c2", None), ("c3", None), ("c9", None), ("c" * 300, None)]
)
def test_an_id_means_its_record_else_that_of_its_entry(engine: Engine, id: str, meant: str | None) -> None:
    engine.write([tell])
    assert engine.read(lambda txn: former.meant(txn, id)) == meant


def test_a_rebuild_keeps_them() -> None:
    assert FORMER in KEPT
    assert FORMER not in DERIVED


def test_an_entry_that_is_not_there_is_found(sound: MemoryEngine) -> None:
    sound.write([lambda txn: former.put(txn, "c7", 99)])
    assert findings(sound) == [(FORMER, "journal entry 99 is named and not there")]


@pytest.mark.parametrize("plain", ["c1", ["c1"], ["c1", "1"], [1, 1], ["c1", 1, 1]])
def test_a_row_that_is_none_is_damage(plain: object) -> None:
    with pytest.raises(Damaged, match="former"):
        former.decode(codec.encode(plain))


def test_a_damaged_row_is_told(engine: Engine) -> None:
    engine.write([lambda txn: txn.put(FORMER, keys.text("c1"), b"rubbish")])
    with pytest.raises(Damaged, match="former"):
        engine.read(lambda txn: former.meant(txn, "c1"))
