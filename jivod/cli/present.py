"""Present: what a restore finds in its place. It may be damaged, and a map that is cut short kills whoever reads it: so
another process looks.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing
from multiprocessing import get_context
from pathlib import Path

from attrs import frozen

from jivod.cli.report import counted_entries
from jivod.flow import backup as flows
from jivod.model.errors import JivodError
from jivod.store import journal, meta
from jivod.store.lmdb import open_engine


@frozen
class Present:
    """How many entries the store has, how many of them the restored one has not, and whether both are one store."""

    entries: int
    newer: int
    is_same: bool


def look(present: Path, restored: Path, map_size: int) -> Present | None:
    """Compare two stores, neither of which this process has open. None if the present one cannot be read."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        try:
            return pool.submit(_look, present, restored, map_size).result()
        except BrokenProcessPool:
            return None


def doubts(there: Present | None, data: Path) -> list[str]:
    """What speaks against taking away the store in `data`."""
    if there is None:
        return [f"the store in {data} cannot be read, so nobody can tell what it has that the backup has not"]
    if not there.newer:
        return []
    if not there.is_same:
        return [f"the store in {data} is another one than that of the backup, with {counted_entries(there.entries)}"]
    return [f"the store in {data} has {counted_entries(there.newer)} that the backup has not"]


def _look(present: Path, restored: Path, map_size: int) -> Present | None:
    with ExitStack() as stack:
        new = stack.enter_context(closing(open_engine(restored, map_size)))
        try:
            old = stack.enter_context(closing(open_engine(present, map_size)))
            entries = old.read(journal.last)
            is_same = old.read(meta.id_key) == new.read(meta.id_key)
            return Present(entries, flows.newer(old, new) if is_same else entries, is_same)
        except (JivodError, OSError):
            return None
