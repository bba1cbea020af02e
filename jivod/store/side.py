"""Side: a file beside the store for what an ordered store finds slowly: words and sums. Derived, never asked for truth.

It may be removed at any time, by anybody: whoever follows the journal makes it anew. Only this module knows SQLite.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from threading import local
from typing import Any, Protocol, TypeVar

from jivod.model.errors import Busy, Damaged, StoreFull

T = TypeVar("T")

NAME = "search.db"
PATIENCE = 5.0  # seconds to wait for another process that writes
_FILES = ("-wal", "-shm", "-journal", "")  # the file itself last
_SPOILED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT")
_META = "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID"

Row = tuple[Any, ...]


class Spoiled(Damaged):
    """The file was damaged, and is removed."""


class Rows(Protocol):
    """A transaction over the file, as a job sees it."""

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Iterable[Row]:
        """The rows that one statement gives."""

    def executemany(self, sql: str, values: Iterable[Sequence[Any]], /) -> object:
        """One statement for each of `values`."""


SideJob = Callable[[Rows], T]


class Side:
    """The file at `path`; each thread has a connection of its own, opened when it is first used.

    `kind` is all that it depends on, by name: a file of another kind counts as none. `schema` are the statements that
    make an empty one. Nothing is made before the first write.
    """

    def __init__(self, path: Path, kind: Mapping[str, str], schema: Iterable[str]) -> None:
        self._path, self.kind, self._schema = path, dict(kind), (_META, *schema)
        self._local = local()

    def read(self, job: SideJob[T]) -> T | None:
        """What `job` finds in one snapshot; None while there is no file of this kind. Raises Spoiled for a file that
        cannot be read, which is removed then, and Busy.
        """
        connection = self._connection()
        return None if connection is None else self._transact(connection, "BEGIN", job)

    def write(self, job: SideJob[T]) -> T:
        """Keep what `job` does, all or nothing. Raises StoreFull for a full disk, Spoiled and Busy as `read` does."""
        connection = self._connection() or self._make()
        return self._transact(connection, "BEGIN IMMEDIATE", job)

    def settle(self) -> None:
        """Let nothing be left of what was there before the last writes."""
        connection = self._connection()
        if connection is not None:
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error as error:
                raise self._blame(error) from error

    def remove(self) -> None:
        """Take the file away; no error if there is none."""
        self.close()
        remove(self._path)

    def close(self) -> None:
        """Release what this thread holds."""
        connection = self._local.__dict__.pop("connection", None)
        if connection is not None:
            connection.close()

    def free(self) -> int:
        """Bytes that are free on its disk."""
        disk = os.statvfs(self._path.parent)
        return disk.f_bavail * disk.f_frsize

    def _connection(self) -> sqlite3.Connection | None:
        """That of this thread, to the file that has the name now; None if it is not there or of another kind."""
        try:
            found = self._path.stat()
        except OSError:
            self.close()
            return None
        at = (found.st_dev, found.st_ino)
        held: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if held is None or self._local.at != at:
            self.close()
            held = self._open()
            if held is not None:
                self._local.connection, self._local.at = held, at
        return held

    def _open(self) -> sqlite3.Connection | None:
        with ExitStack() as opened:
            connection = opened.enter_context(closing(self._connect()))
            if self._transact(connection, "BEGIN", _kind) != self.kind:
                return None
            opened.pop_all()
            return connection

    def _make(self) -> sqlite3.Connection:
        """An empty file in the place of whatever is there."""
        self.remove()
        os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW, 0o600))
        with closing(self._connect()) as connection:
            self._transact(connection, "BEGIN IMMEDIATE", self._fill)
        made = self._connection()
        if made is None:
            raise Busy("the search file was taken away while it was made; try again")
        return made

    def _fill(self, rows: Rows) -> None:
        for statement in self._schema:
            rows.execute(statement)
        for name, value in self.kind.items():
            rows.execute("INSERT INTO meta VALUES (?, ?)", (f"kind.{name}", value))

    def _connect(self) -> sqlite3.Connection:
        with ExitStack() as opened:
            try:
                connection = sqlite3.connect(
                    f"{self._path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=PATIENCE
                )
                opened.callback(connection.close)
                for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON", "cache_size=-8000"):
                    connection.execute(f"PRAGMA {pragma}")
            except sqlite3.Error as error:
                raise self._blame(error) from error
            opened.pop_all()
            return connection

    def _transact(self, connection: sqlite3.Connection, begin: str, job: SideJob[T]) -> T:
        try:
            connection.execute(begin)
            try:
                found = job(connection)
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise self._blame(error) from error
        return found

    def _blame(self, error: sqlite3.Error) -> Exception:
        """The error by whose fault it was; a file that is spoiled is gone then."""
        name = getattr(error, "sqlite_errorname", None) or ""
        if name.startswith("SQLITE_FULL"):
            return StoreFull("the disk is full: the search file stays behind; free space")
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return Busy("another process writes to the search file; try again")
        if name.startswith(_SPOILED):
            self.remove()
            return Spoiled("the search file was damaged and is removed; the daemon makes it anew")
        return error


def remove(path: Path) -> None:
    """Take a file away with all that belongs to it."""
    for ending in _FILES:
        path.with_name(path.name + ending).unlink(missing_ok=True)


def value(rows: Rows, name: str) -> Any:
    """What was noted under a name; None if nothing was."""
    return next((found for (found,) in rows.execute("SELECT value FROM meta WHERE name = ?", (name,))), None)


def note(rows: Rows, name: str, found: str | int) -> None:
    """Note something under a name."""
    rows.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, found))


def _kind(rows: Rows) -> dict[str, str]:
    tables = rows.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'")
    if not list(tables):
        return {}
    found = rows.execute("SELECT name, value FROM meta WHERE name LIKE 'kind.%'")
    return {name.removeprefix("kind."): text for name, text in found}
