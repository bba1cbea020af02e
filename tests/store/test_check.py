"""Check finds nothing in a sound store, and each kind of planted damage."""

from __future__ import annotations

import pytest

from jivod.model.contact import EMAIL
from jivod.store import (
    chats,
    check,
    codec,
    customers,
    different,
    edges,
    keys,
    meta,
    reasons,
    replies,
    reviews,
    sessions,
)
from jivod.store.check import Finding
from jivod.store.kv import Engine, Txn
from jivod.store.memory import MemoryEngine
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
    REPLIES,
    REVIEWS,
    REVIEWS_BY_STATE,
    SESSIONS,
    TABLES,
    UNATTRIBUTED,
)
from tests.store.world import findings, populate


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
    REPLIES: replies.INDEXES,
    SESSIONS: sessions.INDEXES,
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


@pytest.mark.parametrize("pair", [("c2", "c1"), ("c2", "c2")])
def test_two_called_different_in_the_wrong_order_are_found(sound: MemoryEngine, pair: tuple[str, str]) -> None:
    sound.write([lambda txn: txn.put(DIFFERENT, keys.pack(*pair), different.encode((*pair, 1)))])
    assert findings(sound) == [(DIFFERENT, "a record of table different cannot be decoded")]


@pytest.mark.parametrize("table", KEYS_ALONE)
@pytest.mark.parametrize("wrong", [b"no end", bytes(7), b"c1\0" + bytes(9), b"c1\0" + bytes(7), bytes(32)])
def test_a_row_with_a_key_of_another_shape_is_found(sound: MemoryEngine, table: str, wrong: bytes) -> None:
    sound.write([lambda txn: txn.put(table, wrong, b"")])
    assert findings(sound) == [(table, "a row has a key that cannot be read")]


@pytest.mark.parametrize("table", KEYS_ALONE)
def test_a_value_in_a_row_that_is_all_in_its_key_is_found(sound: MemoryEngine, table: str) -> None:
    ((key, _), *_) = sound.read(lambda txn: list(txn.range(table)))
    sound.write([lambda txn: txn.put(table, key, b"x")])
    assert (table, f"a row of table {table} has a value") in findings(sound)


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
        ("feed", b"rubbish", "a record of table meta fails its checksum"),
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
