"""Rot of whole files: what may lie where the store should be, each made out of a good one."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path
from random import Random

from jivod.store.place import DATA, LOCK

PAGE = 4096
MAGIC_AT, VERSION_AT, PAGE_SIZE_AT = 16, 20, 40  # in a meta page

Make = Callable[[Path, bytes], None]
"""Makes something in the place of the directory, given the bytes of a good data file."""


def _content(change: Callable[[bytes], bytes]) -> Make:
    def make(home: Path, good: bytes) -> None:
        home.mkdir(mode=0o700)
        (home / DATA).write_bytes(change(good))

    return make


def _over(content: bytes, data: bytes, *places: int) -> bytes:
    changed = bytearray(content)
    for at in places:
        changed[at : at + len(data)] = data
    return bytes(changed)


def _directory(home: Path, _: bytes) -> None:
    (home / DATA).mkdir(parents=True)


def _pipe(home: Path, _: bytes) -> None:
    home.mkdir()
    os.mkfifo(home / DATA)


def _lock_is_a_directory(home: Path, good: bytes) -> None:
    home.mkdir()
    (home / DATA).write_bytes(good)
    (home / LOCK).mkdir()


def _file_for_the_directory(home: Path, good: bytes) -> None:
    home.write_bytes(good)


def _data_leads_nowhere(home: Path, _: bytes) -> None:
    home.mkdir()
    (home / DATA).symlink_to("not-mounted")


def _all_leads_nowhere(home: Path, _: bytes) -> None:
    home.symlink_to("not-mounted")


def _lock_alone(home: Path, _: bytes) -> None:
    home.mkdir()
    (home / LOCK).write_bytes(bytes(8192))


def _half_made(home: Path, good: bytes) -> None:
    """As a power cut leaves a creation: beside the place, cut short."""
    beside = home.with_name(f".{home.name}.new")
    beside.mkdir()
    (beside / DATA).write_bytes(good[:5000])


CUT, ALIEN, NO_FILE = "cut short: restore a backup", "no LMDB 0.9 file", "is no file: move it away"
NOWHERE, NO_STORE = "leads nowhere: is the disk mounted", "holds something that is no store"

DAMAGED: dict[str, tuple[Make, str]] = {
    "empty": (_content(lambda good: b""), CUT),
    "one page": (_content(lambda good: good[:PAGE]), CUT),
    "meta pages alone": (_content(lambda good: good[: 2 * PAGE]), CUT),
    "half": (_content(lambda good: good[: len(good) // 2]), CUT),
    "amid a page": (_content(lambda good: good[: len(good) // 2 + 77]), CUT),
    "without the last page": (_content(lambda good: good[:-PAGE]), CUT),
    "without the last byte": (_content(lambda good: good[:-1]), CUT),
    "first meta page zero": (_content(lambda good: _over(good, bytes(PAGE), 0)), ALIEN),
    "second meta page zero": (_content(lambda good: _over(good, bytes(PAGE), PAGE)), ALIEN),
    "both meta pages zero": (_content(lambda good: bytes(2 * PAGE) + good[2 * PAGE :]), ALIEN),
    "all zero": (_content(lambda good: bytes(len(good))), ALIEN),
    "only the meta pages are not zero": (
        _content(lambda good: good[: 2 * PAGE] + bytes(len(good) - 2 * PAGE)),
        "damaged",
    ),
    "garbage": (_content(lambda good: Random(1).randbytes(len(good))), ALIEN),
    "another format": (_content(lambda good: b"SQLite format 3\0" + bytes(len(good))), ALIEN),
    "another version": (_content(lambda good: _over(good, struct.pack("<I", 2), VERSION_AT, PAGE + VERSION_AT)), ALIEN),
    "one of another version": (_content(lambda good: _over(good, struct.pack("<I", 999), VERSION_AT)), ALIEN),
    "pages of no size": (_content(lambda good: _over(good, bytes(4), PAGE_SIZE_AT)), ALIEN),
    "huge pages": (_content(lambda good: _over(good, struct.pack("<I", 1 << 30), PAGE_SIZE_AT)), ALIEN),
    "a directory for the file": (_directory, NO_FILE),
    "a pipe for the file": (_pipe, NO_FILE),
    "a directory for the lock": (_lock_is_a_directory, NO_FILE),
}
"""What is told as damage, with some of the words."""

NONE: dict[str, tuple[Make, str]] = {
    "a file for the directory": (_file_for_the_directory, "is no directory: move it away"),
    "a link to nowhere": (_data_leads_nowhere, NOWHERE),
    "a directory that is a link to nowhere": (_all_leads_nowhere, NOWHERE),
    "a lock alone": (_lock_alone, NO_STORE),
}
"""Where there is no store, and none may be made: what the daemon says."""

HALF_MADE: Make = _half_made
