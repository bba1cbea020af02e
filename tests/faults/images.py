"""Images: the states in which a power cut may leave the disk, built from a recorded trace as ALICE and CrashMonkey do.

What was flushed is there. Of what was written since, all is there or nothing, some, the first, or single sectors. The
same holds for names: a file or directory that was made or renamed has its name for sure once the directory is flushed.

LMDB makes the store in one file, in a directory of its own that is then renamed; so there is one file to think of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from random import Random

from attrs import define, field, frozen

from tests.faults.shim import Record

SECTOR = 512
NAME = "data.mdb"

Piece = tuple[int, bytes]
"""Where in the file, and what."""


@frozen
class Crash:
    """A state of the disk. `directory` is the name of the one that holds the file, None if there is none yet;
    `content` is None if the file has no name there. Groups up to `acked` were acknowledged, -1: not even the opening;
    `begun` is the last that the store was told of.
    """

    directory: str | None
    content: bytes | None
    acked: int
    begun: int


@define(eq=False)
class Disk:
    """What is there for sure, and what was written since the last flush. `forgets` the flushes of these kinds."""

    forgets: str = ""
    durable: bytearray = field(factory=bytearray)
    pending: list[Piece] = field(factory=list)
    names: list[str] = field(factory=list)  # of the directory; all but the first may be lost
    is_listed: bool = False  # the file in it
    moves: int = 0  # of what is there for sure
    acked: int = -1
    begun: int = 0

    def take(self, record: Record) -> None:
        """Do what was recorded."""
        if record.op == "W":
            self._name(record.path)
            self.pending.append((record.offset, record.data))
        elif record.op == "D":
            apply(self.durable, [(record.offset, record.data)])
        elif record.op == "R":
            self.names.append(PurePath(record.data.decode()).name)
        elif record.op == "M":
            self._heed(record.data.decode())
        elif record.op not in ("S", "F"):
            raise AssertionError(f"nobody knows what a crash leaves of {record.op}")
        elif record.op not in self.forgets:
            self._flush(record)
        self.moves += record.op in ("D", "S", "F")

    def _name(self, path: str) -> None:
        if not self.names:
            self.names.append(PurePath(path).parent.name)

    def _flush(self, record: Record) -> None:
        if record.op == "S":
            apply(self.durable, self.pending)
            self.pending.clear()
        elif self.names and PurePath(record.path).name == self.names[-1]:
            self.is_listed = True
        else:
            del self.names[:-1]

    def _heed(self, text: str) -> None:
        word, _, number = text.partition(" ")
        if word == "begin":
            self.begun = int(number)
        else:
            self.acked = int(number or 0)


def apply(content: bytearray, pieces: Sequence[Piece]) -> None:
    """Write `pieces`; what lies between them and the end is zero."""
    for offset, data in pieces:
        if len(content) < offset:
            content.extend(bytes(offset - len(content)))
        content[offset : offset + len(data)] = data


def crashes(
    records: Sequence[Record], random: Random, at_each: int, seen: set[int], *, forgets: str = ""
) -> Iterator[Crash]:
    """Up to `at_each` states for a crash amid each call, none of them chosen before: what was is in `seen`."""
    disk = Disk(forgets=forgets)
    for record in records:
        amid = [(record.offset, record.data)] if record.op in ("W", "D") else []
        for _ in range(at_each if record.op != "M" else 0):
            directory = random.choice(disk.names) if disk.names else None
            is_listed = directory is not None and (disk.is_listed or random.random() < 0.5)
            pieces = random.choice(MODES)(random, [*disk.pending, *amid]) if is_listed else []
            choice = hash((disk.moves, disk.acked, disk.begun, directory, is_listed, tuple(pieces)))
            if choice not in seen:
                seen.add(choice)
                yield _crash(disk, directory, pieces if is_listed else None)
        disk.take(record)


def _crash(disk: Disk, directory: str | None, pieces: Sequence[Piece] | None) -> Crash:
    if pieces is None:
        return Crash(directory, None, disk.acked, disk.begun)
    content = bytearray(disk.durable)
    apply(content, pieces)
    return Crash(directory, bytes(content), disk.acked, disk.begun)


def _none(_: Random, pieces: list[Piece]) -> list[Piece]:
    return []


def _all(_: Random, pieces: list[Piece]) -> list[Piece]:
    return pieces


def _some(random: Random, pieces: list[Piece]) -> list[Piece]:
    return [piece for piece in pieces if random.random() < 0.5]


def _first(random: Random, pieces: list[Piece]) -> list[Piece]:
    return pieces[: random.randint(0, len(pieces))]


def _torn(random: Random, pieces: list[Piece]) -> list[Piece]:
    return [sector for piece in pieces for sector in _sectors(piece) if random.random() < 0.5]


def _sectors(piece: Piece) -> Iterator[Piece]:
    """No disk tears a sector, so a piece is cut where sectors of the file end."""
    offset, data = piece
    at = 0
    while at < len(data):
        size = SECTOR - (offset + at) % SECTOR
        yield offset + at, data[at : at + size]
        at += size


MODES: tuple[Callable[[Random, list[Piece]], list[Piece]], ...] = (_none, _all, _some, _some, _first, _torn, _torn)
"""How much of what was not flushed is there; the likelier ones stand here twice."""
