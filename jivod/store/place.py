"""Place: the directory of an environment: made whole or not at all, and never mistaken for an empty one.

A crash while LMDB writes its first pages can leave a file that no open survives. So they are written in a directory
beside the right one, flushed, and renamed. Two processes that come at once take turns.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jivod.model.errors import Damaged, Refused

DATA = "data.mdb"
_SMALLEST = 8192  # bytes: two meta pages


def ensure(path: Path, create: Callable[[Path], None]) -> None:
    """Make sure that `path` holds an environment; `create` fills the directory that it is given.

    Raises Damaged if the file there is cut short, Refused if the directory holds something else.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _turn(path.parent):
        if not (path / DATA).exists():
            _make(path, create)
    if (path / DATA).stat().st_size < _SMALLEST:
        raise Damaged("the data file of the store is cut short: restore a backup")


def _make(path: Path, create: Callable[[Path], None]) -> None:
    if path.exists() and any(path.iterdir()):
        raise Refused(f"{path} holds something that is no store: name an empty or a new directory")
    beside = path.with_name(f".{path.name}.new")
    shutil.rmtree(beside, ignore_errors=True)  # of a creation that was cut off
    beside.mkdir(mode=0o700)
    create(beside)
    seal(beside)
    beside.rename(path)
    _flush(path.parent)


def seal(path: Path) -> None:
    """Make what was written in the directory of an environment durable and nobody else's."""
    (path / DATA).chmod(0o600)
    _flush(path / DATA)
    _flush(path)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _turn(directory: Path) -> Iterator[None]:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
