"""Ties: whatever points to what is not there is found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import evolve

from jivod.model.contact import EMAIL, Key
from jivod.model.customer import Customer, Edge
from jivod.model.entry import DECISION, Origin
from jivod.model.reason import Reason, Review
from jivod.store import (
    chats,
    customers,
    decisions,
    different,
    edges,
    erased,
    fingerprints,
    journal,
    keys,
    merges,
    policies,
    reasons,
    reviews,
    shared,
)
from jivod.store.kv import Txn
from jivod.store.memory import MemoryEngine
from jivod.store.shared import Word
from jivod.store.tables import (
    CHATS,
    CUSTOMERS,
    DECISIONS,
    DIFFERENT,
    EDGES,
    ERASED,
    FINGERPRINTS,
    JOURNAL,
    MERGES,
    POLICIES,
    REASONS,
    REPEATS,
    REVIEWS,
    SHARED,
)
from tests.store.world import findings


def change_customer(txn: Txn, id: str, change: Callable[[Customer], Customer]) -> None:
    """Change the record and its entries, and nothing that has to go with it."""
    old = customers.get(txn, id)
    assert old is not None
    customers.put(txn, old, change(old))


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


def test_a_word_about_a_key_by_no_entry_is_found(sound: MemoryEngine) -> None:
    word = Word(key=Key(EMAIL, "info@example.com"), shared=False, seq=99)
    sound.write([lambda txn: shared.put(txn, word)])
    assert findings(sound) == [(SHARED, "journal entry 99 is named and not there")]


@pytest.mark.parametrize(
    ("row", "what"),
    [(("c9", 99), "journal entry 99 is named and not there"), (("c1", 1), "customer c1 was erased and is there")],
)
def test_an_erasure_by_no_entry_or_of_somebody_who_is_there_is_found(
    sound: MemoryEngine, row: tuple[str, int], what: str
) -> None:
    sound.write([lambda txn: erased.put(txn, *row)])
    assert findings(sound) == [(ERASED, what)]


def test_a_merge_of_no_entry_is_found(sound: MemoryEngine) -> None:
    sound.write([lambda txn: merges.note(txn, 1, 99, 0)])
    assert findings(sound) == [(MERGES, "journal entry 99 is named and not there")]


def test_a_decision_about_nobody_or_by_no_entry_is_found(sound: MemoryEngine) -> None:
    sound.write([lambda txn: decisions.note(txn, ("c1",), 99), lambda txn: decisions.note(txn, ("c9",), 1)])
    assert findings(sound) == [
        (DECISIONS, "journal entry 99 is named and not there"),
        (DECISIONS, "customer c9 is named and not there"),
    ]


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
