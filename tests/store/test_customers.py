"""Customers: what the indexes find is what looking at every record would find."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.claim import NAME, VISITOR_TYPED, Claim
from jivod.model.contact import EMAIL, KINDS, PHONE, Key
from jivod.model.customer import Customer
from jivod.store import customers
from jivod.store.kv import Engine, Txn
from jivod.store.memory import MemoryEngine
from jivod.store.names import words
from jivod.store.tables import CUSTOMER_KEYS, CUSTOMER_NAMES
from tests.strategies import records


def claim(attribute: str, value: str) -> Claim:
    return Claim(attribute, value, VISITOR_TYPED, "", 1, 1, 1)


def customer(id: str, *claims: Claim, seen_at: int = 1) -> Customer:
    return Customer(id=id, created_at=1, seen_at=seen_at, claims=claims)


def store(engine: Engine, *some: Customer) -> None:
    """Put each over what is there, as the daemon does."""
    for new in some:
        (outcome,) = engine.write([lambda txn, new=new: customers.put(txn, customers.get(txn, new.id), new)])
        if outcome.error:
            raise outcome.error


def named(engine: Engine, text: str, limit: int = 10) -> list[str]:
    return engine.read(lambda txn: customers.named(txn, text, limit))


def having(engine: Engine, key: Key, limit: int = 10) -> list[str]:
    return engine.read(lambda txn: customers.having(txn, key, limit))


def test_those_who_have_a_key_are_listed_page_by_page(engine: Engine) -> None:
    key = Key(EMAIL, "a@example.com")
    store(engine, *(customer(id, claim(EMAIL, key.value)) for id in ("c1", "c10", "c2")))
    assert having(engine, key, 2) == ["c1", "c10"]
    assert engine.read(lambda txn: customers.having(txn, key, 2, "c10")) == ["c2"]


def test_an_unknown_id_has_no_record(engine: Engine) -> None:
    assert engine.read(lambda txn: customers.get(txn, "c1")) is None


def test_an_id_no_key_can_hold_has_no_record(engine: Engine) -> None:
    assert engine.read(lambda txn: customers.get(txn, "\ud800" * 900)) is None


@pytest.mark.parametrize("id", ["x" * 151, "a\0b"])
def test_an_id_that_no_index_can_give_back_is_refused(engine: Engine, id: str) -> None:
    with pytest.raises(ValueError, match="digest"):
        store(engine, customer(id))
    assert engine.read(lambda txn: customers.get(txn, id)) is None


def test_a_key_finds_every_record_that_claims_it_up_to_the_limit(engine: Engine) -> None:
    store(engine, *(customer(id, claim(EMAIL, "a@example.com")) for id in ("c3", "c1", "c2")))
    assert having(engine, Key(EMAIL, "a@example.com")) == ["c1", "c2", "c3"]
    assert having(engine, Key(EMAIL, "a@example.com"), limit=2) == ["c1", "c2"]


def test_a_key_is_found_by_its_whole_value_only(engine: Engine) -> None:
    store(engine, customer("c1", claim(EMAIL, "a@example.com"), claim(PHONE, "+905320000001")))
    assert having(engine, Key(EMAIL, "a@example.co")) == []
    assert having(engine, Key(PHONE, "a@example.com")) == []


def test_a_key_too_long_for_the_index_still_finds_its_record(engine: Engine) -> None:
    store(engine, customer("c1", claim(EMAIL, "x" * 900)))
    assert having(engine, Key(EMAIL, "x" * 900)) == ["c1"]
    assert having(engine, Key(EMAIL, "x" * 901)) == []


def test_a_claim_taken_away_is_found_no_more(engine: Engine) -> None:
    store(engine, customer("c1", claim(EMAIL, "a@example.com"), claim(NAME, "Anna")), customer("c1"))
    assert having(engine, Key(EMAIL, "a@example.com")) == []
    assert named(engine, "anna") == []


def test_a_blank_value_is_not_indexed(engine: Engine) -> None:
    store(engine, customer("c1", claim(EMAIL, "")))
    assert having(engine, Key(EMAIL, "")) == []


@pytest.mark.parametrize("text", ["ayşe", "AYSE", "yıl", "Yilmaz Ay", "y a", "ayşe  ayşe"])
def test_a_name_is_found_by_the_beginnings_of_its_words(engine: Engine, text: str) -> None:
    store(engine, customer("c1", claim(NAME, "Ayşe Yılmaz")), customer("c2", claim(NAME, "Deniz")))
    assert named(engine, text) == ["c1"]


@pytest.mark.parametrize("text", ["", "  ", "!", "ayşe deniz", "yılmazer"])
def test_a_name_without_every_word_is_not_found(engine: Engine, text: str) -> None:
    store(engine, customer("c1", claim(NAME, "Ayşe Yılmaz")), customer("c2", claim(NAME, "Deniz")))
    assert named(engine, text) == []


def test_a_record_with_two_fitting_words_is_found_once(engine: Engine) -> None:
    store(engine, customer("c1", claim(NAME, "Anna Annette")))
    assert named(engine, "ann") == ["c1"]


def test_a_search_by_name_stops_at_its_limit(engine: Engine) -> None:
    store(engine, *(customer(f"c{n}", claim(NAME, "Anna")) for n in range(5)))
    assert named(engine, "anna", limit=3) == ["c0", "c1", "c2"]


def test_a_search_by_name_looks_at_a_bounded_number_of_entries(
    memory: MemoryEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customers, "SCAN_MAX", 3)
    store(memory, *(customer(f"c{n}", claim(NAME, "Anna" if n < 4 else "Anna Example")) for n in range(5)))
    assert named(memory, "anna ex") == []


def test_an_index_entry_without_its_record_finds_nobody(memory: MemoryEngine) -> None:
    store(memory, customer("c1", claim(NAME, "Anna Example")))
    memory.write([lambda txn: txn.delete("customers", b"c1\0")])
    assert named(memory, "anna ex") == []


def test_pages_of_the_newest_join_without_gap_or_repeat(engine: Engine) -> None:
    store(engine, *(customer(f"c{n}") for n in range(6)))
    assert engine.read(lambda txn: customers.newest(txn, 10)) == ["c5", "c4", "c3", "c2", "c1", "c0"]
    assert engine.read(lambda txn: customers.newest(txn, 3)) == ["c5", "c4", "c3"]
    assert engine.read(lambda txn: customers.newest(txn, 2, before="c3")) == ["c2", "c1"]
    assert engine.read(lambda txn: customers.newest(txn, 2, before="c0")) == []


@given(st.lists(records.customers(), max_size=8), records.contact_keys())
def test_the_indexes_find_what_looking_at_every_record_finds(some: list[Customer], key: Key) -> None:
    engine = MemoryEngine()
    store(engine, *some)
    last = {c.id: c for c in some}
    assert having(engine, key) == sorted(c.id for c in last.values() if key.value in c.values(key.kind))
    assert engine.read(lambda txn: customers.newest(txn, 10)) == sorted(last, reverse=True)


@given(st.lists(records.customers(), min_size=1, max_size=8))
def test_the_index_holds_the_entries_of_the_records_and_no_other(some: list[Customer]) -> None:
    def entries_there(txn: Txn) -> set[tuple[str, bytes]]:
        return {(table, key) for table in customers.INDEXES for key, _ in txn.range(table)}

    engine = MemoryEngine()
    store(engine, *some)
    last = {c.id: c for c in some}
    assert engine.read(entries_there) == set().union(*(customers.entries(c) for c in last.values()))


@given(records.customers())
def test_every_key_and_every_word_of_a_name_is_an_entry(one: Customer) -> None:
    found = [table for table, _ in customers.entries(one)]
    keys = {(c.attribute, c.value) for c in one.claims if c.attribute in KINDS and c.value}
    assert found.count(CUSTOMER_KEYS) == len(keys)
    assert found.count(CUSTOMER_NAMES) == len(set().union(*(words(v) for v in one.values(NAME))))


@given(records.customers())
def test_a_change_of_other_claims_touches_no_key_of_the_index(one: Customer) -> None:
    changed = evolve(one, claims=tuple(evolve(c, last_at=c.last_at + 1) for c in one.claims))
    assert customers.entries(changed) == customers.entries(one)
