"""Lmdb: the engine on disk: format 0.9, every commit flushed, no writable map. Beside it the scratch engine, which
flushes once, for a store that is folded anew and thrown away or exchanged.

Errors are told apart by whose they are: a bad key is the job's own; a full map or disk is StoreFull, and the engine
goes on; all else at begin, put or commit is StoreFailed, and the engine takes no more writes (a flush that failed once
proves nothing when it is tried again). LMDB says EIO for a full disk: the free space tells which it was.

Longer than most, because it is the only module that may know LMDB.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock, RLock
from typing import Any, BinaryIO

import lmdb

from jivod.model.errors import Damaged, Refused, StoreFailed, StoreFull
from jivod.store import meta, place
from jivod.store.kv import Job, Outcome, Size, T
from jivod.store.migrate import demand_known, migrate
from jivod.store.tables import META, TABLES
from jivod.store.view import ReadView, WriteView

DISK_FULL = 1 << 20
"""Bytes: a write that fails with less than this free is taken to have failed because of it."""

CREATE_MAP = 1 << 24  # bytes: enough for the empty tables

_Run = Callable[["_House", "lmdb.Transaction[bytes]", Job[Any]], Outcome]


def open_engine(
    path: Path, map_size: int, *, reads_ahead: bool = True, random_bytes: Callable[[int], bytes] = os.urandom
) -> LmdbEngine:
    """Open the environment at `path`, made there if there is none; `map_size` in bytes is the most it may ever hold.

    `reads_ahead`: the kernel reads what lies behind a page as well, for who reads whole tables. Who looks up single
    keys waits for that: a page of a customer took 41 ms with it and 14 without, of a store that was not in memory.
    `random_bytes(n)` gives the id key of a new environment. Raises Refused (a newer file, or no store there), Damaged
    (cut short, no LMDB file, no schema), StoreFull and StoreFailed.
    """
    place.ensure(path, lambda beside: _create(beside, random_bytes(meta.ID_KEY_SIZE)))
    engine = _open(path, map_size, reads_ahead=reads_ahead)
    try:
        if not engine.is_ours():
            raise Damaged("the store has no table meta: it is not a store of jivod, or it is damaged")
        demand_known(engine)  # before anything is written to it
        engine.create_tables()
        migrate(engine, lambda schema: _copy_anew(engine, path.with_name(f"{path.name}.schema-{schema}")))
        engine.reader_check()
    except BaseException:
        engine.close()
        raise
    return engine


def make_scratch(path: Path, map_size: int, id_key: bytes) -> ScratchEngine:
    """A new environment in the new directory `path` that gives out ids by `id_key`, to be folded into by this process.

    No store that was there before is ever opened so: FileExistsError. Raises StoreFull and StoreFailed.
    """
    path.mkdir(mode=0o700)
    _create(path, id_key)
    return ScratchEngine(path, map_size)


def _copy_anew(engine: LmdbEngine, path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)  # of a migration that did not come through: what is live has it all
    engine.copy(path)


def _create(path: Path, id_key: bytes) -> None:
    engine = _open(path, CREATE_MAP)
    try:
        engine.create_tables()
        (outcome,) = engine.write([lambda txn: meta.initialise(txn, id_key)])
        if outcome.error is not None:
            raise outcome.error
    finally:
        engine.close()


def _open(path: Path, map_size: int, *, reads_ahead: bool = True) -> LmdbEngine:
    try:
        return LmdbEngine(path, map_size, reads_ahead=reads_ahead)
    except (lmdb.InvalidError, lmdb.VersionMismatchError, lmdb.CorruptedError) as error:
        raise Damaged("the data file of the store is no LMDB 0.9 file, or it is damaged: restore a backup") from error
    except lmdb.Error as error:
        raise StoreFailed(f"the store cannot be opened: {error}") from error


def demand_durable(env: lmdb.Environment) -> None:
    """Raise StoreFailed if a commit of `env` would not be on disk when it returns."""
    flags = env.flags()
    if not (flags["sync"] and flags["metasync"]) or flags["writemap"]:
        raise StoreFailed("the store was opened without flushing its commits: an answer would promise too much")


class _JobFailedError(Exception):
    """A job of the group raised: the group is run again, each job apart."""


class _House:
    """An environment that is open, and the directory it was opened in: another one may come to stand at its path."""

    def __init__(self, path: Path, map_size: int, *, flushes: bool, reads_ahead: bool) -> None:
        self._directory = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self.env = lmdb.open(
                str(path), map_size=map_size, max_dbs=len(TABLES), mode=0o700, create=False, max_spare_txns=1,
                sync=flushes, metasync=flushes, readahead=reads_ahead, lib_version=0,
            )  # fmt: skip
        except BaseException:
            os.close(self._directory)
            raise
        there = os.fstat(self._directory)
        self._identity = there.st_dev, there.st_ino  # nobody else's while the directory is open
        self.users = 1  # the engine; and whoever reads
        try:
            if flushes:
                demand_durable(self.env)
            self.databases = self._existing_tables()
        except BaseException:
            self.close()
            raise

    def is_at(self, path: str) -> bool:
        """Whether it still stands there, or nothing does."""
        try:
            there = os.stat(path)
        except FileNotFoundError:
            return True
        return (there.st_dev, there.st_ino) == self._identity

    def size(self, free_disk: int) -> Size:
        info = self.env.info()
        used = (info["last_pgno"] + 1) * self.env.stat()["psize"]
        return Size(used=used, mapped=info["map_size"], free_disk=free_disk)

    def open_data(self) -> BinaryIO:
        """Its data file, also where it does not stand at its path any more."""
        descriptor = os.open(place.DATA, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._directory)
        return os.fdopen(descriptor, "rb")

    def close(self) -> None:
        self.env.close()
        if self._directory >= 0:
            os.close(self._directory)
            self._directory = -1

    def _existing_tables(self) -> dict[str, Any]:
        with self.env.begin(write=True) as txn:  # handles of a read transaction die with it; this one writes nothing
            there = {bytes(name).decode() for name in self.env.dbs(txn)}
            return {name: self.env.open_db(name.encode(), txn=txn, create=False) for name in TABLES if name in there}


def _enter(path: Path, map_size: int, *, flushes: bool, reads_ahead: bool) -> _House:
    """The environment at `path`, none of whose files is that of another one which just takes its place there."""
    while True:
        house = _House(path, map_size, flushes=flushes, reads_ahead=reads_ahead)
        if house.is_at(str(path)):
            return house
        house.close()


class LmdbEngine:
    """`store.kv.Engine` over one LMDB environment. Made by `open_engine`.

    Where another environment was exchanged with it (which nobody does but who is `alone` with it), the next write goes
    there, and from then on all. Nothing is ever committed to the one that went: the lock of its writers is taken first,
    and then one looks which stands at the path.
    """

    _flushes = True  # every commit

    def __init__(self, path: Path, map_size: int, *, reads_ahead: bool = True) -> None:
        self._path, self._place = path, str(path)
        self._enter = partial(_enter, path, map_size, flushes=self._flushes, reads_ahead=reads_ahead)
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
            with self._pen, _begin(house, write=True) as txn:
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
                return self._transact(jobs, self._outcome_together)
            except _JobFailedError:
                return self._transact(jobs, self._outcome_apart)
        except lmdb.Error as error:
            raise self._blame(error) from error

    def read(self, job: Job[T]) -> T:
        house = self._use()
        try:
            with _begin(house, write=False) as txn:
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
            return house.size(_free_disk(self._path))

    def reader_check(self) -> int:
        with self._using() as house:
            return house.env.reader_check()

    def copy(self, path: Path) -> None:
        """A consistent copy without free pages, in the new directory `path`, while others read and write.

        Raises FileExistsError if there is something at `path`, StoreFailed if the copy cannot be written.
        """
        path.mkdir(mode=0o700)
        try:
            with self._using() as house:
                house.env.copy(str(path), compact=True)
        except lmdb.Error as error:
            shutil.rmtree(path)
            raise StoreFailed(
                f"the copy was not made: {error}; {_free_disk(path.parent)} bytes are free there"
            ) from error
        place.seal(path)

    def freeze(self, path: Path) -> None:
        """A copy of this moment in the new directory `path`, free pages and all, while others read and write; not yet
        flushed. `copy` reads through the map, and would take as much memory as the store has bytes.

        Raises FileExistsError if there is something at `path`, StoreFailed if the copy cannot be written.
        """
        path.mkdir(mode=0o700)
        try:
            with (path / place.DATA).open("wb") as target, self._using() as house:
                with _begin(house, write=True):  # so nobody commits
                    source = house.open_data()
                    reader = _begin(house, write=False)  # from here on its pages stay as they are
                    size, meta_pages = house.size(0).used, 2 * house.env.stat()["psize"]
                    target.write(source.read(meta_pages))
                with reader, source:
                    target.flush()
                    _copy_rest(source.fileno(), target.fileno(), meta_pages, size)
        except (OSError, lmdb.Error) as error:
            shutil.rmtree(path)
            raise StoreFailed(f"the copy was not made: {error}") from error

    def unmap(self) -> None:
        """Give back the memory that what was read so far takes in this process; it stays in the kernel's cache.

        No job may be running.
        """
        env = self._house.env
        env.set_mapsize(env.info()["map_size"])

    def close(self) -> None:
        self._house.close()

    def _next_house(self) -> _House:
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

    def _use(self) -> _House:
        with self._door:
            self._house.users += 1
            return self._house

    def _leave(self, house: _House) -> None:
        with self._door:
            house.users -= 1
            is_empty = house.users == 0
        if is_empty:  # it was left by the engine too
            with self._pen:  # by whoever writes in it as well
                house.close()

    @contextmanager
    def _using(self) -> Iterator[_House]:
        house = self._use()
        try:
            yield house
        finally:
            self._leave(house)

    def _transact(self, jobs: Sequence[Job[Any]], outcome: _Run) -> list[Outcome]:
        """In what stands at the path: while a transaction on it is open, nothing else can come to stand there."""
        while True:
            with self._pen:
                house = self._house
                txn = _begin(house, write=True)
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

    def _outcome_together(self, house: _House, txn: lmdb.Transaction[bytes], job: Job[Any]) -> Outcome:
        """Nearly all groups pass as one. In groups of 32 an event took 230 us this way, 390 nested (measured)."""
        try:
            return Outcome(value=_run(house, txn, job))
        except lmdb.Error:
            raise
        except Exception as error:
            raise _JobFailedError from error

    def _outcome_apart(self, house: _House, parent: lmdb.Transaction[bytes], job: Job[Any]) -> Outcome:
        """The second run of a group in which some job raised: each rolls back alone."""
        txn = house.env.begin(parent=parent, write=True)
        try:
            value = _run(house, txn, job)
        except lmdb.Error:
            raise
        except Exception as error:
            txn.abort()
            return Outcome(error=error)
        txn.commit()
        return Outcome(value=value)

    def _blame(self, error: lmdb.Error) -> StoreFull | StoreFailed:
        if isinstance(error, lmdb.MapFullError):
            return StoreFull("the map of the store is full: nothing was written; enlarge map_size and restart")
        if getattr(error, "code", 0) in (errno.EIO, errno.ENOSPC) and _free_disk(self._path) < DISK_FULL:
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


def _begin(house: _House, *, write: bool) -> lmdb.Transaction[bytes]:
    try:
        return house.env.begin(write=write)
    except lmdb.MapResizedError:  # another process has a larger map: take its size
        house.env.set_mapsize(0)
        return house.env.begin(write=write)


def _run(house: _House, txn: lmdb.Transaction[bytes], job: Job[Any]) -> Any:
    view = WriteView(txn, house.databases)
    try:
        return job(view)
    finally:
        view.finish()


def _copy_rest(source: int, target: int, start: int, end: int) -> None:
    end = min(end, os.fstat(source).st_size)  # the last pages may be free ones that were never written
    while start < end:
        start += os.sendfile(target, source, start, end - start)


def _free_disk(path: Path) -> int:
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize
