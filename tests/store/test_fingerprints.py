"""Fingerprints tell a body that came before; repeats are counted."""

from __future__ import annotations

from jivod.store import fingerprints
from jivod.store.kv import Engine

DIGEST = bytes(range(16))


def test_an_unknown_digest_points_to_nothing(engine: Engine) -> None:
    assert engine.read(lambda txn: fingerprints.find(txn, "main", DIGEST)) is None


def test_a_remembered_digest_points_to_its_entry(engine: Engine) -> None:
    engine.write([lambda txn: fingerprints.remember(txn, "main", DIGEST, 7)])
    assert engine.read(lambda txn: fingerprints.find(txn, "main", DIGEST)) == 7


def test_the_same_digest_of_another_account_is_another_body(engine: Engine) -> None:
    engine.write([lambda txn: fingerprints.remember(txn, "main", DIGEST, 7)])
    assert engine.read(lambda txn: fingerprints.find(txn, "shop", DIGEST)) is None


def test_repeats_count_up_from_none(engine: Engine) -> None:
    assert engine.read(lambda txn: fingerprints.repeats(txn, 7)) == 0
    outcomes = engine.write([lambda txn, at=at: fingerprints.count_repeat(txn, 7, at) for at in (1, 2)])
    assert [o.value for o in outcomes] == [1, 2]
    assert engine.read(lambda txn: fingerprints.repeats(txn, 7)) == 2
    assert engine.read(lambda txn: fingerprints.repeats(txn, 8)) == 0
