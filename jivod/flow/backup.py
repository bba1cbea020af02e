"""Backup: what a backup of the store has in it, and what a tail of the journal has since; and the way back.

A tail has the new journal entries, and whole the tables of what no entry tells (`_WHOLE`); a row that never changes and
is in a file before is named by its key alone. To unpack a tail is to fold its entries on top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby

from jivod.flow import regime, replay
from jivod.model.errors import Damaged, Refused
from jivod.store import dump, former, journal, keys, retention
from jivod.store import standing as standings
from jivod.store.archive import Page, Row, Writer
from jivod.store.kv import Engine, Txn
from jivod.store.manifest import Manifest
from jivod.store.tables import FORMER, JOURNAL, KEPT, LASTING, QUARANTINE, REPEATS

SECRETS = "secrets"
"""Not a table of the store: the generated secrets, name of the file -> content."""

_WHOLE = tuple([table for table in KEPT if table not in (JOURNAL, FORMER)])
_BATCH = 500  # rows that are deleted in one transaction

Secrets = Mapping[str, bytes]


def pack(engine: Engine, secrets: Secrets, writer: Writer, step: Callable[[int], None]) -> None:
    """What lasts of a store that nobody changes meanwhile. `step` gets the bytes read, between transactions."""
    for table in LASTING:
        writer.table(table, dump.rows(engine, table, step))
    writer.table(SECRETS, _rows(secrets))


def pack_tail(txn: Txn, secrets: Secrets, writer: Writer, before: Manifest) -> None:
    """What came since the file with the manifest `before`."""
    for table in _WHOLE:
        known = keys.up(before.quarantined + 1) if table == QUARANTINE else b""
        writer.table(table, ((key, b"" if key < known else value) for key, value in txn.range(table)))
    writer.table(JOURNAL, txn.range(JOURNAL, keys.up(before.last + 1)))
    writer.table(SECRETS, _rows(secrets))


def demand_continued(txn: Txn, before: Manifest) -> None:
    """Raise Refused unless the store is the one that was backed up, and has only gone on since."""
    now = standings.standing(txn)
    if now.store != before.store:
        raise Refused("the backup there is of another store")
    if now.schema != before.schema:
        raise Refused("the store was upgraded since the last one")
    if now.last < before.last or journal.head(txn, before.last) != before.head:
        raise Refused("the store has gone another way since the last one, as after a restore")
    if now.erased != before.erased:
        raise Refused("a person was erased since the last one, who is still in it")
    if standings.decided(txn, before.last) != before.policies:
        raise Refused("the store was rebuilt under another policy since the last one")


def is_told(txn: Txn, before: Manifest) -> bool:
    """Whether nothing came since."""
    now = standings.standing(txn)
    return (now.last, now.kept) == (before.last, before.kept)


def unpack(engine: Engine, pages: Iterable[Page], step: Callable[[int], None]) -> dict[str, bytes]:
    """Put all rows of a backup into the `engine`, which has no others; returns the secrets. `step` gets the rows done,
    between transactions.
    """
    secrets: dict[str, bytes] = {}
    for page in _counted(pages, step):
        if page[0] == SECRETS:
            secrets |= _secrets(page)
        else:
            dump.put(engine, page)
    return secrets


def unpack_tail(engine: Engine, pages: Iterable[Page], until: int, step: Callable[[int], None]) -> dict[str, bytes]:
    """Let the `engine` go on as a tail tells, up to journal entry `until`; returns the secrets. `step` gets the rows
    done, between transactions.
    """
    secrets: dict[str, bytes] = {}
    absent, is_whole = set(_WHOLE), True
    for table, found in groupby(_counted(pages, step), key=lambda page: page[0]):
        if table == SECRETS:
            for page in found:
                secrets |= _secrets(page)
        elif table == JOURNAL:
            is_whole = _fold(engine, found, until) and is_whole
        elif table in absent:
            absent.remove(table)
            _replace(engine, table, found)
        else:
            raise Damaged("a tail of the journal has a table that does not belong there")
    for table in absent:
        _replace(engine, table, ())
    if not is_whole:
        cut(engine, until)
    return secrets


def cut(engine: Engine, seq: int) -> None:
    """Take away what was kept behind journal entry `seq`. What is derived is not right until it was folded anew."""
    dump.write(engine, partial(regime.cut, seq=seq))
    dump.write(engine, partial(retention.set_looked, seq=0))  # conversations may end earlier now
    for table in (JOURNAL, REPEATS):
        _delete(engine, table, lambda txn, table=table: txn.range(table, keys.up(seq + 1), limit=_BATCH))  # type: ignore[misc]
    _delete(engine, FORMER, lambda txn: (row for row in txn.range(FORMER) if former.decode(row[1])[1] > seq))


def end_of(pages: Iterable[Page], moment: int) -> int | None:
    """The journal entry before the first one in there that came after `moment` (UNIX ms); None if none did."""
    for table, rows in pages:
        for _, record in rows if table == JOURNAL else ():
            entry = journal.decode(record)
            if entry.received_at > moment:
                return entry.seq - 1
    return None


def newer(present: Engine, restored: Engine) -> int:
    """How many journal entries the `present` store has that the `restored` one has not."""
    last = present.read(journal.last)
    low, high = 0, min(last, restored.read(journal.last))
    while low < high:
        middle = (low + high + 1) // 2
        ask = partial(journal.head, seq=middle)
        low, high = (middle, high) if present.read(ask) == restored.read(ask) else (low, middle - 1)
    return last - low


def _rows(secrets: Secrets) -> list[Row]:
    return [(name.encode(), content) for name, content in sorted(secrets.items())]


def _secrets(page: Page) -> dict[str, bytes]:
    try:
        return {key.decode("ascii"): value for key, value in page[1]}
    except UnicodeDecodeError as error:
        raise Damaged("the backup has a secret whose name cannot be read") from error


def _counted(pages: Iterable[Page], step: Callable[[int], None]) -> Iterator[Page]:
    done = 0
    for page in pages:
        yield page
        done += len(page[1])
        step(done)


def _fold(engine: Engine, pages: Iterable[Page], until: int) -> bool:
    """Whether there was no entry behind `until`."""
    fold, is_whole = replay.folding(engine), True
    for _, rows in pages:
        wanted = [row for row in rows if keys.unpack_int(row[0]) <= until]
        is_whole = is_whole and len(wanted) == len(rows)
        if wanted:
            fold(wanted)
    return is_whole


def _replace(engine: Engine, table: str, pages: Iterable[Page]) -> None:
    """Page by page: what lies between the last key of one and that of the next is gone."""
    lo = b""
    for _, rows in pages:
        hi = rows[-1][0] + b"\0"
        dump.replace(engine, table, lo, rows, hi)
        lo = hi
    dump.replace(engine, table, lo, [], None)


def _delete(engine: Engine, table: str, find: Callable[[Txn], Iterable[Row]]) -> None:
    while found := engine.read(lambda txn: [key for key, _ in find(txn)]):

        def job(txn: Txn, found: list[bytes] = found) -> None:
            for key in found:
                txn.delete(table, key)

        dump.write(engine, job)
