"""The index follows its records."""

from __future__ import annotations

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from jivod.store import chats, customers, different, edges, index, reasons, reviews
from jivod.store.kv import Txn
from jivod.store.memory import MemoryEngine
from jivod.store.tables import CHATS_BY_CUSTOMER, DERIVED, EDGES_BY_WINNER, TABLES

ENTRIES = st.frozensets(
    st.tuples(st.sampled_from([CHATS_BY_CUSTOMER, EDGES_BY_WINNER]), st.binary(min_size=1, max_size=2)), max_size=6
)


def there(txn: Txn) -> set[tuple[str, bytes]]:
    return {(table, key) for table in (CHATS_BY_CUSTOMER, EDGES_BY_WINNER) for key, _ in txn.range(table)}


@given(st.lists(ENTRIES, max_size=4))
def test_after_every_update_the_index_says_the_new_and_nothing_else(states: list[index.Entries]) -> None:
    engine = MemoryEngine()
    old: index.Entries = frozenset()
    for new in states:
        engine.write([partial(index.update, old=old, new=new)])
        assert engine.read(there) == new
        old = new


@given(ENTRIES, ENTRIES)
def test_what_one_record_takes_out_leaves_the_entries_of_others(some: index.Entries, others: index.Entries) -> None:
    engine = MemoryEngine()
    mine = some - others  # an entry ends in the key of its record: no two records share one
    for old, new in ((frozenset(), others), (frozenset(), mine), (mine, frozenset())):
        engine.write([partial(index.update, old=old, new=new)])
    assert engine.read(there) == others


@given(st.sets(st.binary(max_size=3), max_size=8), st.integers(0, 4), st.binary(max_size=2))
def test_tails_are_what_follows_the_prefix(some: set[bytes], limit: int, start: bytes) -> None:
    engine = MemoryEngine()
    entries = {(CHATS_BY_CUSTOMER, prefix + tail) for tail in some for prefix in (b"a\0", b"b\0")}
    engine.write([lambda txn: index.update(txn, frozenset(), entries)])
    found = engine.read(lambda txn: list(index.tails(txn, CHATS_BY_CUSTOMER, b"a\0", start=start, limit=limit)))
    assert found == sorted(tail for tail in some if tail >= start)[:limit]


def test_every_index_is_a_derived_table_of_one_repository() -> None:
    declared = [table for noun in (chats, customers, different, edges, reasons, reviews) for table in noun.INDEXES]
    assert len(set(declared)) == len(declared)
    assert set(declared) <= set(DERIVED)


def test_no_table_is_named_twice() -> None:
    assert len(set(TABLES)) == len(TABLES)
