"""Kinds: how the records of each table are checked: what reads them, under which key they lie, what points to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from attrs import frozen

from jivod.store import (
    cards,
    chats,
    codec,
    customers,
    delays,
    different,
    edges,
    erased,
    errands,
    fingerprints,
    former,
    index,
    journal,
    keys,
    notes,
    outbox,
    policies,
    quarantine,
    reasons,
    replies,
    reviews,
    sessions,
    shared,
    sinks,
    tables,
    ties,
    tokens,
    users,
)
from jivod.store.kv import Txn


@frozen(kw_only=True)
class Kind:
    """How the records of one table are checked."""

    table: str
    decode: Callable[[bytes], Any]
    key: Callable[[Any], bytes] | None = None  # None: the record does not hold its own key
    entries: Callable[[Any], index.Entries] = lambda _: frozenset()  # those that it has in the index
    indexes: Mapping[str, str] = {}  # index table -> shape of its keys before the key of the record
    loose: Callable[[Txn, bytes, Any], Iterator[str]] = ties.of_nothing  # what it points to in vain


KINDS = (
    Kind(
        table=tables.JOURNAL,
        decode=journal.decode,
        key=lambda entry: keys.up(entry.seq),
        loose=ties.of_entry,
    ),
    Kind(table=tables.POLICIES, decode=policies.decode, loose=ties.of_policy),
    Kind(table=tables.FORMER, decode=former.decode, key=former.place, loose=ties.of_former),
    Kind(
        table=tables.QUARANTINE,
        decode=quarantine.decode,
        key=lambda item: keys.up(item.number),
    ),
    Kind(
        table=tables.OUTBOX,
        decode=outbox.decode,
        key=lambda change: keys.up(change.number),
        loose=ties.of_change,
    ),
    Kind(table=tables.SINKS, decode=sinks.decode, key=lambda standing: keys.text(standing.name)),
    Kind(table=tables.OWED, decode=sinks.decode_owed, key=sinks.place, loose=ties.of_owed),
    Kind(table=tables.DEAD, decode=sinks.decode_dead, key=sinks.place, loose=ties.of_dead),
    Kind(table=tables.TOKENS, decode=tokens.decode, key=tokens.place),
    Kind(table=tables.ERRANDS, decode=errands.decode, key=errands.place),
    Kind(table=tables.USERS, decode=users.decode, key=users.place),
    Kind(
        table=tables.SESSIONS,
        decode=sessions.decode,
        key=sessions.place,
        entries=sessions.entries,
        indexes=sessions.INDEXES,
    ),
    Kind(
        table=tables.REPLIES,
        decode=replies.decode,
        key=replies.place,
        entries=replies.entries,
        indexes=replies.INDEXES,
    ),
    Kind(table=tables.REPEATS, decode=fingerprints.decode_repeats, loose=ties.of_repeat),
    Kind(table=tables.FINGERPRINTS, decode=fingerprints.decode, loose=ties.of_fingerprint),
    Kind(
        table=tables.CUSTOMERS,
        decode=customers.decode,
        key=lambda customer: keys.text(customer.id),
        entries=customers.entries,
        indexes=customers.INDEXES,
        loose=ties.of_customer,
    ),
    Kind(
        table=tables.EDGES,
        decode=edges.decode,
        key=lambda edge: keys.text(edge.loser),
        entries=edges.entries,
        indexes=edges.INDEXES,
        loose=ties.of_edge,
    ),
    Kind(
        table=tables.CHATS,
        decode=chats.decode,
        key=lambda chat: keys.pack(chat.account, chat.ref),
        entries=chats.entries,
        indexes=chats.INDEXES,
        loose=ties.of_chat,
    ),
    Kind(
        table=tables.REASONS,
        decode=reasons.decode,
        key=lambda reason: keys.up(reason.seq),
        entries=reasons.entries,
        indexes=reasons.INDEXES,
        loose=ties.of_reason,
    ),
    Kind(
        table=tables.DIFFERENT,
        decode=different.decode,
        key=lambda row: keys.pack(row[0], row[1]),
        entries=different.entries,
        indexes=different.INDEXES,
        loose=ties.of_different,
    ),
    Kind(table=tables.ERASED, decode=erased.decode, key=erased.place, loose=ties.of_erased),
    Kind(table=tables.NOTES, decode=notes.decode, key=notes.place, loose=ties.of_slip),
    Kind(table=tables.SHARED, decode=shared.decode, key=shared.place, loose=ties.of_word),
    Kind(table=tables.DECISIONS, decode=partial(codec.decode_nothing, tables.DECISIONS), loose=ties.of_decided),
    Kind(table=tables.MERGES, decode=partial(codec.decode_nothing, tables.MERGES), loose=ties.of_merge),
    Kind(
        table=tables.REVIEWS,
        decode=reviews.decode,
        key=lambda review: keys.pack(review.a, review.b),
        entries=reviews.entries,
        indexes=reviews.INDEXES,
        loose=ties.of_review,
    ),
    Kind(table=tables.DELAYS, decode=delays.decode, key=delays.place, loose=ties.of_delay),
    Kind(table=tables.CARDS, decode=cards.decode),
)
"""Every table whose records say something by themselves; index tables go with them."""
