"""End: where the audit log ends, and how more is written behind it. Whoever calls has the turn: nobody else writes."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from attrs import define

from jivod.model.audit import CONTINUED, MENDED, Record, own
from jivod.store import chain, logbook

_CUT = b"...\n"  # behind what was cut off
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
_DRAFT = ".new"


@define
class End:
    """The log ends in this open file, of so many bytes, with record `number` of this digest; `torn` is what a crash
    left behind that.
    """

    path: Path
    month: str
    descriptor: int
    inode: int
    size: int
    number: int
    digest: str
    torn: bytes

    def is_same(self) -> bool:
        """Whether nobody wrote to this file since, nor put another in its place."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return False
        return (found.st_ino, found.st_size) == (self.inode, self.size)

    def write(self, records: Sequence[Record], at: int) -> None:
        """Write them behind the end, all or none. Raises OSError; then this is the end no more."""
        data, number, digest = self._lines(records, at)
        written = os.write(self.descriptor, data)
        if written < len(data):
            with suppress(OSError):  # else it stays, and is told of
                os.ftruncate(self.descriptor, self.size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.size += len(data)
        self.number, self.digest, self.torn = number, digest, b""

    def close(self) -> None:
        """Let the file go."""
        os.close(self.descriptor)

    def _lines(self, records: Sequence[Record], at: int) -> tuple[bytes, int, str]:
        """What is to be written, and number and digest of the last of it."""
        number, digest, made = self.number, self.digest, []
        if self.torn:
            rest = b"" if self.torn.endswith(b"\n") else _CUT  # a whole record without its end stays none
            torn = self.torn + rest
            records = [own(at, MENDED, count=len(torn), proof=sha256(torn).hexdigest()), *records]
            made.append(rest)
        for record in records:
            number += 1
            line, digest = chain.write(digest, number, record)
            made.append(line)
        return b"".join(made), number, digest


def open_end(newest: logbook.File, least: int) -> End:
    """The end of the log, in the `newest` file. Of a lower number than `least` it cannot be but that somebody cut it:
    then numbers go on behind that, and the gap is to be seen.
    """
    with logbook.open_file(newest.path) as file:
        tail = logbook.tail(file)
    number, digest = newest.first - 1, chain.START
    if tail.last is not None:
        number, digest = tail.last.number, tail.last.digest
    descriptor = os.open(newest.path, _FLAGS)
    found = os.fstat(descriptor)
    return End(
        path=newest.path, month=newest.month, descriptor=descriptor, inode=found.st_ino, size=found.st_size,
        number=max(number, least), digest=digest, torn=tail.torn,
    )  # fmt: skip


def begin_file(directory: Path, number: int, before: str, at: int) -> End:
    """A new file, which begins with record `number` behind that of digest `before`: there with it, or not at all."""
    line, digest = chain.write(before, number, own(at, CONTINUED, proof=before))
    draft, path = directory / _DRAFT, directory / logbook.name_of(number, at)
    with suppress(FileNotFoundError):
        draft.unlink()  # of a process that was killed
    descriptor = os.open(draft, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if os.write(descriptor, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
        draft.rename(path)
        flush_directory(directory)
    except BaseException:
        os.close(descriptor)
        raise
    return End(
        path=path, month=logbook.month_of(at), descriptor=descriptor, inode=os.fstat(descriptor).st_ino,
        size=len(line), number=number, digest=digest, torn=b"",
    )  # fmt: skip


def flush_directory(path: Path) -> None:
    """Have it on disk which files there are."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
