"""House: an LMDB environment that is open, and its directory: another one may come to stand at its path."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, BinaryIO

import lmdb

from jivod.model.errors import StoreFailed
from jivod.store import place
from jivod.store.kv import Size
from jivod.store.tables import TABLES


def demand_durable(env: lmdb.Environment) -> None:
    """Raise StoreFailed if a commit of `env` would not be on disk when it returns."""
    flags = env.flags()
    if not (flags["sync"] and flags["metasync"]) or flags["writemap"]:
        raise StoreFailed("the store was opened without flushing its commits: an answer would promise too much")


class House:
    """An environment that is open, and the directory it was opened in: another one may come to stand at its path."""

    def __init__(self, path: Path, map_size: int, *, flushes: bool, reads_ahead: bool) -> None:
        self._directory = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self.env = lmdb.open(
                str(path), map_size=map_size, max_dbs=len(TABLES), mode=0o700, create=False, max_spare_txns=1,
                sync=flushes, metasync=flushes, readahead=reads_ahead, lib_version=0,
            )  # fmt: skip
        except BaseException:
            os.close(self._directory)
            raise
        there = os.fstat(self._directory)
        self._identity = there.st_dev, there.st_ino  # nobody else's while the directory is open
        self.users = 1  # the engine; and whoever reads
        try:
            if flushes:
                demand_durable(self.env)
            self.databases = self._existing_tables()
        except BaseException:
            self.close()
            raise

    def is_at(self, path: str) -> bool:
        """Whether it still stands there, or nothing does."""
        try:
            there = os.stat(path)
        except FileNotFoundError:
            return True
        return (there.st_dev, there.st_ino) == self._identity

    def size(self, free_disk: int) -> Size:
        """What is taken and what is left; `free_disk`: bytes, as the caller found them."""
        info = self.env.info()
        used = (info["last_pgno"] + 1) * self.env.stat()["psize"]
        return Size(used=used, mapped=info["map_size"], free_disk=free_disk)

    def open_data(self) -> BinaryIO:
        """Its data file, also where it does not stand at its path any more."""
        descriptor = os.open(place.DATA, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._directory)
        return os.fdopen(descriptor, "rb")

    def close(self) -> None:
        """Leave it. Nobody may be in a transaction; closing twice is no error."""
        self.env.close()
        if self._directory >= 0:
            os.close(self._directory)
            self._directory = -1

    def _existing_tables(self) -> dict[str, Any]:
        with self.env.begin(write=True) as txn:  # handles of a read transaction die with it; this one writes nothing
            there = {bytes(name).decode() for name in self.env.dbs(txn)}
            return {name: self.env.open_db(name.encode(), txn=txn, create=False) for name in TABLES if name in there}


def enter(path: Path, map_size: int, *, flushes: bool, reads_ahead: bool) -> House:
    """The environment at `path`, none of whose files is that of another one which just takes its place there."""
    while True:
        house = House(path, map_size, flushes=flushes, reads_ahead=reads_ahead)
        if house.is_at(str(path)):
            return house
        house.close()


def begin(house: House, *, write: bool) -> lmdb.Transaction[bytes]:
    """A transaction on it. Raises lmdb.Error."""
    try:
        return house.env.begin(write=write)
    except lmdb.MapResizedError:  # another process has a larger map: take its size
        house.env.set_mapsize(0)
        return house.env.begin(write=write)


def free_disk(path: Path) -> int:
    """Bytes that may still be written beside `path`."""
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize
