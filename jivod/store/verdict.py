"""Verdict: whether the audit log is what was written, each record behind the one before it, with none changed or gone.

It proves that of what is between the first record and the last. That the end was not cut, and that nobody made the
whole anew, is proven by a head that was noted elsewhere: the number and digest of a record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from attrs import Factory, define, frozen

from jivod.model.audit import CONTINUED, MENDED, TRIMMED
from jivod.model.errors import Damaged
from jivod.store import chain, logbook
from jivod.store.chain import LINE_MAX, START, Kept

FAULTS = 100  # are enough to say that there are


@frozen
class Head:
    """What stands for all records up to this one."""

    number: int
    digest: str


@frozen
class Fault:
    """What is wrong in line `line` of the file called `file`."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file} line {self.line}: {self.what}"


@define(eq=False)
class Verdict:
    """`torn`: where a crash cut a write off, and the log went on. `head`: its last record."""

    records: int = 0
    first: int = 0
    head: Head = Head(0, START)
    faults: list[Fault] = Factory(list)
    torn: list[Fault] = Factory(list)


def verify(directory: Path, noted: Head | None = None) -> Verdict:
    """Read the whole log. With the head that was `noted` also whether it is still part of it."""
    reader = _Reader(noted)
    for file in logbook.files(directory):
        try:
            with logbook.open_file(file.path) as lines:
                reader.read(file.path.name, lines)
        except FileNotFoundError:  # it has just become too old
            continue
        except Damaged as error:
            reader.fault(Fault(file.path.name, 1, str(error)))
    reader.end()
    return reader.verdict


def head(directory: Path) -> Head:
    """The last record, without a look at those before it; number 0 where there is none. Raises Damaged."""
    for each in reversed(logbook.files(directory)):
        with logbook.open_file(each.path) as file:
            last = logbook.tail(file).last
        if last is not None:
            return Head(last.number, last.digest)
    return Head(0, START)


@define(eq=False)
class _Piece:
    """Lines that are no records, one behind the other: where they begin, how much, and their digest."""

    place: Fault
    size: int = 0
    is_whole: bool = False  # ends as a line does
    digest: Any = Factory(hashlib.sha256)

    def add(self, line: bytes) -> None:
        self.size += len(line)
        self.digest.update(line)
        self.is_whole = line.endswith(b"\n")


class _Reader:
    def __init__(self, noted: Head | None) -> None:
        self.verdict = Verdict()
        self._noted = noted
        self._is_noted_seen = False
        self._trimmed: set[int] = set()
        self._piece: _Piece | None = None
        self._before = ""
        self._place = Fault("", 0, "")
        self._start = Fault("", 0, "")

    def fault(self, fault: Fault) -> None:
        if len(self.verdict.faults) < FAULTS:
            self.verdict.faults.append(fault)

    def read(self, name: str, file: BinaryIO) -> None:
        """The next file."""
        self._end_of_file(is_last=False)
        is_first = True
        for number, line in enumerate(_lines(file), 1):
            self._place = Fault(name, number, "")
            try:
                kept = chain.read(line)
            except ValueError:
                self._strange(line)
                continue
            if is_first and kept.record.action != CONTINUED:
                self._say("the file does not begin as the log began it: what stood before this is gone")
            is_first = False
            self._take(kept, line)

    def end(self) -> None:
        """All was read."""
        self._end_of_file(is_last=True)
        found, noted = self.verdict, self._noted
        if found.first > 1 and found.first not in self._trimmed:
            self.fault(_at(self._start, f"records 1 to {found.first - 1} are gone, and not because they were too old"))
        if noted is None or self._is_noted_seen:
            return
        if noted.number > found.head.number:
            what = f"the log ends with record {found.head.number}: what came behind it, up to {noted.number}, is gone"
            self.fault(_at(self._place, what))
        elif noted.number >= found.first:
            self.fault(_at(self._start, f"record {noted.number} is gone, whose digest was noted"))
        else:
            self.fault(_at(self._start, f"record {noted.number} was too old to be kept: verify with a later head"))

    def _take(self, kept: Kept, line: bytes) -> None:
        found, is_begin = self.verdict, not self.verdict.records
        if is_begin:
            found.first, self._start = kept.number, self._place
            is_numbered, before = True, kept.record.proof if kept.record.action == CONTINUED else START
            if kept.number == 1 and before != START:
                self._say("the first record names one before it")
        else:
            is_numbered, before = kept.number == found.head.number + 1, found.head.digest
        follows = chain.follows(line, kept, before)
        if not follows:
            self._say(f"record {kept.number} is not what was written behind the one before it")
        elif not is_numbered:
            self._say(f"records {found.head.number + 1} to {kept.number - 1} are gone")
        self._mend(kept, follows=follows)
        if kept.record.action == TRIMMED:
            self._trimmed.add(kept.record.count)
        if self._noted is not None and kept.number == self._noted.number:
            self._is_noted_seen = True
            if kept.digest != self._noted.digest:
                self._say(f"record {kept.number} is not the one whose digest was noted")
        found.records += 1
        found.head = Head(kept.number, kept.digest)

    def _strange(self, line: bytes) -> None:
        if self._piece is None:
            self._piece = _Piece(self._place)
        self._piece.add(line)

    def _mend(self, kept: Kept, *, follows: bool) -> None:
        """Whether what stood before this record is what it says."""
        piece, self._piece, record = self._piece, None, kept.record
        is_mended = record.action == MENDED and follows
        if piece is None:
            if is_mended:
                self._say(f"what record {kept.number} tells of is gone")
        elif is_mended and (record.count, record.proof) == (piece.size, piece.digest.hexdigest()):
            self.verdict.torn.append(_at(piece.place, "a write was cut off here, and the log went on behind it"))
        else:
            self.fault(_at(piece.place, "this is no record of the log"))

    def _end_of_file(self, *, is_last: bool) -> None:
        piece, self._piece = self._piece, None
        if piece is None:
            return
        if is_last and not piece.is_whole:
            self.verdict.torn.append(_at(piece.place, "a write was cut off here; the next record will tell of it"))
        else:
            self.fault(_at(piece.place, "this is no record of the log"))

    def _say(self, what: str) -> None:
        self.fault(_at(self._place, what))


def _at(place: Fault, what: str) -> Fault:
    return Fault(place.file, place.line, what)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines, or what there is in their place, in pieces that fit into memory."""
    while line := file.readline(LINE_MAX + 1):
        yield line
