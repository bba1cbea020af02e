"""Customers: the records, found by id, by key, by words of the name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from jivod.model.claim import NAME
from jivod.model.contact import KINDS, Key
from jivod.model.customer import Customer
from jivod.store import codec, index, keys
from jivod.store.kv import Txn
from jivod.store.names import words
from jivod.store.tables import CUSTOMER_KEYS, CUSTOMER_NAMES, CUSTOMERS

INDEXES = {CUSTOMER_KEYS: "tt", CUSTOMER_NAMES: "t"}
"""Index table -> shape of what stands before the id."""

SCAN_MAX = 2000
"""Index entries that one search by name looks at, at most."""

_INDEXED = frozenset((*KINDS, NAME))


def get(txn: Txn, id: str) -> Customer | None:
    """One customer record, merged or not."""
    record = txn.get(CUSTOMERS, keys.text(id))
    return None if record is None else decode(record)


def put(txn: Txn, old: Customer | None, new: Customer) -> None:
    """Keep `new` where `old` (as `get` gave it, or None for a new one) is now.

    Raises ValueError for an id that no index can give back (too long, or with a NUL).
    """
    txn.put(CUSTOMERS, keys.text(new.id), encode(new))
    if old is None:
        keys.unpack_text(keys.text(new.id))
        index.update(txn, frozenset(), entries(new))
    elif _facts(old) != _facts(new):
        index.update(txn, entries(old), entries(new))


def having(txn: Txn, key: Key, limit: int, after: str = "") -> list[str]:
    """Ids of customer records that claim this key, ascending. `after`: the last id of the page before."""
    prefix = keys.text(key.kind) + keys.text(key.value)
    start = keys.text(after) + b"\0" if after else b""
    return [keys.unpack_text(tail) for tail in index.tails(txn, CUSTOMER_KEYS, prefix, start=start, limit=limit)]


def named(txn: Txn, text: str, limit: int) -> list[str]:
    """Ids of customer records with a word in their names for each word of `text` that begins with it.

    Looks at `SCAN_MAX` index entries at most: a search for frequent words may miss some.
    """
    wanted = sorted(words(text), key=len, reverse=True)
    if not wanted:
        return []
    found = (id for id in _with_word(txn, wanted[0]) if _is_named(txn, id, wanted[1:]))
    return list(islice(found, limit))


def newest(txn: Txn, limit: int, before: str | None = None) -> list[str]:
    """Ids in descending order: a ULID begins with the time, so the last one created comes first.

    `before`: the last id of the page before.
    """
    hi = None if before is None else keys.text(before)
    return [keys.unpack_text(key) for key, _ in txn.range(CUSTOMERS, hi=hi, reverse=True, limit=limit)]


def entries(customer: Customer) -> index.Entries:
    """Every index entry of a record."""
    tail = keys.text(customer.id)
    found: set[tuple[str, bytes]] = set()
    for attribute, value in _facts(customer):
        if attribute == NAME:
            found.update((CUSTOMER_NAMES, keys.text(word) + tail) for word in words(value))
        elif value:
            found.add((CUSTOMER_KEYS, keys.text(attribute) + keys.text(value) + tail))
    return found


def encode(customer: Customer) -> bytes:
    """The record of a customer."""
    c = customer
    return codec.encode([c.id, c.created_at, c.seen_at, c.chats, c.events, codec.claim_rows(c.claims)])


def decode(record: bytes) -> Customer:
    """The customer in a record. Raises Damaged."""
    return codec.decode(CUSTOMERS, record, _customer)


def _customer(row: list[Any]) -> Customer:
    id, created_at, seen_at, chats, events, claims = row
    return Customer(
        id=id, created_at=created_at, seen_at=seen_at, chats=chats, events=events, claims=codec.claims(claims)
    )


def _facts(customer: Customer) -> set[tuple[str, str]]:
    return {(c.attribute, c.value) for c in customer.claims if c.attribute in _INDEXED}


def _with_word(txn: Txn, word: str) -> Iterator[str]:
    prefix = word.encode()
    seen: set[str] = set()
    for tail in index.tails(txn, CUSTOMER_NAMES, prefix, limit=SCAN_MAX):
        id = keys.unpack_text(keys.rest(prefix + tail, "t"))
        if id not in seen:
            seen.add(id)
            yield id


def _is_named(txn: Txn, id: str, wanted: list[str]) -> bool:
    customer = get(txn, id) if wanted else None
    if customer is None:
        return not wanted
    there = frozenset[str]().union(*(words(value) for value in customer.values(NAME)))
    return all(any(word.startswith(want) for word in there) for want in wanted)
