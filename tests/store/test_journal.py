"""The journal: numbered without a gap, never changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jivod.model.entry import Entry, Origin
from jivod.store import journal
from jivod.store.kv import Engine, Txn
from jivod.store.memory import MemoryEngine
from tests.strategies.records import entries

ORIGIN = Origin(channel="shop", account="main", region="TR", site=None)


def add(txn: Txn, body: bytes = b"{}") -> Entry:
    return journal.append(txn, received_at=7, origin=ORIGIN, body=body)


def test_an_empty_journal_ends_at_zero(engine: Engine) -> None:
    assert engine.read(journal.last) == 0


def test_entries_are_numbered_from_one(engine: Engine) -> None:
    outcomes = engine.write([add, add, add])
    assert [o.value.seq for o in outcomes] == [1, 2, 3]
    assert engine.read(journal.last) == 3


def test_a_job_that_fails_leaves_no_gap_in_the_numbers(engine: Engine) -> None:
    def fail(txn: Txn) -> None:
        add(txn)
        raise ZeroDivisionError

    outcomes = engine.write([add, fail, add])
    assert [o.value.seq for o in outcomes if o.error is None] == [1, 2]


def test_after_gives_the_next_ones_ascending(engine: Engine) -> None:
    engine.write([add] * 5)
    assert [entry.seq for entry in engine.read(lambda txn: journal.after(txn, 2, 2))] == [3, 4]
    assert engine.read(lambda txn: journal.after(txn, 5, 2)) == []


def test_after_stops_at_the_entry_that_reaches_the_limit_of_bytes(engine: Engine) -> None:
    engine.write([lambda txn: add(txn, bytes(1000))] * 5)
    for limit_bytes, expected in ((1, [1]), (1500, [1, 2]), (1 << 20, [1, 2, 3, 4, 5])):
        found = engine.read(lambda txn, most=limit_bytes: journal.after(txn, 0, 10, most))
        assert [entry.seq for entry in found] == expected


def test_a_number_never_given_out_has_no_entry(engine: Engine) -> None:
    assert engine.read(lambda txn: journal.get(txn, 1)) is None


@given(st.lists(entries(), max_size=4))
def test_what_was_appended_is_read_back_as_it_came(some: list[Entry]) -> None:
    engine = MemoryEngine()
    jobs = [
        lambda txn, e=entry: journal.append(txn, received_at=e.received_at, origin=e.origin, body=e.body)
        for entry in some
    ]
    kept = [outcome.value for outcome in engine.write(jobs)]
    assert engine.read(lambda txn: journal.after(txn, 0, 10)) == kept
    assert [engine.read(lambda txn, e=e: journal.get(txn, e.seq)) for e in kept] == kept
    assert [(e.received_at, e.origin, e.body) for e in kept] == [(e.received_at, e.origin, e.body) for e in some]
