"""Checking: the check of a whole store, behind a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice

from attrs import define

from jivod.cli.screen import Progress
from jivod.store.check import Finding, check
from jivod.store.kv import Txn
from jivod.store.lmdb import LmdbEngine

SOME = 100  # findings are enough to say that there are
_OFTEN = 1000  # rows between two steps of the bar


def findings(engine: LmdbEngine, rows: int) -> list[Finding]:
    """What is wrong with a store of so many rows: the first of it."""
    with closing(Progress("Checking")) as progress:
        done = 0

        def step() -> None:
            nonlocal done
            done = min(done + _OFTEN, rows)
            progress(done, rows)

        return engine.read(lambda txn: list(islice(check(_Watched(txn, step)), SOME)))


@define(eq=False)
class _Watched:
    """A transaction that steps once in a while as whole tables are read."""

    _txn: Txn
    _step: Callable[[], None]

    def get(self, table: str, key: bytes) -> bytes | None:
        return self._txn.get(table, key)

    def put(self, table: str, key: bytes, value: bytes) -> None:
        raise RuntimeError("a check changes nothing")

    append = put

    def delete(self, table: str, key: bytes) -> None:
        raise RuntimeError("a check changes nothing")

    def range(
        self, table: str, lo: bytes = b"", hi: bytes | None = None, *, reverse: bool = False, limit: int | None = None
    ) -> Iterator[tuple[bytes, bytes]]:
        rows = self._txn.range(table, lo, hi, reverse=reverse, limit=limit)
        return rows if lo or limit is not None else self._counted(rows)

    def _counted(self, rows: Iterator[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
        for number, row in enumerate(rows, 1):
            yield row
            if number % _OFTEN == 0:
                self._step()
