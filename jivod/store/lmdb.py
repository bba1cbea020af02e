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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import lmdb

from jivod.model.errors import Damaged, StoreFailed, StoreFull
from jivod.store import meta, place
from jivod.store.kv import KEY_MAX, Job, Outcome, Size, T, bad_key
from jivod.store.migrate import demand_known, migrate
from jivod.store.tables import META, TABLES

DISK_FULL = 1 << 20
"""Bytes: a write that fails with less than this free is taken to have failed because of it."""

CREATE_MAP = 1 << 24  # bytes: enough for the empty tables

_Databases = Mapping[str, Any]
_Run = Callable[["lmdb.Transaction[bytes]", Job[Any]], Outcome]


def open_engine(path: Path, map_size: int, *, random_bytes: Callable[[int], bytes] = os.urandom) -> LmdbEngine:
    """Open the environment at `path`, made there if there is none; `map_size` in bytes is the most it may ever hold.

    `random_bytes(n)` gives the id key of a new environment. Raises Refused (a newer file, or no store there), Damaged
    (cut short, no LMDB file, no schema), StoreFull and StoreFailed.
    """
    place.ensure(path, lambda beside: _create(beside, random_bytes(meta.ID_KEY_SIZE)))
    engine = _open(path, map_size)
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


def _open(path: Path, map_size: int) -> LmdbEngine:
    try:
        return LmdbEngine(path, map_size)
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


class LmdbEngine:
    """`store.kv.Engine` over one LMDB environment. Made by `open_engine`."""

    _flushes = True  # every commit

    def __init__(self, path: Path, map_size: int) -> None:
        self._path = path
        self._failed = False
        self._env = lmdb.open(
            str(path), map_size=map_size, max_dbs=len(TABLES), mode=0o700, create=False, max_spare_txns=1,
            sync=self._flushes, metasync=self._flushes, lib_version=0,
        )  # fmt: skip
        try:
            if self._flushes:
                demand_durable(self._env)
            self._databases = self._existing_tables()
        except BaseException:
            self._env.close()
            raise

    def is_ours(self) -> bool:
        """Whether jivod made this environment."""
        return META in self._databases

    def create_tables(self) -> None:
        """Make the tables that are not there yet."""
        missing = [name for name in TABLES if name not in self._databases]
        try:
            with self._env.begin(write=bool(missing)) as txn:
                made = {name: self._env.open_db(name.encode(), txn=txn) for name in missing}
        except lmdb.Error as error:
            raise self._blame(error) from error
        self._databases |= made

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
        try:
            with self._begin(write=False) as txn:
                view = _ReadTxn(txn, self._databases)
                try:
                    return job(view)
                finally:
                    view.finish()
        except (lmdb.CorruptedError, lmdb.PageNotFoundError) as error:
            raise Damaged(f"the data file of the store is damaged ({error}): restore a backup") from error
        except lmdb.Error as error:
            raise StoreFailed(f"the store cannot be read: {error}") from error

    def size(self) -> Size:
        info = self._env.info()
        used = (info["last_pgno"] + 1) * self._env.stat()["psize"]
        return Size(used=used, mapped=info["map_size"], free_disk=_free_disk(self._path))

    def reader_check(self) -> int:
        return self._env.reader_check()

    def copy(self, path: Path) -> None:
        """A consistent copy without free pages, in the new directory `path`, while others read and write.

        Raises FileExistsError if there is something at `path`, StoreFailed if the copy cannot be written.
        """
        path.mkdir(mode=0o700)
        try:
            self._env.copy(str(path), compact=True)
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
            with (self._path / place.DATA).open("rb") as source, (path / place.DATA).open("wb") as target:
                with self._begin(write=True):  # so nobody commits
                    reader = self._begin(write=False)  # from here on its pages stay as they are
                    size, meta_pages = self.size().used, 2 * self._env.stat()["psize"]
                    target.write(source.read(meta_pages))
                with reader:
                    target.flush()
                    _copy_rest(source.fileno(), target.fileno(), meta_pages, size)
        except (OSError, lmdb.Error) as error:
            shutil.rmtree(path)
            raise StoreFailed(f"the copy was not made: {error}") from error

    def unmap(self) -> None:
        """Give back the memory that what was read so far takes in this process; it stays in the kernel's cache.

        No job may be running.
        """
        self._env.set_mapsize(self._env.info()["map_size"])

    def close(self) -> None:
        self._env.close()

    def _existing_tables(self) -> dict[str, Any]:
        with self._env.begin(write=True) as txn:  # handles of a read transaction die with it; this one writes nothing
            there = {bytes(name).decode() for name in self._env.dbs(txn)}
            return {name: self._env.open_db(name.encode(), txn=txn, create=False) for name in TABLES if name in there}

    def _begin(self, *, write: bool) -> lmdb.Transaction[bytes]:
        try:
            return self._env.begin(write=write)
        except lmdb.MapResizedError:  # another process has a larger map: take its size
            self._env.set_mapsize(0)
            return self._env.begin(write=write)

    def _transact(self, jobs: Sequence[Job[Any]], outcome: _Run) -> list[Outcome]:
        txn = self._begin(write=True)
        try:
            outcomes = [outcome(txn, job) for job in jobs]
            txn.commit()
        except BaseException:
            txn.abort()
            raise
        return outcomes

    def _outcome_together(self, txn: lmdb.Transaction[bytes], job: Job[Any]) -> Outcome:
        """Nearly all groups pass as one. In groups of 32 an event took 230 us this way, 390 nested (measured)."""
        try:
            return Outcome(value=self._run(txn, job))
        except lmdb.Error:
            raise
        except Exception as error:
            raise _JobFailedError from error

    def _outcome_apart(self, parent: lmdb.Transaction[bytes], job: Job[Any]) -> Outcome:
        """The second run of a group in which some job raised: each rolls back alone."""
        txn = self._env.begin(parent=parent, write=True)
        try:
            value = self._run(txn, job)
        except lmdb.Error:
            raise
        except Exception as error:
            txn.abort()
            return Outcome(error=error)
        txn.commit()
        return Outcome(value=value)

    def _run(self, txn: lmdb.Transaction[bytes], job: Job[Any]) -> Any:
        view = _WriteTxn(txn, self._databases)
        try:
            return job(view)
        finally:
            view.finish()

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
            self._env.sync(True)
        except lmdb.Error as error:
            raise self._blame(error) from error
        place.seal(self._path)


