"""Replies: kept for a day, and never more than fit."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.reply import Reply
from jivod.store import keys, replies
from jivod.store.kv import Engine, Txn
from jivod.store.memory import MemoryEngine
from jivod.store.tables import KEPT, META, REPLIES, REPLIES_BY_TIME
from tests.store.world import findings

DAY = replies.KEPT_FOR
ONE = Reply(who="shop", key="k", at=5, digest="d", status=201, headers=(("ETag", '"x"'),), body=b'{"a":1}')


def put(engine: Engine, *kept: Reply) -> None:
    for outcome in engine.write([lambda txn, one=one: replies.put(txn, one) for one in kept]):  # type: ignore[misc]
        assert outcome.error is None


def get(engine: Engine, key: str, now: int, who: str = "shop") -> Reply | None:
    return engine.read(lambda txn: replies.get(txn, who, key, now))


def test_what_was_answered_is_found_for_a_day_by_whoever_asked(engine: Engine) -> None:
    put(engine, ONE)
    assert get(engine, "k", 5 + DAY - 1) == ONE
    assert get(engine, "k", 5 + DAY) is None
    assert get(engine, "k", 6, "another") is None
    assert get(engine, "other", 6) is None


def test_an_outdated_one_is_replaced(engine: Engine) -> None:
    later = evolve(ONE, at=5 + DAY, body=b"later")
    put(engine, ONE, later)
    assert get(engine, "k", later.at) == later
    assert engine.read(replies.held) == (1, 5)


def test_a_new_one_clears_away_what_is_a_day_old(engine: Engine) -> None:
    put(engine, ONE, evolve(ONE, key="new", at=5 + DAY))
    assert engine.read(lambda txn: len(list(txn.range(REPLIES)))) == 1


@pytest.mark.parametrize(("limit", "most"), [("COUNT_MAX", 2), ("BYTES_MAX", 15)])
def test_the_oldest_make_room(engine: Engine, limit: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, limit, most)
    put(engine, *(evolve(ONE, key=str(n), at=n) for n in range(4)))
    assert [get(engine, str(n), 9) is not None for n in range(4)] == [False, False, True, True]
    put(engine, evolve(ONE, key="long", at=9, body=b"x" * 20))
    assert get(engine, "long", 9) is not None


def test_a_recount_notes_that_all_were_left_out(sound: MemoryEngine) -> None:
    def leave_out(txn: Txn) -> None:
        for table in (REPLIES, REPLIES_BY_TIME):
            for key, _ in list(txn.range(table)):
                txn.delete(table, key)
        replies.recount(txn)

    sound.write([leave_out])
    assert sound.read(replies.held) == (0, 0)
    assert findings(sound) == []


def test_a_wrong_count_is_found(sound: MemoryEngine) -> None:
    sound.write([lambda txn: txn.delete(REPLIES, keys.pack("shop", "k"))])
    assert (META, "there are 0 replies of 0 bytes, noted are (1, 2)") in findings(sound)


def test_a_rebuild_keeps_them() -> None:
    assert {REPLIES, REPLIES_BY_TIME} <= set(KEPT)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("kl"), st.integers(0, 3 * DAY), st.binary(max_size=9)))
)
def test_whatever_is_put_in_whatever_order_the_books_are_right(rows: list[tuple[str, str, int, bytes]]) -> None:
    engine = MemoryEngine(bytes(32))
    put(engine, *(evolve(ONE, who=who, key=key, at=at, body=body) for who, key, at, body in rows))
    assert findings(engine) == []
