"""Extent: whether every page of a data file that counts lies before its end. It is seen without LMDB, which maps the
file: to read a page beyond the end would end the process by SIGBUS, without a word.

Pages at the end that are free may never have been written; so a file may well be shorter than LMDB says, and then it
is looked up which pages are free.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from jivod.model.errors import Damaged

_MAGIC = 0xBEEFC0DE
_META = struct.Struct("<16xII16xI36xQ48xQQ")  # magic, version, page size, root of the free pages, last page, txn
_PAGE = struct.Struct("<8x2xHHH")  # flags, end of the pointers, start of the nodes
_NODE = struct.Struct("<HHHH")  # a number of three parts: of a branch the page, of a leaf the length; length of the key
_BRANCH, _LEAF = 0x01, 0x02
_APART = 0x01  # the value lies on pages of its own
_NONE = (1 << 64) - 1
_TRIES = 3  # somebody may be writing


def is_whole(data: Path) -> bool:
    """Whether all pages are there, or none can be looked up: LMDB itself refuses what is no file of its own."""
    return any(_is_whole(data) for _ in range(_TRIES))


def _is_whole(data: Path) -> bool:
    with data.open("rb") as file:
        found = _newest(file)
        if found is None:
            return True
        size, free, last = found
        end = file.seek(0, 2) // size  # read after the meta pages: the others are written before them
        if end > last:
            return True
        try:
            spare = {page for page in _free(file, size, free, set()) if end <= page <= last}
        except (struct.error, Damaged):
            return False
        return len(spare) == last + 1 - end


def _newest(file: BinaryIO) -> tuple[int, int, int] | None:
    """Of the newer of the two meta pages: size of a page, root of the free pages, last page."""
    metas = [_meta(file, 0)]
    if metas[0] is not None:
        metas.append(_meta(file, metas[0][1]))
    known = [meta for meta in metas if meta is not None]
    if len(known) < 2:
        return None
    _, size, free, last = max(known)
    return size, free, last


def _meta(file: BinaryIO, at: int) -> tuple[int, int, int, int] | None:
    file.seek(at)
    raw = file.read(_META.size)
    if len(raw) < _META.size:
        return None
    magic, _, size, free, last, txn = _META.unpack(raw)
    return (txn, size, free, last) if magic == _MAGIC and size.bit_count() == 1 and size >= 256 else None


def _free(file: BinaryIO, size: int, root: int, seen: set[int]) -> Iterator[int]:
    """The free pages that stand in the tree under page `root`. Raises Damaged, struct.error."""
    if root == _NONE:
        return
    if root in seen:
        raise Damaged("a page of the store stands in two places")
    seen.add(root)
    page = _read(file, root * size, size)
    flags, end, _ = _PAGE.unpack_from(page)
    for (pointer,) in struct.iter_unpack("<H", page[_PAGE.size : end]):
        low, high, more, key = _NODE.unpack_from(page, pointer)
        if flags & _BRANCH:
            yield from _free(file, size, low | high << 16 | more << 32, seen)
        elif flags & _LEAF:
            yield from _listed(file, size, page, pointer + _NODE.size + key, low | high << 16, bool(more & _APART))


def _listed(file: BinaryIO, size: int, page: bytes, at: int, length: int, is_apart: bool) -> Iterator[int]:
    """The pages that one value names: their count, and each."""
    value = page[at : at + length]
    if is_apart:
        (first,) = struct.unpack_from("<Q", page, at)
        value = _read(file, first * size + _PAGE.size, length)
    (count,) = struct.unpack_from("<Q", value)
    yield from struct.unpack_from(f"<{min(count, length // 8)}Q", value, 8)


def _read(file: BinaryIO, at: int, length: int) -> bytes:
    if at + length > file.seek(0, 2):
        raise Damaged("a page of the store lies beyond the end of its file")
    file.seek(at)
    return file.read(length)
