"""Logbook: the files of the audit log: one a month, like 000000000001-2026-11.log: number of the first record, month.

They are only ever appended to, so they are read without a lock; a last line that is not whole yet is passed over.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from jivod.model.errors import Damaged
from jivod.store import chain
from jivod.store.chain import LINE_MAX, Kept

WINDOW = 4 * LINE_MAX  # bytes at the end of a file in which its last record lies
TAIL_MAX = 1 << 24  # bytes, if it has to be looked for
PAGE_BYTES = 2 << 20  # that are read for one page

_DAY = 86_400_000  # ms
_NAME = re.compile(r"([0-9]{12})-([0-9]{4}-[0-9]{2})\.log", re.ASCII)
_NUMBER = re.compile(rb'.{77}"number":([0-9]{1,18}),')


@frozen
class File:
    """A file of the log, which begins with record `first`, of `month` (like 2026-11)."""

    path: Path
    first: int
    month: str


@frozen
class Tail:
    """The end of a file: its last record, if it has one, and what stands behind that."""

    last: Kept | None
    torn: bytes


def files(directory: Path) -> list[File]:
    """All of them, in their order. Raises Damaged where they cannot be listed."""
    return [_file(directory, name) for name in sorted(_names(directory))]


def newest(directory: Path) -> File | None:
    """The last of them."""
    name = max(_names(directory), default=None)
    return None if name is None else _file(directory, name)


def name_of(number: int, at: int) -> str:
    """The name of a file that begins with this record, made at `at` (UNIX ms)."""
    return f"{number:012}-{month_of(at)}.log"


def month_of(at: int) -> str:
    """The month of a moment (UNIX ms), in UTC."""
    return _month(at // _DAY)


@lru_cache(maxsize=64)
def _month(day: int) -> str:
    return f"{datetime.fromtimestamp(day * _DAY // 1000, UTC):%Y-%m}"


def open_file(path: Path) -> BinaryIO:
    """A file of the log for reading; no link is followed. Raises FileNotFoundError, and Damaged if that cannot be."""
    try:
        return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _unreadable(error) from error


def tail(file: BinaryIO) -> Tail:
    """How a file ends. Raises Damaged where no record can be found far and wide."""
    size = os.fstat(file.fileno()).st_size
    window = WINDOW
    while True:
        start = max(0, size - window)
        data = os.pread(file.fileno(), size - start, start)
        found = _last(data, is_whole=start == 0)
        if found is not None:
            return found
        if start == 0:
            return Tail(None, data)
        if window >= TAIL_MAX:
            raise Damaged("the audit log ends in what is no record; see `jivod audit verify`, and move the file aside")
        window *= 4


def _last(data: bytes, *, is_whole: bool) -> Tail | None:
    end = len(data)
    while (newline := data.rfind(b"\n", 0, end)) >= 0:
        begin = data.rfind(b"\n", 0, newline) + 1
        if begin == 0 and not is_whole:
            return None
        try:
            return Tail(chain.read(data[begin : newline + 1]), data[newline + 1 :])
        except ValueError:
            end = newline
    return None


@frozen(kw_only=True)
class Wanted:
    """Which records: about the customer `of`, made by `by`, from `since` (UNIX ms) on. Without any: all."""

    of: str | None = None
    by: str | None = None
    since: int | None = None

    def may_be(self, line: bytes) -> bool:
        """Whether this may be the line of one of them: asked first, for most are not."""
        return self.of is None or self.of.encode("utf-8", "replace") in line

    def fits(self, kept: Kept) -> bool:
        """Whether this is one of them."""
        record = kept.record
        return (
            (self.of is None or self.of in record.customers)
            and (self.by is None or self.by == record.by)
            and (self.since is None or record.at >= self.since)
        )


def page(directory: Path, wanted: Wanted, after: int, limit: int) -> tuple[list[Kept], int | None]:
    """Records behind number `after`, in their order; and the number behind which the next page begins, None at the
    end. A page may be shorter than asked for, even empty, where much is passed over: so is what is no record.
    """
    found: list[Kept] = []
    last, left = after, PAGE_BYTES
    for line in _lines(directory, after):
        match = _NUMBER.match(line)
        if match is None or int(match[1]) <= after:
            continue
        if len(found) == limit or left < 0:
            return found, last
        left, last = left - len(line), int(match[1])
        if wanted.may_be(line) and (kept := _read(line)) is not None and wanted.fits(kept):
            found.append(kept)
    return found, None


def _read(line: bytes) -> Kept | None:
    try:
        return chain.read(line)
    except ValueError:
        return None


def start_of(directory: Path, since: int) -> int:
    """A number behind which all records from `since` (UNIX ms) on stand, as far as the names of the files tell."""
    older = [file for file in files(directory) if file.month < month_of(since)]
    return max(0, older[-1].first - 1) if older else 0


def _lines(directory: Path, after: int) -> Iterator[bytes]:
    there = files(directory)
    behind = [index for index, file in enumerate(there) if file.first <= after + 1]
    for index, each in enumerate(there[behind[-1] if behind else 0 :]):
        try:
            with open_file(each.path) as file:
                if index == 0:
                    file.seek(_offset(file, after))
                while line := file.readline(LINE_MAX + 1):
                    yield line
        except FileNotFoundError:  # it has just become too old
            continue


def _offset(file: BinaryIO, after: int) -> int:
    """Where a line begins that is not behind that of record `after`, and near it."""
    low, high = 0, os.fstat(file.fileno()).st_size
    while high - low > WINDOW:
        middle = (low + high) // 2
        file.seek(middle)
        file.readline(LINE_MAX + 1)
        begin = file.tell()
        match = _NUMBER.match(file.readline(LINE_MAX + 1))
        if match is None or begin >= high or int(match[1]) > after:
            high = middle
        else:
            low = begin
    return low


def _names(directory: Path) -> list[str]:
    try:
        return list(filter(_NAME.fullmatch, os.listdir(directory)))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _unreadable(error) from error


def _unreadable(error: OSError) -> Damaged:
    return Damaged(f"the audit log cannot be read ({error.strerror}): look after its files in the state directory")


def _file(directory: Path, name: str) -> File:
    match = _NAME.fullmatch(name)
    assert match is not None
    return File(directory / name, int(match[1]), match[2])
