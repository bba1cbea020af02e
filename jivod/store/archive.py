"""Archive: a backup file: a manifest, and behind it rows of tables in one zstd stream.

A row is the length of its key (2 bytes), that of its value (4 bytes), key, value. A row without a key begins the table
that its value names; one with neither is the end.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any, BinaryIO

from attrs import define, evolve, field

from jivod.model.errors import Damaged
from jivod.store import manifest as manifests
from jivod.store.kv import KEY_MAX
from jivod.store.manifest import Manifest

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Row = tuple[bytes, bytes]
Page = tuple[str, list[Row]]
"""Rows of one table, in their order."""

LEVEL = 3  # 6 takes half as long again and saves nothing (measured)
VALUE_MAX = 80 << 20  # bytes: a body of the highest body_limit, with its header
PAGE = 250  # rows to a page
PAGE_BYTES = 4 << 20  # at about which a page ends before that
_CHUNK = 1 << 20
_TABLE_MAX = 64
_WINDOW = {int(zstd.DecompressionParameter.window_log_max): 27}  # 128 MiB at most, whatever a file says

_LENGTHS = struct.Struct(">HI")


@define(eq=False)
class Writer:
    """Writes the file; the manifest comes last, and to the beginning."""

    _file: BinaryIO
    _compressor: zstd.ZstdCompressor = field(factory=lambda: zstd.ZstdCompressor(LEVEL), init=False)
    _pending: bytearray = field(factory=bytearray, init=False)
    _checksum: Any = field(factory=sha256, init=False)
    _rows: int = field(default=0, init=False)
    _raw: int = field(default=0, init=False)
    _size: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self._file.write(bytes(manifests.SIZE))

    def table(self, name: str, rows: Iterable[Row]) -> None:
        """All rows of one table, or some."""
        self._put(b"", name.encode())
        count = 0
        for key, value in rows:
            self._put(key, value)
            count += 1
        self._rows += count

    def finish(self, manifest: Manifest) -> Manifest:
        """Write `manifest` with what is known of the file now, and return it so. Flushing is left to others."""
        self._put(b"", b"")
        self._flush()
        self._out(self._compressor.flush())
        whole = evolve(
            manifest, rows=self._rows, raw=self._raw, size=self._size, checksum=self._checksum.hexdigest()
        )  # fmt: skip
        self._file.seek(0)
        self._file.write(manifests.encode(whole))
        return whole

    def _put(self, key: bytes, value: bytes) -> None:
        self._pending += _LENGTHS.pack(len(key), len(value)) + key + value
        if len(self._pending) >= _CHUNK:
            self._flush()

    def _flush(self) -> None:
        self._raw += len(self._pending)
        self._out(self._compressor.compress(self._pending))
        self._pending.clear()

    def _out(self, data: bytes) -> None:
        self._file.write(data)
        self._checksum.update(data)
        self._size += len(data)


def read_manifest(file: BinaryIO, name: str) -> Manifest:
    """What the file called `name` says of itself. Raises as `manifest.decode` does."""
    file.seek(0)
    return manifests.decode(file.read(manifests.SIZE), name)


def verify(file: BinaryIO, manifest: Manifest, name: str, step: Callable[[int, int], None]) -> None:
    """Raise Damaged unless every byte of the file is as it was written. `step` gets (bytes done, of)."""
    file.seek(manifests.SIZE)
    checksum, size = sha256(), 0
    while size <= manifest.size and (data := file.read(_CHUNK)):
        checksum.update(data)
        size += len(data)
        step(size, manifest.size)
    if size != manifest.size:
        state = "cut short" if size < manifest.size else "longer than it was written"
        raise Damaged(f"{name} is damaged: it is {state}; take another backup")
    if checksum.hexdigest() != manifest.checksum:
        raise Damaged(f"{name} is damaged: its checksum is wrong; take another backup")


def pages(file: BinaryIO, manifest: Manifest, name: str) -> Iterator[Page]:
    """All rows of the file, in pages. Raises Damaged; also where it holds more than its manifest says, at once."""
    file.seek(manifests.SIZE)
    try:
        with zstd.ZstdFile(file, options=_WINDOW) as stream:
            yield from _Unpacking(stream, manifest).pages()
    except (zstd.ZstdError, EOFError, ValueError) as error:
        raise Damaged(f"{name} cannot be unpacked: it is damaged, or no backup of jivod") from error


@define(eq=False)
class _Unpacking:
    stream: zstd.ZstdFile
    manifest: Manifest
    raw: int = 0
    rows: int = 0

    def pages(self) -> Iterator[Page]:
        """Until the end. Raises ValueError for what no writer wrote."""
        table, page, size = "", list[Row](), 0
        while True:
            key, value = self.row()
            if page and (not key or len(page) >= PAGE or size >= PAGE_BYTES):
                yield table, page
                page, size = [], 0
            if key:
                page.append((key, value))
                size += len(value)
            elif value:
                table = value.decode()
            else:
                break
        if (self.rows, self.raw) != (self.manifest.rows, self.manifest.raw) or self.stream.read(1):
            raise ValueError("other rows than the manifest tells")

    def row(self) -> Row:
        key, value = _LENGTHS.unpack(self.read(_LENGTHS.size))
        if key > KEY_MAX or value > (VALUE_MAX if key else _TABLE_MAX):
            raise ValueError("a row is too long")
        self.raw += _LENGTHS.size + key + value
        self.rows += key > 0
        if self.raw > self.manifest.raw:
            raise ValueError("more than the manifest tells")
        return self.read(key), self.read(value)

    def read(self, count: int) -> bytes:
        found = self.stream.read(count) if count else b""
        if len(found) != count:
            raise EOFError
        return found
