"""Ties: what each record points to, and what of it is not there, in words, with numbers and ids of ours alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from jivod.model.change import Change, Dead, Owed
from jivod.model.chat import Chat
from jivod.model.customer import Customer, Edge
from jivod.model.entry import DECISION, EVENT, Entry
from jivod.model.errors import Damaged
from jivod.model.reason import Reason, Review
from jivod.store import decisions, edges, erased, former, index, journal, keys, merges
from jivod.store.delays import Delay
from jivod.store.kv import Txn
from jivod.store.notes import Slip
from jivod.store.shared import Word
from jivod.store.tables import CHATS_BY_CUSTOMER, CUSTOMERS, JOURNAL, REASONS, REASONS_BY_CUSTOMER, REVIEWS, SINKS

_DIGEST = re.compile("[0-9a-f]{32}")


def of_entry(txn: Txn, key: bytes, entry: Entry) -> Iterator[str]:
    """Every entry has a reason, be it that it belongs to nobody; what a person decided is a reason itself."""
    if entry.kind != DECISION and txn.get(REASONS, key) is None:
        yield f"entry {entry.seq} has no reason"
    if entry.original is not None and (entry.kind != EVENT or not _DIGEST.fullmatch(entry.original.digest)):
        yield f"entry {entry.seq} is no husk of an event"


def of_fingerprint(txn: Txn, _: bytes, seq: int) -> Iterator[str]:
    """It points to an entry."""
    return _entries(txn, (seq,))


def of_repeat(txn: Txn, key: bytes, _: int) -> Iterator[str]:
    """It counts deliveries of an entry."""
    return _entries(txn, (keys.unpack_int(key),))


def of_policy(txn: Txn, key: bytes, _: str) -> Iterator[str]:
    """It begins with an entry that is there, or with the next one."""
    last, seq = journal.last(txn), keys.unpack_int(key)
    if key != keys.up(seq):
        yield "a key is no journal number"
    elif seq > last + 1:
        yield f"a policy is in force from entry {seq} on, and entry {last} is the last"


def of_former(txn: Txn, _: bytes, row: former.Row) -> Iterator[str]:
    """It points to an entry."""
    return _entries(txn, (row[1],))


def of_customer(txn: Txn, key: bytes, customer: Customer) -> Iterator[str]:
    """Its counts are what is there."""
    counted = (("chats", customer.chats, CHATS_BY_CUSTOMER), ("events", customer.events, REASONS_BY_CUSTOMER))
    for noun, count, table in counted:
        there = sum(1 for _ in index.tails(txn, table, key))
        if there != count:
            yield f"customer {customer.id} counts {count} {noun}, {there} are there"


def of_reason(txn: Txn, _: bytes, reason: Reason) -> Iterator[str]:
    """Its entry and its customers are there."""
    yield from _entries(txn, (reason.seq,))
    yield from _customers(txn, (reason.customer, *reason.merged))


def of_chat(txn: Txn, _: bytes, chat: Chat) -> Iterator[str]:
    """Its entries and its customer are there."""
    yield from _entries(txn, chat.seqs)
    yield from _customers(txn, (chat.customer,))


def of_edge(txn: Txn, _: bytes, edge: Edge) -> Iterator[str]:
    """Its entry and both ends are there, and the way up has an end."""
    yield from _entries(txn, (edge.seq,))
    yield from _customers(txn, (edge.loser, edge.winner))
    try:
        edges.root(txn, edge.loser)
    except Damaged as error:
        yield str(error)


def of_review(txn: Txn, _: bytes, review: Review) -> Iterator[str]:
    """Its entry and both customers are there."""
    yield from _entries(txn, (review.seq,))
    yield from _customers(txn, (review.a, review.b))


def of_different(txn: Txn, _: bytes, row: tuple[str, str, int]) -> Iterator[str]:
    """Its entry and both customers are there."""
    a, b, seq = row
    yield from _entries(txn, (seq,))
    yield from _customers(txn, (a, b))


def of_word(txn: Txn, _: bytes, word: Word) -> Iterator[str]:
    """Its entry is there."""
    return _entries(txn, (word.seq,))


def of_slip(txn: Txn, _: bytes, slip: Slip) -> Iterator[str]:
    """Its entries are there."""
    return _entries(txn, (slip.seq, slip.struck) if slip.struck else (slip.seq,))


def of_delay(txn: Txn, _: bytes, delay: Delay) -> Iterator[str]:
    """Its entry and its review are there."""
    yield from _entries(txn, (delay.seq,))
    if txn.get(REVIEWS, keys.pack(delay.a, delay.b)) is None:
        yield f"the review of {delay.a} and {delay.b} is put off and not there"


def of_erased(txn: Txn, _: bytes, row: erased.Row) -> Iterator[str]:
    """Its entry is there, and its customer is not."""
    id, seq = row
    yield from _entries(txn, (seq,))
    if txn.get(CUSTOMERS, keys.text(id)) is not None:
        yield f"customer {id} was erased and is there"


def of_decided(txn: Txn, key: bytes, _: None) -> Iterator[str]:
    """Its customer and its entry are there."""
    try:
        id, seq = decisions.read_key(key)
    except ValueError:
        yield "a row has a key that cannot be read"
        return
    yield from _entries(txn, (seq,))
    yield from _customers(txn, (id,))


def of_merge(txn: Txn, key: bytes, _: None) -> Iterator[str]:
    """Its entry is there."""
    try:
        seq = merges.seq_of(key)
    except ValueError:
        yield "a row has a key that cannot be read"
        return
    yield from _entries(txn, (seq,))


def of_change(txn: Txn, _: bytes, change: Change) -> Iterator[str]:
    """Its entry is there. Its customers need not be: another policy may tell them apart in another way by now."""
    return _entries(txn, (change.seq,))


def of_owed(txn: Txn, _: bytes, row: tuple[str, Owed]) -> Iterator[str]:
    """Its sink and its entry are there."""
    name, owed = row
    yield from _sink(txn, name)
    yield from _entries(txn, (owed.change.seq,))


def of_dead(txn: Txn, _: bytes, row: tuple[str, Dead]) -> Iterator[str]:
    """Its sink and its entry are there."""
    name, dead = row
    yield from _sink(txn, name)
    yield from _entries(txn, (dead.change.seq,))


def of_nothing(*_: object) -> Iterator[str]:
    """For records that point nowhere."""
    return iter(())


def _customers(txn: Txn, ids: Iterable[str | None]) -> Iterator[str]:
    for id in ids:
        if id is not None and txn.get(CUSTOMERS, keys.text(id)) is None:
            yield f"customer {id} is named and not there"


def _sink(txn: Txn, name: str) -> Iterator[str]:
    if txn.get(SINKS, keys.text(name)) is None:
        yield f"sink {name} is named and not there"


def _entries(txn: Txn, seqs: Iterable[int]) -> Iterator[str]:
    for seq in seqs:
        if txn.get(JOURNAL, keys.up(seq)) is None:
            yield f"journal entry {seq} is named and not there"
