"""Chats: found by account and reference, listed newest first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.chat import Chat
from jivod.model.errors import Damaged
from jivod.store import chats, keys
from jivod.store.kv import Engine
from jivod.store.memory import MemoryEngine
from jivod.store.tables import CHATS
from tests.strategies import records


def chat(ref: str, customer: str | None = "c1", at: int = 1, account: str = "main") -> Chat:
    return Chat(account=account, ref=ref, customer=customer, opened_at=1, at=at, seqs=(1,))


def store(engine: Engine, *some: Chat) -> None:
    engine.write([lambda txn, new=new: chats.put(txn, chats.get(txn, new.account, new.ref), new) for new in some])


def history(engine: Engine, id: str, limit: int = 10, before: tuple[int, str, str] | None = None) -> list[Chat]:
    return engine.read(lambda txn: chats.history(txn, id, limit, before))


def test_an_unknown_chat_reads_as_none(engine: Engine) -> None:
    assert engine.read(lambda txn: chats.get(txn, "main", "chat:1")) is None


def test_the_same_reference_of_another_account_is_another_chat(engine: Engine) -> None:
    store(engine, chat("chat:1"), chat("chat:1", account="shop", at=2))
    assert engine.read(lambda txn: chats.get(txn, "main", "chat:1")) == chat("chat:1")


def test_history_is_newest_first(engine: Engine) -> None:
    store(engine, chat("a", at=1), chat("b", at=3), chat("c", at=2))
    assert [c.ref for c in history(engine, "c1")] == ["b", "c", "a"]


def test_a_chat_that_goes_on_moves_to_the_front(engine: Engine) -> None:
    store(engine, chat("a", at=1), chat("b", at=2), chat("a", at=3))
    assert [c.ref for c in history(engine, "c1")] == ["a", "b"]


def test_a_chat_of_nobody_is_in_no_history_until_somebody_is_found(engine: Engine) -> None:
    store(engine, chat("a", customer=None))
    assert history(engine, "c1") == []
    store(engine, chat("a"))
    assert history(engine, "c1") == [chat("a")]


def test_a_chat_with_a_very_long_reference_is_listed_whole(engine: Engine) -> None:
    store(engine, chat("chat:" + "9" * 900))
    assert history(engine, "c1") == [chat("chat:" + "9" * 900)]


def test_an_index_entry_without_its_chat_is_damage(engine: Engine) -> None:
    store(engine, chat("a"))
    engine.write([lambda txn: txn.delete(CHATS, keys.pack("main", "a"))])
    with pytest.raises(Damaged, match="chats_by_customer"):
        history(engine, "c1")


@given(st.lists(records.chats(ats=records.times(max_value=3)), max_size=8), st.integers(1, 3))
def test_pages_of_history_join_without_gap_or_repeat(some: list[Chat], size: int) -> None:
    engine = MemoryEngine()
    store(engine, *some)
    last = {(c.account, c.ref): c for c in some}
    for id in ("c1", "c2"):
        pages: list[Chat] = []
        before = None
        while page := history(engine, id, size, before):
            pages += page
            assert len(pages) <= len(some)  # and not for ever
            before = (page[-1].at, page[-1].account, page[-1].ref)
        assert sorted(pages, key=repr) == sorted((c for c in last.values() if c.customer == id), key=repr)
        assert [c.at for c in pages] == sorted((c.at for c in pages), reverse=True)
