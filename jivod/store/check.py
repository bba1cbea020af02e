"""Check: whether everything in the store decodes and fits together. Reads all, one record at a time; repairs nothing.

What can be derived is put right by a rebuild; damage to journal, meta, repeats, policies, former, quarantine, tokens or
the sinks' tables needs a backup.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from attrs import frozen

from jivod.model.errors import Damaged
from jivod.store import (
    cards,
    chats,
    codec,
    customers,
    different,
    edges,
    erased,
    errands,
    fingerprints,
    former,
    index,
    journal,
    keys,
    meta,
    outbox,
    policies,
    quarantine,
    reasons,
    replies,
    reviews,
    shared,
    sinks,
    tables,
    ties,
    tokens,
)
from jivod.store.kv import Txn


@frozen(kw_only=True)
class Finding:
    """Something wrong in `table`; `what` says it in words, with numbers and ids of ours but nothing personal."""

    table: str
    what: str


def check(txn: Txn) -> Iterator[Finding]:
    """Everything that is wrong. Lazy: drain it inside the job that has the transaction."""
    yield from _meta(txn)
    yield from _sequence(txn)
    for kind in _KINDS:
        yield from _records(txn, kind)
        for table, shape in kind.indexes.items():
            yield from _orphans(txn, kind, table, shape)
    yield from _ring(txn)
    yield from _letters(txn)
    yield from _replies(txn)


@frozen(kw_only=True)
class _Kind:
    """How the records of one table are checked."""

    table: str
    decode: Callable[[bytes], Any]
    key: Callable[[Any], bytes] | None = None  # None: the record does not hold its own key
    entries: Callable[[Any], index.Entries] = lambda _: frozenset()  # those that it has in the index
    indexes: Mapping[str, str] = {}  # index table -> shape of its keys before the key of the record
    loose: Callable[[Txn, bytes, Any], Iterator[str]] = ties.of_nothing  # what it points to in vain


def _records(txn: Txn, kind: _Kind) -> Iterator[Finding]:
    for key, record in txn.range(kind.table):
        try:
            found = kind.decode(record)
        except Damaged as error:
            yield Finding(table=kind.table, what=str(error))
            continue
        if kind.key is not None and kind.key(found) != key:
            yield Finding(table=kind.table, what="a record lies under a key that is not its own")
        for table, entry in kind.entries(found):
            if txn.get(table, entry) is None:
                yield Finding(table=table, what=f"an entry for a record of table {kind.table} is missing")
        for what in kind.loose(txn, key, found):
            yield Finding(table=kind.table, what=what)


def _orphans(txn: Txn, kind: _Kind, table: str, shape: str) -> Iterator[Finding]:
    for key, value in txn.range(table):
        if value:
            yield Finding(table=table, what="an entry has a value")
        try:
            record = txn.get(kind.table, keys.rest(key, shape))
            if record is None or (table, key) not in kind.entries(kind.decode(record)):
                yield Finding(table=table, what=f"an entry stands for nothing in table {kind.table}")
        except ValueError:
            yield Finding(table=table, what="an entry has a key that cannot be read")
        except Damaged:
            continue  # the record is reported where it lies


def _meta(txn: Txn) -> Iterator[Finding]:
    for ask in (meta.schema, meta.id_key):
        try:
            if ask(txn) is None:
                yield Finding(table=tables.META, what="there is no schema version")
        except Damaged as error:
            yield Finding(table=tables.META, what=str(error))


def _sequence(txn: Txn) -> Iterator[Finding]:
    expected = 1
    for key, _ in txn.range(tables.JOURNAL):
        seq = keys.unpack_int(key)
        if seq != expected:
            yield Finding(table=tables.JOURNAL, what=f"entries {expected} to {seq - 1} are missing")
        expected = seq + 1


def _ring(txn: Txn) -> Iterator[Finding]:
    count = size = 0
    try:
        for _, record in txn.range(tables.QUARANTINE):
            count, size = count + 1, size + len(quarantine.decode(record).body)
        held = quarantine.held(txn)
    except Damaged as error:
        yield Finding(table=tables.META, what=f"the size of the quarantine cannot be checked: {error}")
        return
    if held != (count, size):
        yield Finding(table=tables.META, what=f"the quarantine holds {count} bodies of {size} bytes, noted are {held}")


def _letters(txn: Txn) -> Iterator[Finding]:
    counts: Counter[str] = Counter()
    try:
        counts.update([sinks.decode_dead(record)[0] for _, record in txn.range(tables.DEAD)])
        noted = {standing.name: standing.dead for standing in sinks.listed(txn)}
    except Damaged:
        return  # the record is reported where it lies
    for name in sorted(noted):
        if noted[name] != counts[name]:
            what = f"of sink {name} {counts[name]} dead letters are there, noted are {noted[name]}"
            yield Finding(table=tables.SINKS, what=what)


def _replies(txn: Txn) -> Iterator[Finding]:
    try:
        sizes = [len(replies.decode(record).body) for _, record in txn.range(tables.REPLIES)]
        held = replies.held(txn)
    except Damaged as error:
        yield Finding(table=tables.META, what=f"the size of the replies cannot be checked: {error}")
        return
    if held != (len(sizes), sum(sizes)):
        yield Finding(table=tables.META, what=f"there are {len(sizes)} replies of {sum(sizes)} bytes, noted are {held}")


_KINDS = (
    _Kind(
        table=tables.JOURNAL,
        decode=journal.decode,
        key=lambda entry: keys.up(entry.seq),
        loose=ties.of_entry,
    ),
    _Kind(table=tables.POLICIES, decode=policies.decode, loose=ties.of_policy),
    _Kind(table=tables.FORMER, decode=former.decode, key=former.place, loose=ties.of_former),
    _Kind(table=tables.QUARANTINE, decode=quarantine.decode, key=lambda item: keys.up(item.number)),
    _Kind(
        table=tables.OUTBOX,
        decode=outbox.decode,
        key=lambda change: keys.up(change.number),
        loose=ties.of_change,
    ),
    _Kind(table=tables.SINKS, decode=sinks.decode, key=lambda standing: keys.text(standing.name)),
    _Kind(table=tables.OWED, decode=sinks.decode_owed, key=sinks.place, loose=ties.of_owed),
    _Kind(table=tables.DEAD, decode=sinks.decode_dead, key=sinks.place, loose=ties.of_dead),
    _Kind(table=tables.TOKENS, decode=tokens.decode, key=tokens.place),
    _Kind(table=tables.ERRANDS, decode=errands.decode, key=errands.place),
    _Kind(
        table=tables.REPLIES,
        decode=replies.decode,
        key=replies.place,
        entries=replies.entries,
        indexes=replies.INDEXES,
    ),
    _Kind(table=tables.REPEATS, decode=fingerprints.decode_repeats, loose=ties.of_repeat),
    _Kind(table=tables.FINGERPRINTS, decode=fingerprints.decode, loose=ties.of_fingerprint),
    _Kind(
        table=tables.CUSTOMERS,
        decode=customers.decode,
        key=lambda customer: keys.text(customer.id),
        entries=customers.entries,
        indexes=customers.INDEXES,
        loose=ties.of_customer,
    ),
    _Kind(
        table=tables.EDGES,
        decode=edges.decode,
        key=lambda edge: keys.text(edge.loser),
        entries=edges.entries,
        indexes=edges.INDEXES,
        loose=ties.of_edge,
    ),
    _Kind(
        table=tables.CHATS,
        decode=chats.decode,
        key=lambda chat: keys.pack(chat.account, chat.ref),
        entries=chats.entries,
        indexes=chats.INDEXES,
        loose=ties.of_chat,
    ),
    _Kind(
        table=tables.REASONS,
        decode=reasons.decode,
        key=lambda reason: keys.up(reason.seq),
        entries=reasons.entries,
        indexes=reasons.INDEXES,
        loose=ties.of_reason,
    ),
    _Kind(
        table=tables.DIFFERENT,
        decode=different.decode,
        key=lambda row: keys.pack(row[0], row[1]),
        entries=different.entries,
        indexes=different.INDEXES,
        loose=ties.of_different,
    ),
    _Kind(table=tables.ERASED, decode=erased.decode, key=erased.place, loose=ties.of_erased),
    _Kind(table=tables.SHARED, decode=shared.decode, key=shared.place, loose=ties.of_word),
    _Kind(table=tables.DECISIONS, decode=partial(codec.decode_nothing, tables.DECISIONS), loose=ties.of_decided),
    _Kind(table=tables.MERGES, decode=partial(codec.decode_nothing, tables.MERGES), loose=ties.of_merge),
    _Kind(
        table=tables.REVIEWS,
        decode=reviews.decode,
        key=lambda review: keys.pack(review.a, review.b),
        entries=reviews.entries,
        indexes=reviews.INDEXES,
        loose=ties.of_review,
    ),
    _Kind(table=tables.CARDS, decode=cards.decode),
)
