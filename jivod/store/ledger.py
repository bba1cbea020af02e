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
from hashlib import sha256
from pathlib import Path
from threading import Lock

from attrs import define, evolve

from jivod.model.audit import BEGUN, CONTINUED, MENDED, MISSED, TRIMMED, Record, own, parts
from jivod.model.errors import StoreFailed, StoreFull
from jivod.store import chain, logbook
from jivod.store.chain import START

LOCK = "lock"
_FULL = (errno.ENOSPC, errno.EDQUOT)
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC


@define
class _End:
    """Where the log ends: in this open file, of so many bytes, with this record; `torn` is what stands behind it."""

    path: Path
    month: str
    descriptor: int
    inode: int
    size: int
    number: int
    digest: str
    torn: bytes


class Ledger:
    """The log in `directory`, which is made when the first record comes. Safe to use from any thread."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._threads = Lock()
        self._turns: int | None = None  # the file by which processes take turns
        self._end: _End | None = None
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
        return self.append([evolve(record, result=BEGUN)], flush=True)

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
        _flush(self.directory)
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
        with self._turn():
            end = self._found(records[0].at)
            said = [own(records[0].at, MISSED, count=self._missed)] if self._missed else []
            first = end.number + len(said) + bool(end.torn) + 1
            data, digest = _lines(end, [*said, *records], records[0].at)
            try:
                self._write(end, data)
            except BaseException:
                self._forget()
                raise
            end.size += len(data)
            self._highest = end.number = first + len(records) - 1
            end.digest, end.torn, self._missed = digest, b"", 0
            self._is_flushed = flush
            return first, os.dup(end.descriptor) if flush else None

    def _write(self, end: _End, data: bytes) -> None:
        written = os.write(end.descriptor, data)
        if written < len(data):
            with suppress(OSError):  # else it stays, and is told of
                os.ftruncate(end.descriptor, end.size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _found(self, at: int) -> _End:
        """Where the log ends now, in a file of the month of `at`."""
        newest = logbook.newest(self.directory)
        if newest is None or not self._is_same(newest):
            self._forget()
            self._end = self._open(newest) if newest else None
        if self._end is None or self._end.month != logbook.month_of(at):
            self._end = self._begin(at)
        return self._end

    def _is_same(self, newest: logbook.File) -> bool:
        """Whether nobody wrote since."""
        end = self._end
        if end is None or end.path != newest.path:
            return False
        found = os.stat(newest.path)
        return (found.st_ino, found.st_size) == (end.inode, end.size)

    def _open(self, newest: logbook.File) -> _End:
        with logbook.open_file(newest.path) as file:
            tail = logbook.tail(file)
        number, digest = newest.first - 1, START
        if tail.last is not None:
            number, digest = tail.last.number, tail.last.digest
        descriptor = os.open(newest.path, _FLAGS)
        found = os.fstat(descriptor)
        return _End(
            path=newest.path, month=newest.month, descriptor=descriptor, inode=found.st_ino, size=found.st_size,
            number=max(number, self._highest),  # lower: somebody cut it, and the gap is to be seen
            digest=digest, torn=tail.torn,
        )  # fmt: skip

    def _begin(self, at: int) -> _End:
        """A new file, there with its first record or not at all."""
        before = self._end
        number, digest = (before.number + 1, before.digest) if before else (self._highest + 1, START)
        if before is not None and before.torn:  # told of where it stands
            data, digest = _lines(before, [], at)
            self._write(before, data)
            number += 1
        line, made = chain.write(digest, number, own(at, CONTINUED, proof=digest))
        draft, path = self.directory / ".new", self.directory / logbook.name_of(number, at)
        with suppress(FileNotFoundError):
            draft.unlink()  # of a process that was killed
        descriptor = os.open(draft, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            if os.write(descriptor, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
            draft.rename(path)
            _flush(self.directory)
        except BaseException:
            os.close(descriptor)
            raise
        self._forget()
        found = os.fstat(descriptor)
        return _End(
            path=path, month=logbook.month_of(at), descriptor=descriptor, inode=found.st_ino, size=len(line),
            number=number, digest=made, torn=b"",
        )  # fmt: skip

    def _forget(self) -> None:
        if self._end is not None:
            os.close(self._end.descriptor)
            self._end = None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        while self._turns is None or not self._is_mine(self._turns):
            if self._turns is not None:  # somebody took the directory away
                os.close(self._turns)
                self._turns = None
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._turns = os.open(self.directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            yield
        finally:
            fcntl.flock(self._turns, fcntl.LOCK_UN)

    def _is_mine(self, turns: int) -> bool:
        """Wait for the turn; whether the others wait for the same."""
        fcntl.flock(turns, fcntl.LOCK_EX)
        try:
            return os.stat(self.directory / LOCK).st_ino == os.fstat(turns).st_ino
        except FileNotFoundError:
            return False


def _lines(end: _End, records: Sequence[Record], at: int) -> tuple[bytes, str]:
    """What is to be written behind the end, and the digest of the last of it."""
    number, digest, made = end.number, end.digest, []
    if end.torn:
        rest = b"" if end.torn.endswith(b"\n") else b"\n"
        torn = end.torn + rest
        records = [own(at, MENDED, count=len(torn), proof=sha256(torn).hexdigest()), *records]
        made.append(rest)
    for record in records:
        number += 1
        line, digest = chain.write(digest, number, record)
        made.append(line)
    return b"".join(made), digest


def _index(month: str) -> int:
    year, _, number = month.partition("-")
    return int(year) * 12 + int(number)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _blame(error: OSError) -> StoreFull | StoreFailed:
    if error.errno in _FULL:
        return StoreFull("the disk is full and the audit log cannot be written: nothing was changed; free some space")
    return StoreFailed(f"the audit log cannot be written ({error.strerror}): nothing was changed; look after its files")
