"""Quarantine: a ring with two limits."""

from __future__ import annotations

import pytest

from jivod.model.entry import Origin, Quarantined
from jivod.store import keys, quarantine
from jivod.store.kv import Engine
from jivod.store.tables import QUARANTINE

ORIGIN = Origin(channel="shop", account="main", region="TR", site="branch")


def add(engine: Engine, *bodies: bytes) -> list[int]:
    return [
        o.value
        for o in engine.write(
            [
                lambda txn, body=body: quarantine.add(
                    txn, received_at=7, origin=ORIGIN, code="not_json", message="not JSON", body=body
                )
                for body in bodies
            ]
        )
    ]


def remove(engine: Engine, number: int) -> bool:
    return bool(engine.write([lambda txn: quarantine.remove(txn, number)])[0].value)


def numbers(engine: Engine) -> list[int]:
    return [item.number for item in engine.read(lambda txn: quarantine.listed(txn, 100))]


def test_a_body_is_kept_raw_with_what_was_wrong(engine: Engine) -> None:
    add(engine, b"\xff\0{")
    assert engine.read(lambda txn: quarantine.get(txn, 1)) == Quarantined(
        number=1, received_at=7, origin=ORIGIN, code="not_json", message="not JSON", body=b"\xff\0{"
    )


def test_a_number_never_given_out_has_no_body(engine: Engine) -> None:
    assert engine.read(lambda txn: quarantine.get(txn, 1)) is None
    assert remove(engine, 1) is False


def test_bodies_are_listed_oldest_first_in_pages(engine: Engine) -> None:
    add(engine, b"a", b"b", b"c")
    assert numbers(engine) == [1, 2, 3]
    assert [i.body for i in engine.read(lambda txn: quarantine.listed(txn, 1, after=1))] == [b"b"]


def test_a_removed_number_is_not_given_out_again(engine: Engine) -> None:
    add(engine, b"a", b"b")
    assert remove(engine, 2) is True
    assert add(engine, b"c") == [3]
    assert numbers(engine) == [1, 3]


def test_the_count_and_the_bytes_held_follow_what_comes_and_goes(engine: Engine) -> None:
    add(engine, b"a", b"bb", b"ccc")
    remove(engine, 2)
    assert engine.read(quarantine.held) == (2, 4)


def test_beyond_the_most_items_the_oldest_goes(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "COUNT_MAX", 3)
    add(engine, *[b"x"] * 5)
    assert numbers(engine) == [3, 4, 5]
    assert engine.read(quarantine.held) == (3, 3)


def test_beyond_the_most_bytes_as_many_of_the_oldest_go_as_need_be(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "BYTES_MAX", 10)
    add(engine, b"1234", b"5678", b"123456789")
    assert numbers(engine) == [3]
    assert engine.read(quarantine.held) == (1, 9)


def test_exactly_at_the_limits_everything_stays(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "COUNT_MAX", 2)
    monkeypatch.setattr(quarantine, "BYTES_MAX", 4)
    add(engine, b"12", b"34")
    assert numbers(engine) == [1, 2]


def test_the_newest_stays_though_it_alone_is_too_large(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "BYTES_MAX", 3)
    add(engine, b"a", b"12345")
    assert numbers(engine) == [2]


def test_the_ring_holds_ten_thousand_bodies_and_256_mebibytes() -> None:
    assert (quarantine.COUNT_MAX, quarantine.BYTES_MAX) == (10_000, 256 * 1024 * 1024)


def test_a_recount_notes_what_is_there_and_gives_no_number_twice(engine: Engine) -> None:
    add(engine, b"one", b"three", b"four")
    engine.write([lambda txn: txn.delete(QUARANTINE, keys.up(2)), quarantine.recount])
    assert engine.read(quarantine.held) == (2, 7)
    assert add(engine, b"next") == [4]
