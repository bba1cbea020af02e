"""Place: the directory of an environment: made whole or not at all, and never mistaken for an empty one.

A crash while LMDB writes its first pages can leave a file that no open survives. So they are written in a directory
beside the right one, flushed, and renamed. Two processes that come at once take turns.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jivod.model.errors import Damaged, Refused, StoreFailed
from jivod.store.extent import is_whole

DATA, LOCK = "data.mdb", "lock.mdb"
_SMALLEST = 8192  # bytes: two meta pages
_OF_THE_DISK = (errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def ensure(path: Path, create: Callable[[Path], None]) -> None:
    """Make sure that `path` holds an environment; `create` fills the directory that it is given.

    Raises Damaged if the file there is none or is cut short, Refused if something else is there, StoreFailed if the
    disk fails.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _demand_way(path)
    with _turn(path.parent), _on_disk():
        if not (path / DATA).exists():
            _make(path, create)
        _flush(path.parent)  # also of a name given by a process that was killed before it could flush it
    for file in (path / DATA, path / LOCK):
        if file.exists() and not file.is_file():
            raise Damaged(f"{file} is no file: move it away, and restore a backup")
    if (path / DATA).stat().st_size < _SMALLEST or not is_whole(path / DATA):
        raise Damaged("the data file of the store is cut short: restore a backup")


def _demand_way(path: Path) -> None:
    for place in (path, path / DATA):
        if place.is_symlink() and not place.exists():
            raise Refused(f"{place} leads nowhere: is the disk mounted to which it leads?")
    if path.exists() and not path.is_dir():
        raise Refused(f"{path} is no directory: move it away, or name another state_dir")


def _make(path: Path, create: Callable[[Path], None]) -> None:
    if path.exists() and any(path.iterdir()):
        raise Refused(f"{path} holds something that is no store: name an empty or a new directory")
    beside = path.with_name(f".{path.name}.new")
    shutil.rmtree(beside, ignore_errors=True)  # of a creation that was cut off
    beside.mkdir(mode=0o700)
    create(beside)
    seal(beside)
    beside.rename(path)


def seal(path: Path) -> None:
    """Make what was written in the directory of an environment durable and nobody else's. Raises StoreFailed."""
    with _on_disk():
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
def _on_disk() -> Iterator[None]:
    """What the disk would not do is told as a failure of the store; rights and names are another matter."""
    try:
        yield
    except OSError as error:
        if error.errno not in _OF_THE_DISK:
            raise
        raise StoreFailed(f"the disk of the store fails ({error.strerror}): see to it, and start again") from error


@contextmanager
def _turn(directory: Path) -> Iterator[None]:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
