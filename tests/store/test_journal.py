"""The journal: numbered without a gap, never changed."""

from __future__ import annotations

from functools import partial

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.entry import DECISION, EVENT, Entry, Origin, Original
from jivod.model.errors import Damaged
from jivod.store import codec, journal, keys
from jivod.store.kv import Engine, Job, Txn
from jivod.store.memory import MemoryEngine
from jivod.store.tables import JOURNAL
from tests.strategies.records import entries

ORIGIN = Origin(channel="shop", account="main", region="TR", site=None)


def add(txn: Txn, body: bytes = b"{}") -> Entry:
    return journal.append(txn, received_at=7, origin=ORIGIN, body=body)


def repeat(entry: Entry) -> Job[Entry]:
    """Append what `entry` holds, under the next number."""
    return lambda txn: journal.append(
        txn,
        received_at=entry.received_at,
        origin=entry.origin,
        body=entry.body,
        kind=entry.kind,
        signature=entry.signature,
    )


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
        found = engine.read(partial(journal.after, seq=0, limit=10, limit_bytes=limit_bytes))
        assert [entry.seq for entry in found] == expected


def test_a_number_never_given_out_has_no_entry(engine: Engine) -> None:
    assert engine.read(lambda txn: journal.get(txn, 1)) is None


def test_what_is_not_said_otherwise_is_an_event_without_a_signature(engine: Engine) -> None:
    engine.write([add])
    entry = engine.read(lambda txn: journal.get(txn, 1))
    assert entry is not None
    assert (entry.kind, entry.signature) == (EVENT, "")


def test_events_and_decisions_share_one_row_of_numbers(engine: Engine) -> None:
    def decide(txn: Txn) -> Entry:
        return journal.append(txn, received_at=8, origin=ORIGIN, body=b'{"decision":"merge"}', kind=DECISION)

    engine.write([add, decide, lambda txn: journal.append(txn, received_at=9, origin=ORIGIN, body=b"", signature="x")])
    found = engine.read(lambda txn: journal.after(txn, 0, 10))
    assert [(e.seq, e.kind, e.signature) for e in found] == [(1, EVENT, ""), (2, DECISION, ""), (3, EVENT, "x")]


@given(st.lists(entries(), max_size=4))
def test_what_another_store_holds_is_kept_under_its_own_numbers(some: list[Entry]) -> None:
    engine = MemoryEngine()
    engine.write([partial(journal.keep, entry=entry) for entry in some])
    last = {entry.seq: entry for entry in some}
    assert engine.read(lambda txn: journal.after(txn, 0, 10)) == [last[seq] for seq in sorted(last)]
    assert engine.write([add])[0].value.seq == max(last, default=0) + 1


def test_it_is_read_backwards_too_and_in_pieces_of_bounded_size() -> None:
    engine = MemoryEngine()
    engine.write([add] * 5)
    assert [e.seq for e in engine.read(lambda txn: journal.before(txn, None, 2))] == [5, 4]
    assert [e.seq for e in engine.read(lambda txn: journal.before(txn, 4, 10))] == [3, 2, 1]
    assert [e.seq for e in engine.read(lambda txn: journal.before(txn, 4, 10, limit_bytes=1))] == [3]
    assert engine.read(lambda txn: journal.before(txn, 1, 10)) == []


@pytest.mark.parametrize("size", [0, 1, 7, 9])
def test_an_entry_with_too_few_or_too_many_fields_is_damaged(size: int) -> None:
    with pytest.raises(Damaged, match="journal"):
        journal.decode(codec.encode_body(["x"] * size, b"{}"))


@given(st.lists(entries(), max_size=4))
def test_what_was_appended_is_read_back_as_it_came(some: list[Entry]) -> None:
    engine = MemoryEngine()
    kept: list[Entry] = [outcome.value for outcome in engine.write([repeat(entry) for entry in some])]
    assert engine.read(lambda txn: journal.after(txn, 0, 10)) == kept
    assert [engine.read(partial(journal.get, seq=e.seq)) for e in kept] == kept
    assert kept == [evolve(entry, seq=number) for number, entry in enumerate(some, 1)]


def husk_of(entry: Entry, body: bytes = b"husk") -> Entry:
    head = journal.head_of(journal.encode(entry))
    return evolve(entry, body=body, original=Original(digest="0" * 32, head=head))


@given(entries())
def test_a_husk_comes_back_as_it_is(entry: Entry) -> None:
    husk = husk_of(entry)
    assert journal.decode(journal.encode(husk)) == husk


def test_a_husk_takes_the_place_of_its_entry_alone_and_the_head_stays(engine: Engine) -> None:
    first, second = (outcome.value for outcome in engine.write([add, partial(add, body=b"other")]))
    before = engine.read(lambda txn: journal.head(txn, 1))
    tries = [husk_of(first), husk_of(first), evolve(husk_of(first), seq=2), second, evolve(husk_of(first), seq=9)]
    outcomes = engine.write([partial(journal.empty, husk=husk) for husk in tries])
    assert [outcome.value for outcome in outcomes] == [True, False, False, False, False]
    assert engine.read(lambda txn: journal.after(txn, 0, 9)) == [husk_of(first), second]
    assert engine.read(lambda txn: journal.head(txn, 1)) == before


def test_a_damaged_entry_has_a_head_that_is_not_its_own(engine: Engine) -> None:
    engine.write([add])
    before = engine.read(lambda txn: journal.head(txn, 1))
    engine.write([lambda txn: txn.put(JOURNAL, keys.up(1), b"damaged")])
    assert engine.read(lambda txn: journal.head(txn, 1)) not in ("", before)
