"""Check: whether everything in the store decodes and fits together. Reads all, one record at a time; repairs nothing.

What can be derived is put right by a rebuild; damage to journal, meta, repeats, policies, former, quarantine, tokens,
users or the sinks' tables needs a backup.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from attrs import frozen

from jivod.model.errors import Damaged
from jivod.store import codec, keys, meta, quarantine, replies, sinks, tables
from jivod.store.kinds import KINDS, Kind
from jivod.store.kv import Txn


@frozen(kw_only=True)
class Finding:
    """Something wrong in `table`; `what` says it in words, with numbers and ids of ours but nothing personal."""

    table: str
    what: str


_ASKED = frozenset(map(keys.text, ("schema", "id_key", "quarantine", "replies")))
"""The records of table meta that are read for what they say; of the others each is only to be whole."""


def check(txn: Txn) -> Iterator[Finding]:
    """Everything that is wrong. Lazy: drain it inside the job that has the transaction."""
    yield from _meta(txn)
    yield from _sequence(txn)
    for kind in KINDS:
        yield from _records(txn, kind)
        for table, shape in kind.indexes.items():
            yield from _orphans(txn, kind, table, shape)
    yield from _ring(txn)
    yield from _letters(txn)
    yield from _replies(txn)


def _records(txn: Txn, kind: Kind) -> Iterator[Finding]:
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


def _orphans(txn: Txn, kind: Kind, table: str, shape: str) -> Iterator[Finding]:
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
    for key, record in txn.range(tables.META):
        if key not in _ASKED:
            try:
                codec.decode(tables.META, record, lambda plain: plain)
            except Damaged as error:
                yield Finding(table=tables.META, what=str(error))
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
