"""Copies: a store as it is now, in another directory, while others read and write."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import lmdb

from jivod.model.errors import StoreFailed
from jivod.store import place
from jivod.store.lmdb.house import House, begin, free_disk


def compact(house: House, path: Path) -> None:
    """See `LmdbEngine.copy`."""
    path.mkdir(mode=0o700)
    try:
        house.env.copy(str(path), compact=True)
    except lmdb.Error as error:
        shutil.rmtree(path)
        raise StoreFailed(f"the copy was not made: {error}; {free_disk(path.parent)} bytes are free there") from error
    place.seal(path)


def freeze(house: House, path: Path) -> None:
    """See `LmdbEngine.freeze`."""
    path.mkdir(mode=0o700)
    try:
        with (path / place.DATA).open("wb") as target:
            with begin(house, write=True):  # so nobody commits
                source = house.open_data()
                reader = begin(house, write=False)  # from here on its pages stay as they are
                size, meta_pages = house.size(0).used, 2 * house.env.stat()["psize"]
                target.write(source.read(meta_pages))
            with reader, source:
                target.flush()
                _copy_rest(source.fileno(), target.fileno(), meta_pages, size)
    except (OSError, lmdb.Error) as error:
        shutil.rmtree(path)
        raise StoreFailed(f"the copy was not made: {error}") from error


def _copy_rest(source: int, target: int, start: int, end: int) -> None:
    end = min(end, os.fstat(source).st_size)  # the last pages may be free ones that were never written
    while start < end:
        start += os.sendfile(target, source, start, end - start)
