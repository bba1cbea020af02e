"""Replay: fold the journal once more, into an empty store, and compare. What differs was not told by the journal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from attrs import define, frozen

from jivod.flow import regime
from jivod.flow.foresight import Foresight, foresee
from jivod.flow.ingest import fold_again
from jivod.model.entry import DECISION, Entry
from jivod.model.errors import Damaged
from jivod.store import journal
from jivod.store.kv import Engine, Txn
from jivod.store.tables import DERIVED

BATCH = 100  # entries to a transaction, rows to a page: each looks all over the store, and each look maps 64 KiB of it
BATCH_BYTES = 8 << 20  # of entries, at about which a batch ends: memory stays flat

Row = tuple[bytes, bytes]

Change = Callable[[Txn, Entry], Entry]
"""What an entry is in the journal that is folded; the transaction sees the store that it comes from."""


def unchanged(_: Txn, entry: Entry) -> Entry:
    """Every entry is what it was."""
    return entry


@frozen(kw_only=True)
class Difference:
    """A key of `table` (in hex) that is `live` only, `rebuilt` only, or in `both` with different values."""

    table: str
    key: str
    where: str


def prepare(source: Engine, target: Engine, policy: str | None = None) -> None:
    """Let the empty `target` know by which policies to fold the journal of `source`: those of its time, or all of it by
    the one in the text `policy`. Raises BadConfig.
    """
    (outcome,) = target.write([lambda txn: source.read(lambda there: regime.hand_down(there, txn, policy))])
    if outcome.error is not None:
        raise outcome.error


def rebuild(
    source: Engine, target: Engine, progress: Callable[[int, int], None], change: Change = unchanged
) -> int:
    """Fold the journal of `source`, each entry as `change` has it, into the `target`, which has the same id key and was
    prepared. Returns the entries folded.

    `progress` gets (done, of) between transactions.
    """
    folding = Folding(source=source, target=target, change=change)
    folding.go_on(source.read(journal.last), progress)
    return folding.done


@define(eq=False)
class Folding:
    """A `source` that grows, folded into the `target` piece by piece: `done` entries of it until now."""

    source: Engine
    target: Engine
    change: Change = unchanged
    done: int = 0
    _foresight: Foresight | None = None

    def go_on(self, total: int, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
        """Fold it up to entry `total`, after whose reading the `target` was prepared. `progress` gets (done, of)
        between transactions.
        """
        past = self.target.read(regime.past)
        if self._foresight is None:
            self._foresight = _foresee(self.source, self.change, past.foreign, lambda: progress(self.done, total))
        for entries in _pages(self.source, self.change, self.done, total):
            self._fold(entries, past, self._foresight)
            progress(self.done, total)

    def _fold(self, entries: list[Entry], past: regime.Past, foresight: Foresight) -> None:
        (outcome,) = self.target.write([lambda txn: _fold(txn, entries, self.done, past, foresight)])
        if outcome.error is not None:
            raise outcome.error
        self.done += len(entries)


def folding(target: Engine) -> Callable[[list[Row]], None]:
    """What folds the next rows of the journal on top of those that `target` has; its policies know of them already."""
    past = target.read(regime.past)
    foresight = _foresee(target, unchanged, past.foreign, lambda: None)

    def fold(rows: list[Row]) -> None:
        done = target.read(journal.last)
        entries = [journal.decode(record) for _, record in rows]
        (outcome,) = target.write([lambda txn: _fold(txn, entries, done, past, foresight)])
        if outcome.error is not None:
            raise outcome.error

    return fold


def _foresee(source: Engine, change: Change, last: int, progress: Callable[[], None]) -> Foresight:
    def entry_of(seq: int) -> Entry | None:
        return source.read(lambda txn: None if (entry := journal.get(txn, seq)) is None else change(txn, entry))

    return foresee(_decisions(source, change, last, progress), entry_of, last)


def _decisions(source: Engine, change: Change, last: int, progress: Callable[[], None]) -> Iterator[Entry]:
    for entries in _pages(source, change):
        yield from [entry for entry in entries if entry.kind == DECISION and entry.seq <= last]
        progress()
        if entries[-1].seq >= last:
            break


def _pages(source: Engine, change: Change, after: int = 0, end: int = sys.maxsize) -> Iterator[list[Entry]]:
    """The journal behind entry `after` up to entry `end`, in pages."""
    while entries := source.read(lambda txn, after=after: _page(txn, change, after, end)):  # type: ignore[misc]
        yield entries
        after = entries[-1].seq


def _page(txn: Txn, change: Change, after: int, end: int) -> list[Entry]:
    return [change(txn, entry) for entry in journal.after(txn, after, min(BATCH, end - after), BATCH_BYTES)]


def _fold(txn: Txn, entries: list[Entry], done: int, past: regime.Past, foresight: Foresight) -> None:
    for seq, entry in enumerate(entries, done + 1):
        if entry.seq != seq:
            raise Damaged("journal: a line is missing; restore from a backup")
        journal.keep(txn, entry)
        fold_again(txn, entry, past.at(seq), foresight)


def differences(
    live: Engine, rebuilt: Engine, limit: int = 20, progress: Callable[[int, int], None] = lambda done, of: None
) -> list[Difference]:
    """The first `limit` differences between the projections of two stores, byte for byte. `progress` gets (tables done,
    of) between transactions.
    """

    def found() -> Iterator[Difference]:
        for done, table in enumerate(DERIVED):
            step = partial(progress, done, len(DERIVED))
            yield from _differences(table, _rows(live, table, step), _rows(rebuilt, table, step))

    return list(islice(found(), limit))


def _rows(engine: Engine, table: str, step: Callable[[], None]) -> Iterator[Row]:
    lo = b""
    while page := engine.read(lambda txn, lo=lo: list(txn.range(table, lo, limit=BATCH))):  # type: ignore[misc]
        yield from page
        step()
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