def _copy_rest(source: int, target: int, start: int, end: int) -> None:
    end = min(end, os.fstat(source).st_size)  # the last pages may be free ones that were never written
    while start < end:
        start += os.sendfile(target, source, start, end - start)


def _free_disk(path: Path) -> int:
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize


class _Over:
    """Stands where the LMDB transaction was once the job has returned."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("this transaction is over")


_OVER: Any = _Over()


class _ReadTxn:
    __slots__ = ("_databases", "_txn")

    def __init__(self, txn: lmdb.Transaction[bytes], databases: _Databases) -> None:
        self._txn = txn
        self._databases = databases

    def finish(self) -> None:
        self._txn = _OVER

    def get(self, table: str, key: bytes) -> bytes | None:
        if not 0 < len(key) <= KEY_MAX:
            raise bad_key(table, key)
        return self._txn.get(key, None, self._databases[table])

    def put(self, table: str, key: bytes, value: bytes) -> None:
        raise RuntimeError("a read job may not write")

    def delete(self, table: str, key: bytes) -> None:
        raise RuntimeError("a read job may not write")

    def range(
        self, table: str, lo: bytes = b"", hi: bytes | None = None, *, reverse: bool = False, limit: int | None = None
    ) -> Iterator[tuple[bytes, bytes]]:
        cursor = self._txn.cursor(self._databases[table])
        if not (_seek_below(cursor, hi) if reverse else _seek(cursor, lo)):
            return iter(())
        first = cursor.key()
        if first < lo if reverse else hi is not None and first >= hi:
            return iter(())  # most look-ups find nothing: a generator for each would be dear
        if limit == 1:
            return iter((cursor.item(),))
        return self._walk(cursor.iterprev() if reverse else cursor.iternext(), lo, hi, reverse, limit)

    def _walk(
        self, pairs: Iterable[tuple[bytes, bytes]], lo: bytes, hi: bytes | None, reverse: bool, limit: int | None
    ) -> Iterator[tuple[bytes, bytes]]:
        left = -1 if limit is None else limit
        for key, value in pairs:
            if left == 0 or (key < lo if reverse else hi is not None and key >= hi):
                return
            yield key, value
            left -= 1
            if self._txn is _OVER:
                raise RuntimeError("this transaction is over")


class _WriteTxn(_ReadTxn):
    __slots__ = ()

    def put(self, table: str, key: bytes, value: bytes) -> None:
        if not 0 < len(key) <= KEY_MAX:
            raise bad_key(table, key)
        self._txn.put(key, value, db=self._databases[table])

    def delete(self, table: str, key: bytes) -> None:
        if not 0 < len(key) <= KEY_MAX:
            raise bad_key(table, key)
        self._txn.delete(key, db=self._databases[table])


def _seek(cursor: lmdb.Cursor[bytes], lo: bytes) -> bool:
    # LMDB refuses to seek a key longer than it can hold, though a bound may well be (a key and one byte more).
    found = cursor.set_range(lo[:KEY_MAX]) if lo else cursor.first()
    return cursor.next() if found and len(lo) > KEY_MAX and cursor.key() < lo else found


def _seek_below(cursor: lmdb.Cursor[bytes], hi: bytes | None) -> bool:
    if hi == b"":
        return False
    if hi is None or not cursor.set_range(hi[:KEY_MAX]):
        return cursor.last()
    return cursor.key() < hi or cursor.prev()
