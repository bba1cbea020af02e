"""Index: keeps index tables in step with records: what an old record said and the new one does not is taken out.

An index entry is a key with an empty value that ends in the key of its record. Which entries a record has is said in
one place, its repository's `entries`; `store.check` asks the same function.
"""

from __future__ import annotations

from collections.abc import Set

from jivod.store.kv import Txn, prefix_end

Entries = Set[tuple[str, bytes]]
"""(index table, key) of every entry that a record has."""


def update(txn: Txn, old: Entries, new: Entries) -> None:
    """Make the index say `new` where it said `old`."""
    for table, key in old - new:
        txn.delete(table, key)
    for table, key in new - old:
        txn.put(table, key, b"")


def tails(txn: Txn, table: str, prefix: bytes, *, start: bytes = b"", limit: int | None = None) -> list[bytes]:
    """What follows `prefix` in the keys that begin with it, ascending, from `prefix` + `start` on."""
    cut = len(prefix)
    return [key[cut:] for key, _ in txn.range(table, prefix + start, prefix_end(prefix), limit=limit)]
