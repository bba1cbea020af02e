"""Engine: `store.kv.Engine` over LMDB: every commit flushed. Beside it the scratch engine, which flushes once, for a
store that is folded anew and thrown away or exchanged.

Errors are told apart by whose they are: a bad key is the job's own; a full map or disk is StoreFull, and the engine
goes on; all else at begin, put or commit is StoreFailed, and the engine takes no more writes (a flush that failed once
proves nothing when it is tried again). LMDB says EIO for a full disk: the free space tells which it was.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock, RLock
from typing import Any

import lmdb

from jivod.model.errors import Damaged, Refused, StoreFailed, StoreFull
from jivod.store import meta, place
from jivod.store.kv import Job, Outcome, Size, T
from jivod.store.lmdb import copies, group
from jivod.store.lmdb.house import House, begin, enter, free_disk
from jivod.store.lmdb.view import ReadView
from jivod.store.tables import META, TABLES

DISK_FULL = 1 << 20
"""Bytes: a write that fails with less than this free is taken to have failed because of it."""


class LmdbEngine:
    """`store.kv.Engine` over one LMDB environment. Made by `open_engine`.

    Where another environment was exchanged with it (which nobody does but who is `alone` with it), the next write goes
    there, and from then on all. Nothing is ever committed to the one that went: the lock of its writers is taken first,
    and then one looks which stands at the path.
    """

    _flushes = True  # every commit

    def __init__(self, path: Path, map_size: int, *, reads_ahead: bool = True) -> None:
        self._path, self._place = path, str(path)
        self._enter = partial(enter, path, map_size, flushes=self._flushes, reads_ahead=reads_ahead)
        self._failed = False
        self._door, self._pen = Lock(), RLock()  # held to come and go; to write
        self._house = self._enter()

    def is_ours(self) -> bool:
        """Whether jivod made this environment."""
        return META in self._house.databases

    def create_tables(self) -> None:
        """Make the tables that are not there yet."""
        house = self._house
        missing = [name for name in TABLES if name not in house.databases]
        try:
            with house.env.begin(write=bool(missing)) as txn:
                made = {name: house.env.open_db(name.encode(), txn=txn) for name in missing}
        except lmdb.Error as error:
            raise self._blame(error) from error
        house.databases |= made

    def follow(self) -> bool:
        with self._door:
            old = self._house
            if old.is_at(self._place):
                return False
            try:
                self._house = self._next_house()
            except BaseException:
                self._failed = True  # what stands there now may have been promised to others already
                raise
        self._leave(old)
        return True

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Meanwhile nobody writes to this store, in whatever process, and whoever waits for it looks again at its path.

        Raises Refused if another one stands there already.
        """
        house = self._house
        try:
            with self._pen, begin(house, write=True) as txn:
                if not house.is_at(self._place):
                    raise Refused("the store was exchanged meanwhile, and nothing was changed; do this again")
                yield
                txn.abort()
        except lmdb.Error as error:
            raise self._blame(error) from error

    def write(self, jobs: Sequence[Job[Any]]) -> list[Outcome]:
        if self._failed:
            raise StoreFailed("the store failed before: it takes no more writes until the restart")
        try:
            try:
                return self._transact(jobs, group.together)
            except group.JobFailedError:
                return self._transact(jobs, group.apart)
        except lmdb.Error as error:
            raise self._blame(error) from error

    def read(self, job: Job[T]) -> T:
        house = self._use()
        try:
            with begin(house, write=False) as txn:
                view = ReadView(txn, house.databases)
                try:
                    return job(view)
                finally:
                    view.finish()
        except (lmdb.CorruptedError, lmdb.PageNotFoundError) as error:
            raise Damaged(f"the data file of the store is damaged ({error}): restore a backup") from error
        except lmdb.Error as error:
            raise StoreFailed(f"the store cannot be read: {error}") from error
        finally:
            self._leave(house)

    def size(self) -> Size:
        with self._using() as house:
            return house.size(free_disk(self._path))

    def reader_check(self) -> int:
        with self._using() as house:
            return house.env.reader_check()

    def copy(self, path: Path) -> None:
        """A consistent copy without free pages, in the new directory `path`, while others read and write.

        Raises FileExistsError if there is something at `path`, StoreFailed if the copy cannot be written.
        """
        with self._using() as house:
            copies.compact(house, path)

    def freeze(self, path: Path) -> None:
        """A copy of this moment in the new directory `path`, free pages and all, while others read and write; not yet
        flushed. `copy` reads through the map, and would take as much memory as the store has bytes.

        Raises FileExistsError if there is something at `path`, StoreFailed if the copy cannot be written.
        """
        with self._using() as house:
            copies.freeze(house, path)

    def unmap(self) -> None:
        """Give back the memory that what was read so far takes in this process; it stays in the kernel's cache.

        No job may be running.
        """
        env = self._house.env
        env.set_mapsize(env.info()["map_size"])

    def close(self) -> None:
        self._house.close()

    def _next_house(self) -> House:
        house = self._enter()
        try:
            with house.env.begin() as txn:
                found = meta.schema(ReadView(txn, house.databases)) if META in house.databases else None
            if found != meta.SCHEMA or len(house.databases) < len(TABLES):
                raise StoreFailed("a store of another jivod took the place of this one: restart")
        except BaseException:
            house.close()
            raise
        return house

    def _use(self) -> House:
        with self._door:
            self._house.users += 1
            return self._house

    def _leave(self, house: House) -> None:
        with self._door:
            house.users -= 1
            is_empty = house.users == 0
        if is_empty:  # it was left by the engine too
            with self._pen:  # by whoever writes in it as well
                house.close()

    @contextmanager
    def _using(self) -> Iterator[House]:
        house = self._use()
        try:
            yield house
        finally:
            self._leave(house)

    def _transact(self, jobs: Sequence[Job[Any]], outcome: group.Run) -> list[Outcome]:
        """In what stands at the path: while a transaction on it is open, nothing else can come to stand there."""
        while True:
            with self._pen:
                house = self._house
                txn = begin(house, write=True)
                try:
                    if house.is_at(self._place):
                        outcomes = [outcome(house, txn, job) for job in jobs]
                        txn.commit()
                        return outcomes
                except BaseException:
                    txn.abort()
                    raise
                txn.abort()
            self.follow()

    def _blame(self, error: lmdb.Error) -> StoreFull | StoreFailed:
        if isinstance(error, lmdb.MapFullError):
            return StoreFull("the map of the store is full: nothing was written; enlarge map_size and restart")
        if getattr(error, "code", 0) in (errno.EIO, errno.ENOSPC) and free_disk(self._path) < DISK_FULL:
            return StoreFull("the disk of the store is full: nothing was written; free some space")
        self._failed = True
        return StoreFailed(f"the store failed, nothing was written, restart: {error}")


class ScratchEngine(LmdbEngine):
    """An engine whose commits are not flushed: nothing that it wrote counts before `seal`. Made by `make_scratch`."""

    _flushes = False

    def seal(self) -> None:
        """Bring all that was committed to the disk: from now on it is a store like any other. Raises StoreFailed."""
        try:
            self._house.env.sync(True)
        except lmdb.Error as error:
            raise self._blame(error) from error
        place.seal(self._path)
