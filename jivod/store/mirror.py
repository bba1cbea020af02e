"""Mirror: a table made like that of another store, and again when that has changed: only what differs is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jivod.store import dump
from jivod.store.archive import PAGE_BYTES, Row
from jivod.store.kv import Engine, Txn
from jivod.store.tables import OUTBOX

MANY = 500  # rows to a transaction

Judge = Callable[[Row], bool]
Change = tuple[bytes, bytes | None]  # None: there is no such row


def nothing(_: Row) -> bool:
    """No row is left out."""
    return False


def mirror(source: Engine, target: Engine, table: str, is_left_out: Judge = nothing) -> None:
    """Let a table of the target have all rows of the source but those that are left out, and no others. What is taken
    out of a store leaves traces in it, so these are never put.
    """
    lo = _cut_old(source, target) if table == OUTBOX else b""
    wanted = (row for row in dump.rows(source, table, lo=lo) if not is_left_out(row))
    changed: list[Change] = []
    size = 0
    for key, value in _differing(wanted, dump.rows(target, table, lo=lo)):
        changed.append((key, value))
        size += len(value or b"")
        if size >= PAGE_BYTES or len(changed) >= MANY:
            _write(target, table, changed)
            changed, size = [], 0
    _write(target, table, changed)


def _cut_old(source: Engine, target: Engine) -> bytes:
    """Of the outbox, whose rows never change, the oldest go and new ones come behind: take those away, and tell from
    which key on there may be others. It may be long, and the last look at it is in a hurry.
    """
    first = source.read(lambda txn: next((key for key, _ in txn.range(OUTBOX, limit=1)), None))
    old = target.read(lambda txn: [key for key, _ in txn.range(OUTBOX, hi=first)])
    _write(target, OUTBOX, [(key, None) for key in old])
    return target.read(lambda txn: next((key for key, _ in txn.range(OUTBOX, reverse=True, limit=1)), b""))


def _differing(wanted: Iterator[Row], there: Iterator[Row]) -> Iterator[Change]:
    """What makes of the second sorted stream the first."""
    a, b = next(wanted, None), next(there, None)
    while a is not None or b is not None:
        if b is None or (a is not None and a[0] < b[0]):
            assert a is not None
            yield a
            a = next(wanted, None)
        elif a is None or b[0] < a[0]:
            yield b[0], None
            b = next(there, None)
        else:
            if a[1] != b[1]:
                yield a
            a, b = next(wanted, None), next(there, None)


def _write(target: Engine, table: str, changed: list[Change]) -> None:
    def job(txn: Txn) -> None:
        for key, value in changed:
            if value is None:
                txn.delete(table, key)
            else:
                txn.put(table, key, value)

    if changed:
        dump.write(target, job)
