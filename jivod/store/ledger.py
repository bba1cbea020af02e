"""Ledger: takes records into the audit log. Several threads and processes may do so at once: each has its turn.

Nothing that was written whole is ever changed or taken back. What a crash left of a line stays too: the next record
says how much it was, so that it is no riddle later. A write of which only a piece fits on the disk is taken back.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from attrs import evolve

from jivod.model.audit import BEGUN, MISSED, TRIMMED, Record, own, parts
from jivod.model.errors import StoreFailed, StoreFull
from jivod.store import logbook
from jivod.store.chain import START
from jivod.store.end import End, begin_file, flush_directory, open_end

LOCK = "lock"
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Ledger:
    """The log in `directory`, which is made when the first record comes. Safe to use from any thread."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._threads = Lock()
        self._turns: int | None = None  # the file by which processes take turns
        self._seen: tuple[int, int] | None = None  # the directory, and when a file last came or went
        self._is_changed = True
        self._end: End | None = None
        self._highest = 0
        self._missed = 0
        self._is_flushed = True

    def append(self, records: Sequence[Record], *, flush: bool = False) -> int:
        """Take records in, all or none; the number of the first. With `flush` they are on disk when this returns.

        Raises StoreFull and StoreFailed.
        """
        try:
            with self._threads:
                first, descriptor = self._append([part for record in records for part in parts(record)], flush)
            if descriptor is not None:
                try:
                    os.fdatasync(descriptor)
                finally:
                    os.close(descriptor)
        except OSError as error:
            raise _blame(error) from error
        return first

    def begin(self, record: Record) -> int:
        """Have it on disk that a change is asked for; the number of the record, for those of what came of it.

        Raises StoreFull and StoreFailed: then it may not be done.
        """
        try:
            return self.append([evolve(record, result=BEGUN)], flush=True)
        except (StoreFull, StoreFailed) as error:
            raise type(error)(f"{error}; nothing was changed") from error

    def note(self, record: Record, of: int = 0) -> Exception | None:
        """Take in a record of what was only read, or of how the change ended that was begun by record `of`. Why it
        could not be, if so: the next one that can be tells how many are missing.
        """
        try:
            self.append([evolve(record, of=of) if of else record])
        except Exception as error:
            with self._threads:
                self._missed += 1
            return error
        return None

    @property
    def is_flushed(self) -> bool:
        """Whether all that was taken in is on the disk."""
        return self._is_flushed

    def flush(self) -> None:
        """Bring all that was taken in to the disk. Raises StoreFull and StoreFailed."""
        with self._threads:
            if self._is_flushed or self._end is None:
                return
            descriptor, self._is_flushed = os.dup(self._end.descriptor), True
        try:
            os.fdatasync(descriptor)
        except OSError as error:
            raise _blame(error) from error
        finally:
            os.close(descriptor)

    def trim(self, at: int, months: int) -> int:
        """Remove the files of more than so many months before that of `at` (UNIX ms); how many. That it was done, and
        up to where, is a record too.
        """
        there = logbook.files(self.directory)
        oldest = _index(logbook.month_of(at)) - months
        stay = next((i for i, file in enumerate(there[:-1]) if _index(file.month) >= oldest), max(0, len(there) - 1))
        if stay == 0:
            return 0
        self.append([own(at, TRIMMED, count=there[stay].first)], flush=True)
        for file in there[:stay]:
            file.path.unlink(missing_ok=True)
        flush_directory(self.directory)
        return stay

    def close(self) -> None:
        """Bring all to the disk, and let the files go. A later record opens them again."""
        with suppress(StoreFull, StoreFailed):
            self.flush()
        with self._threads:
            self._forget()
            if self._turns is not None:
                os.close(self._turns)
                self._turns = None

    def _append(self, records: list[Record], flush: bool) -> tuple[int, int | None]:
        """The number of the first, and a descriptor of the file if it is to be flushed."""
        at = records[0].at
        with self._turn():
            try:
                end = self._found(at)
                missed = [own(at, MISSED, count=self._missed)] if self._missed else []
                end.write([*missed, *records], at)
            except BaseException:
                self._forget()
                raise
            self._highest, self._missed, self._is_flushed = end.number, 0, flush
            return end.number - len(records) + 1, os.dup(end.descriptor) if flush else None

    def _found(self, at: int) -> End:
        """Where the log ends now, in a file of the month of `at`."""
        if self._end is None or self._is_changed or not self._end.is_same():
            self._forget()
            newest = logbook.newest(self.directory)
            self._end = open_end(newest, self._highest) if newest else None
            self._is_changed = False
        if self._end is None:
            self._end = begin_file(self.directory, self._highest + 1, START, at)
        elif _index(logbook.month_of(at)) - _index(self._end.month) not in (0, -1):  # -1: somebody was a bit late
            if self._end.torn:
                self._end.write([], at)  # told of where it stands
            old = self._end
            os.fdatasync(old.descriptor)
            self._end = begin_file(self.directory, old.number + 1, old.digest, at)
            old.close()
        return self._end

    def _forget(self) -> None:
        if self._end is not None:
            self._end.close()
            self._end = None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        while self._turns is None or not self._is_mine(self._turns):
            if self._turns is not None:  # somebody took the directory away
                os.close(self._turns)
                self._turns = None
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._turns = os.open(self.directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            self._seen = None
        try:
            yield
        finally:
            fcntl.flock(self._turns, fcntl.LOCK_UN)

    def _is_mine(self, turns: int) -> bool:
        """Wait for the turn; whether the others wait for the same. Each call of the system counts: it is on the way of
        every answer.
        """
        fcntl.flock(turns, fcntl.LOCK_EX)
        try:
            found = os.stat(self.directory)
            if (seen := (found.st_ino, found.st_mtime_ns)) == self._seen:
                return True
            self._seen, self._is_changed = seen, True  # files came or went
            return os.stat(self.directory / LOCK).st_ino == os.fstat(turns).st_ino
        except OSError:
            return False


def _index(month: str) -> int:
    year, _, number = month.partition("-")
    return int(year) * 12 + int(number)


def _blame(error: OSError) -> StoreFull | StoreFailed:
    if error.errno in _FULL:
        return StoreFull("the disk is full and the audit log cannot be written; free some space")
    return StoreFailed(f"the audit log cannot be written ({error.strerror}); look after its files")
