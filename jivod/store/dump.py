"""Dump: the tables of a store as pages of rows, and back. In small steps, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from jivod.model.errors import Refused
from jivod.store.archive import PAGE_BYTES, Page, Row
from jivod.store.kv import Engine, Txn
from jivod.store.tables import LASTING

_PAGE = 2000  # rows


def rows(engine: Engine, table: str, step: Callable[[int], None] = lambda size: None, lo: bytes = b"") -> Iterator[Row]:
    """Every row of a table from the key `lo` on. `step` gets the bytes read, between transactions."""
    while page := engine.read(partial(_page, table=table, lo=lo)):
        yield from page
        lo = page[-1][0] + b"\0"
        step(sum(len(key) + len(value) for key, value in page))


def put(engine: Engine, page: Page) -> None:
    """Put the rows of a page where they belong. Raises Refused for a table that this jivod does not know."""
    table, found = page
    if table not in LASTING:
        raise Refused("the backup has tables that this jivod does not know: use the newer jivod that wrote it")
    write(engine, lambda txn: _put(txn, table, found))


def replace(engine: Engine, table: str, lo: bytes, found: list[Row], hi: bytes | None) -> None:
    """Let a table have in [lo, hi) the rows `found` and no others; a row without a value stays as it is."""

    def job(txn: Txn) -> None:
        named = {key for key, _ in found}
        for key in [key for key, _ in txn.range(table, lo, hi) if key not in named]:
            txn.delete(table, key)
        _put(txn, table, [row for row in found if row[1]])

    write(engine, job)


def write(engine: Engine, job: Callable[[Txn], None]) -> None:
    """Run one job in a transaction of its own; what it raises is raised."""
    (outcome,) = engine.write([job])
    if outcome.error is not None:
        raise outcome.error


def _page(txn: Txn, table: str, lo: bytes) -> list[Row]:
    page: list[Row] = []
    size = 0
    for row in txn.range(table, lo, limit=_PAGE):
        page.append(row)
        size += len(row[1])
        if size >= PAGE_BYTES:
            break
    return page


def _put(txn: Txn, table: str, found: list[Row]) -> None:
    for key, value in found:
        txn.put(table, key, value)
