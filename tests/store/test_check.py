"""Check finds nothing in a sound store, and each kind of planted damage."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import evolve

from jivod.model.contact import EMAIL, PHONE, Key
from jivod.model.customer import Customer, Edge
from jivod.model.reason import Reason, Review
from jivod.model.entry import DECISION, Origin
from jivod.store import (
    chats,
    check,
    codec,
    customers,
    decisions,
    different,
    edges,
    fingerprints,
    journal,
    keys,
    merges,
    meta,
    policies,
    reasons,
    reviews,
    shared,
)
from jivod.store.check import Finding
from jivod.store.kv import Engine, Txn
from jivod.store.memory import MemoryEngine
from jivod.store.shared import Word
from jivod.store.tables import (
    CHATS,
    CHATS_BY_CUSTOMER,
    CUSTOMER_KEYS,
    CUSTOMER_NAMES,
    CUSTOMERS,
    DECISIONS,
    DIFFERENT,
    DIFFERENT_OF,
    EDGES,
    FINGERPRINTS,
    JOURNAL,
    MERGES,
    META,
    POLICIES,
    QUARANTINE,
    REASONS,
    REASONS_BY_CUSTOMER,
    REPEATS,
    REVIEWS,
    REVIEWS_BY_STATE,
    SHARED,
    TABLES,
    UNATTRIBUTED,
)
from tests.store.world import populate


@pytest.fixture
def sound(memory: MemoryEngine) -> MemoryEngine:
    populate(memory)
    return memory


def findings(engine: Engine) -> list[tuple[str, str]]:
    return [(f.table, f.what) for f in engine.read(lambda txn: list(check.check(txn)))]


def change_customer(txn: Txn, id: str, change: Callable[[Customer], Customer]) -> None:
    """Change the record and its entries, and nothing that has to go with it."""
    old = customers.get(txn, id)
    assert old is not None
    customers.put(txn, old, change(old))


def test_an_empty_store_is_sound(engine: Engine) -> None:
    assert findings(engine) == []


def test_a_store_with_something_in_every_table_is_sound(engine: Engine) -> None:
    populate(engine)
    assert engine.read(lambda txn: [table for table in TABLES if not list(txn.range(table, limit=1))]) == []
    assert findings(engine) == []


NOUNS = {
    CUSTOMERS: customers.INDEXES,
    EDGES: edges.INDEXES,
    CHATS: chats.INDEXES,
    REASONS: reasons.INDEXES,
    DIFFERENT: different.INDEXES,
    REVIEWS: reviews.INDEXES,
}
KEYS_ALONE = (DECISIONS, MERGES)  # their rows are all in their keys
INDEXES = [table for indexes in NOUNS.values() for table in indexes]
RECORDS = [table for table in TABLES if table not in (META, *KEYS_ALONE, *INDEXES)]


@pytest.mark.parametrize("table", RECORDS)
def test_a_flipped_bit_in_a_record_of_any_table_is_found(sound: MemoryEngine, table: str) -> None:
    ((key, record), *_) = sound.read(lambda txn: list(txn.range(table)))
    sound.write([lambda txn: txn.put(table, key, record[:-1] + bytes([record[-1] ^ 4]))])
    assert (table, f"a record of table {table} fails its checksum") in findings(sound)


@pytest.mark.parametrize("table", [t for t in RECORDS if t not in (REPEATS, POLICIES, FINGERPRINTS, "cards")])
def test_a_record_under_a_key_that_is_not_its_own_is_found(sound: MemoryEngine, table: str) -> None:
    ((key, record), *_) = sound.read(lambda txn: list(txn.range(table)))
    sound.write([lambda txn: txn.put(table, key[:-1] + b"\x77", record)])
    assert (table, "a record lies under a key that is not its own") in findings(sound)


@pytest.mark.parametrize(
    ("table", "source"), [(table, source) for source, indexes in NOUNS.items() for table in indexes]
)
def test_a_missing_index_entry_is_found(sound: MemoryEngine, table: str, source: str) -> None:
    ((key, _), *_) = sound.read(lambda txn: list(txn.range(table)))
    sound.write([lambda txn: txn.delete(table, key)])
    assert (table, f"an entry for a record of table {source} is missing") in findings(sound)


@pytest.mark.parametrize(
    ("table", "key", "source"),
    [
        (CUSTOMER_KEYS, keys.pack(EMAIL, "b@example.com", "c1"), CUSTOMERS),
        (CUSTOMER_KEYS, keys.pack(EMAIL, "a@example.com", "c9"), CUSTOMERS),
        (CUSTOMER_NAMES, keys.pack("anne", "c1"), CUSTOMERS),
        (CHATS_BY_CUSTOMER, keys.text("c2") + keys.down(1) + keys.pack("main", "chat:1"), CHATS),
        (REASONS_BY_CUSTOMER, keys.pack("c2", 1), REASONS),
        (UNATTRIBUTED, keys.up(1), REASONS),
        (DIFFERENT_OF, keys.pack("c2", "c1", "c2"), DIFFERENT),
        (DIFFERENT_OF, keys.pack("c1", "c1", "c3"), DIFFERENT),
        (REVIEWS_BY_STATE, keys.text("closed") + keys.down(3) + keys.pack("c1", "c2"), REVIEWS),
    ],
)
def test_an_index_entry_that_no_record_has_is_found(sound: MemoryEngine, table: str, key: bytes, source: str) -> None:
    sound.write([lambda txn: txn.put(table, key, b"")])
    assert (table, f"an entry stands for nothing in table {source}") in findings(sound)


def test_an_index_key_that_cannot_be_read_is_found(sound: MemoryEngine) -> None:
    sound.write([lambda txn: txn.put(CUSTOMER_KEYS, b"no end", b"")])
    assert findings(sound) == [(CUSTOMER_KEYS, "an entry has a key that cannot be read")]


def test_an_index_entry_with_a_value_is_found(sound: MemoryEngine) -> None:
    sound.write([lambda txn: txn.put(UNATTRIBUTED, keys.up(5), b"x")])
    assert findings(sound) == [(UNATTRIBUTED, "an entry has a value")]


def test_the_entries_of_a_damaged_record_are_not_reported_beside_it(sound: MemoryEngine) -> None:
    sound.write([lambda txn: txn.put(REVIEWS, keys.pack("c1", "c2"), b"rubbish")])
    assert findings(sound) == [(REVIEWS, "a record of table reviews fails its checksum")]


def test_a_gap_in_the_journal_is_found(sound: MemoryEngine) -> None:
    sound.write([lambda txn: txn.delete(JOURNAL, keys.up(2)), lambda txn: txn.delete(JOURNAL, keys.up(3))])
    assert (JOURNAL, "entries 2 to 3 are missing") in findings(sound)


def test_a_lost_end_of_the_journal_is_found_by_what_points_there(sound: MemoryEngine) -> None:
    sound.write([lambda txn: txn.delete(JOURNAL, keys.up(5))])
    assert set(findings(sound)) == {
        (REASONS, "journal entry 5 is named and not there"),
        (FINGERPRINTS, "journal entry 5 is named and not there"),
    }


def test_an_entry_without_a_reason_is_found(sound: MemoryEngine) -> None:
    sound.write([lambda txn: journal.append(txn, received_at=1, origin=_origin(txn), body=b"6")])
    assert findings(sound) == [(JOURNAL, "entry 6 has no reason")]


def test_a_decision_needs_no_reason(sound: MemoryEngine) -> None:
    sound.write([lambda txn: journal.append(txn, received_at=1, origin=_origin(txn), body=b"6", kind=DECISION)])
    assert findings(sound) == []


def _origin(txn: Txn) -> Origin:
    entry = journal.get(txn, 1)
    assert entry is not None
    return entry.origin


def test_a_fingerprint_and_a_repeat_of_no_entry_are_found(sound: MemoryEngine) -> None:
    def job(txn: Txn) -> None:
        fingerprints.remember(txn, "main", bytes(16), 99)
        fingerprints.count_repeat(txn, 98, 1)

    sound.write([job])
    assert findings(sound) == [
        (REPEATS, "journal entry 98 is named and not there"),
        (FINGERPRINTS, "journal entry 99 is named and not there"),
    ]


@pytest.mark.parametrize(
    ("noun", "there", "change"),
    [("chats", 1, lambda c: evolve(c, chats=7)), ("events", 2, lambda c: evolve(c, events=7))],
)
def test_a_count_that_is_not_what_is_there_is_found(
    sound: MemoryEngine, noun: str, there: int, change: Callable[[Customer], Customer]
) -> None:
    sound.write([lambda txn: change_customer(txn, "c1", change)])
    assert findings(sound) == [(CUSTOMERS, f"customer c1 counts 7 {noun}, {there} are there")]


def test_a_chat_of_a_missing_entry_or_customer_is_found(sound: MemoryEngine) -> None:
    def job(txn: Txn) -> None:
        chat = chats.get(txn, "main", "chat:1")
        assert chat is not None
        chats.put(txn, None, evolve(chat, ref="chat:9", customer="c9", seqs=(1, 99)))

    sound.write([job])
    assert findings(sound) == [
        (CHATS, "journal entry 99 is named and not there"),
        (CHATS, "customer c9 is named and not there"),
    ]


def test_a_reason_that_names_a_missing_customer_is_found(sound: MemoryEngine) -> None:
    def job(txn: Txn) -> None:
        reasons.put(txn, reasons.get(txn, 5), Reason(seq=5, customer="c8", rule="known", merged=("c9",)))

    sound.write([job])
    assert findings(sound) == [(REASONS, f"customer {id} is named and not there") for id in ("c8", "c9")]


def test_an_edge_with_a_missing_end_is_found(sound: MemoryEngine) -> None:
    sound.write([lambda txn: edges.add(txn, Edge(loser="c9", winner="c1", rule="operator", seq=1, at=1))])
    assert findings(sound) == [(EDGES, "customer c9 is named and not there")]


def test_a_circle_of_edges_is_found(sound: MemoryEngine) -> None:
    def job(txn: Txn) -> None:
        closing = Edge(loser="c2", winner="c3", rule="operator", seq=1, at=1)
        txn.put(EDGES, keys.text("c2"), edges.encode(closing))
        for table, key in edges.entries(closing):
            txn.put(table, key, b"")

    sound.write([job])
    assert set(findings(sound)) == {(EDGES, "table edges runs in a circle")}


def test_a_review_of_a_missing_customer_is_found(sound: MemoryEngine) -> None:
    review = Review(a="c1", b="c9", why="The two share a phone.", key=None, seq=1, at=1)
    sound.write([lambda txn: reviews.open_review(txn, review)])
    assert findings(sound) == [(REVIEWS, "customer c9 is named and not there")]


def test_an_edge_and_a_review_of_no_entry_are_found(sound: MemoryEngine) -> None:
    def job(txn: Txn) -> None:
        edges.add(txn, Edge(loser="c2", winner="c1", rule="person", seq=98, at=1))
        reviews.open_review(txn, Review(a="c1", b="c3", why="The two share a phone.", key=None, seq=99, at=1))

    sound.write([job])
    assert findings(sound) == [
        (EDGES, "journal entry 98 is named and not there"),
        (REVIEWS, "journal entry 99 is named and not there"),
    ]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (("c1", "c9", 1), "customer c9 is named and not there"),
        (("c0", "c1", 1), "customer c0 is named and not there"),
        (("c1", "c2", 99), "journal entry 99 is named and not there"),
    ],
)
def test_two_called_different_of_whom_one_is_missing_or_by_no_entry_are_found(
    sound: MemoryEngine, row: tuple[str, str, int], what: str
) -> None:
    sound.write([lambda txn: different.add(txn, *row)])
    assert findings(sound) == [(DIFFERENT, what)]


@pytest.mark.parametrize("pair", [("c2", "c1"), ("c2", "c2")])
def test_two_called_different_in_the_wrong_order_are_found(sound: MemoryEngine, pair: tuple[str, str]) -> None:
    sound.write([lambda txn: txn.put(DIFFERENT, keys.pack(*pair), different.encode((*pair, 1)))])
    assert findings(sound) == [(DIFFERENT, "a record of table different cannot be decoded")]


def test_a_word_about_a_key_by_no_entry_is_found(sound: MemoryEngine) -> None:
    word = Word(key=Key(EMAIL, "info@example.com"), shared=False, seq=99)
    sound.write([lambda txn: shared.put(txn, word)])
    assert findings(sound) == [(SHARED, "journal entry 99 is named and not there")]


def test_a_merge_of_no_entry_is_found(sound: MemoryEngine) -> None:
    sound.write([lambda txn: merges.note(txn, 1, 99, 0)])
    assert findings(sound) == [(MERGES, "journal entry 99 is named and not there")]


def test_a_decision_about_nobody_or_by_no_entry_is_found(sound: MemoryEngine) -> None:
    sound.write([lambda txn: decisions.note(txn, ("c1",), 99), lambda txn: decisions.note(txn, ("c9",), 1)])
    assert findings(sound) == [
        (DECISIONS, "journal entry 99 is named and not there"),
        (DECISIONS, "customer c9 is named and not there"),
    ]


@pytest.mark.parametrize("table", KEYS_ALONE)
def test_a_row_that_has_a_value_or_a_key_of_another_shape_is_found(sound: MemoryEngine, table: str) -> None:
    ((key, _), *_) = sound.read(lambda txn: list(txn.range(table)))
    for wrong in (b"no end", key + b"\0", key[:-1]):
        sound.write([lambda txn, wrong=wrong: txn.put(table, wrong, b"")])
        assert findings(sound) == [(table, "a row has a key that cannot be read")]
        sound.write([lambda txn, wrong=wrong: txn.delete(table, wrong)])
    sound.write([lambda txn: txn.put(table, key, b"x")])
    assert findings(sound) == [(table, f"a row of table {table} has a value")]


def test_a_policy_in_force_from_the_next_entry_on_is_sound(sound: MemoryEngine) -> None:
    sound.write([lambda txn: policies.adopt(txn, 6, "")])
    assert findings(sound) == []


@pytest.mark.parametrize(
    ("key", "what"),
    [
        (keys.up(7), "a policy is in force from entry 7 on, and entry 5 is the last"),
        (keys.up(1)[1:], "a key is no journal number"),
        (b"x" + keys.up(1), "a key is no journal number"),
    ],
)
def test_a_policy_from_an_entry_that_cannot_come_next_is_found(sound: MemoryEngine, key: bytes, what: str) -> None:
    sound.write([lambda txn: txn.put(POLICIES, key, policies.encode(""))])
    assert findings(sound) == [(POLICIES, what)]


def test_a_policy_that_is_no_text_is_found(sound: MemoryEngine) -> None:
    sound.write([lambda txn: txn.put(POLICIES, keys.up(1), codec.encode(["too_common = 5"]))])
    assert findings(sound) == [(POLICIES, "a record of table policies cannot be decoded")]


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("schema", None, "there is no schema version"),
        ("schema", b"rubbish", "a record of table meta fails its checksum"),
        ("id_key", None, "table meta has no id key"),
        ("id_key", codec.encode("no hex"), "a record of table meta cannot be decoded"),
    ],
)
def test_damage_of_meta_is_found(sound: MemoryEngine, name: str, value: bytes | None, what: str) -> None:
    def job(txn: Txn) -> None:
        txn.delete(META, keys.text(name))
        if value is not None:
            txn.put(META, keys.text(name), value)

    sound.write([job])
    assert findings(sound) == [(META, what)]


def test_a_quarantine_of_another_size_than_noted_is_found(sound: MemoryEngine) -> None:
    sound.write([lambda txn: txn.delete(QUARANTINE, keys.up(1))])
    assert findings(sound) == [(META, "the quarantine holds 0 bodies of 0 bytes, noted are (1, 1)")]


def test_a_damaged_size_of_the_quarantine_is_found(sound: MemoryEngine) -> None:
    sound.write([lambda txn: txn.put(META, keys.text("quarantine"), b"rubbish")])
    assert findings(sound) == [
        (META, "the size of the quarantine cannot be checked: a record of table meta fails its checksum")
    ]


def test_no_finding_repeats_what_the_records_say(sound: MemoryEngine) -> None:
    def spoil(txn: Txn) -> None:
        for table in TABLES:
            for key, _ in list(txn.range(table)):
                txn.put(table, key, b"rubbish")

    sound.write([spoil])
    said = " ".join(what for _, what in findings(sound))
    assert said
    assert not any(secret in said for secret in ("example", "anna", "90532", "chat:"))


def test_checking_is_lazy_so_that_memory_stays_bounded(sound: MemoryEngine) -> None:
    def job(txn: Txn) -> tuple[Finding, bool]:
        found = check.check(txn)
        return next(found), found.gi_frame is not None  # type: ignore[attr-defined]

    sound.write([lambda txn: meta.set_value(txn, "schema", "x"), lambda txn: txn.delete(META, keys.text("id_key"))])
    first, unfinished = sound.read(job)
    assert (first.table, unfinished) == (META, True)
