"""Replay: fold the journal once more, into an empty store, and compare. What differs was not told by the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from attrs import evolve, frozen

from jivod.flow import regime
from jivod.flow.case import Desk
from jivod.flow.ingest import fold, fold_decision
from jivod.model.entry import DECISION, Entry
from jivod.model.errors import Damaged
from jivod.store import journal
from jivod.store.kv import Engine, Txn
from jivod.store.tables import DERIVED
from jivod.wire import jivo

BATCH = 500  # entries to a transaction, rows to a page; `journal.after` bounds the bytes: memory stays flat


@frozen(kw_only=True)
class Difference:
    """A key of `table` (in hex) that is `live` only, `rebuilt` only, or in `both` with different values."""

    table: str
    key: str
    where: str


def rebuild(source: Engine, target: Engine, desk: Desk, progress: Callable[[int, int], None]) -> int:
    """Fold the journal of `source` into the empty `target`, which must have the same id key and knows the policies by
    which to do it. Returns the entries folded.

    `progress` gets (done, of) after each batch.
    """
    total, done = source.read(journal.last), 0
    while entries := source.read(lambda txn, after=done: journal.after(txn, after, BATCH)):  # type: ignore[misc]
        outcomes = target.write([lambda txn, page=entries: _fold_page(txn, page, desk)])  # type: ignore[misc]
        for outcome in outcomes:
            if outcome.error is not None:
                raise outcome.error
        done = entries[-1].seq
        progress(done, total)
    return done


def _fold_page(txn: Txn, page: list[Entry], desk: Desk) -> None:
    for entry in page:
        if journal.last(txn) + 1 != entry.seq:
            raise Damaged("journal: a line is missing; restore from a backup")
        journal.keep(txn, entry)
        rules = regime.at(txn, entry.seq)
        if entry.kind == DECISION:
            fold_decision(txn, entry, rules)
        else:
            fold(txn, entry, jivo.read(entry.body), desk if rules == desk.rules else evolve(desk, rules=rules))


def differences(live: Engine, rebuilt: Engine, limit: int = 20) -> list[Difference]:
    """The first `limit` differences between the projections of two stores, byte for byte."""
    found = (d for table in DERIVED for d in _differences(table, _rows(live, table), _rows(rebuilt, table)))
    return list(islice(found, limit))


def _rows(engine: Engine, table: str) -> Iterator[tuple[bytes, bytes]]:
    lo = b""
    while page := engine.read(lambda txn, lo=lo: list(txn.range(table, lo, limit=BATCH))):  # type: ignore[misc]
        yield from page
        lo = page[-1][0] + b"\0"


def _differences(
    table: str, live: Iterator[tuple[bytes, bytes]], rebuilt: Iterator[tuple[bytes, bytes]]
) -> Iterator[Difference]:
    """Walk two sorted streams side by side."""
    a, b = next(live, None), next(rebuilt, None)
    while a is not None or b is not None:
        if b is None or (a is not None and a[0] < b[0]):
            assert a is not None
            yield Difference(table=table, key=a[0].hex(), where="live")
            a = next(live, None)
        elif a is None or b[0] < a[0]:
            yield Difference(table=table, key=b[0].hex(), where="rebuilt")
            b = next(rebuilt, None)
        else:
            if a[1] != b[1]:
                yield Difference(table=table, key=a[0].hex(), where="both")
            a, b = next(live, None), next(rebuilt, None)
