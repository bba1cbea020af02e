"""A backup file: what went in comes out, in bounded steps; no byte of it may change, and no lie is believed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from io import BytesIO
from itertools import product

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.errors import Damaged, Refused
from jivod.store import archive, manifest
from jivod.store.archive import zstd
from jivod.store.kv import KEY_MAX
from jivod.store.manifest import BACKUP, SIZE, Manifest

BLANK = Manifest(
    kind=BACKUP, version="1", made_at=0, store="s", schema=1, last=0, last_at=0, head="", policies="", erased="",
    kept="", quarantined=0,
)  # fmt: skip
KEYS = st.binary(min_size=1, max_size=40) | st.binary(min_size=KEY_MAX, max_size=KEY_MAX)
TABLES = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.dictionaries(KEYS, st.binary(max_size=200)), max_size=3)


def written(tables: dict[str, dict[bytes, bytes]]) -> tuple[BytesIO, Manifest]:
    file = BytesIO()
    writer = archive.Writer(file)
    for name, rows in tables.items():
        writer.table(name, rows.items())
    return file, writer.finish(BLANK)


def check(file: BytesIO) -> dict[str, dict[bytes, bytes]]:
    """Read a file as a restore does."""
    found = archive.read_manifest(file, "it")
    archive.verify(file, found, "it", lambda done, of: None)
    tables: dict[str, dict[bytes, bytes]] = {}
    for table, rows in archive.pages(file, found, "it"):
        tables.setdefault(table, {}).update(rows)
    return tables


@given(TABLES)
def test_what_was_written_is_read(tables: dict[str, dict[bytes, bytes]]) -> None:
    file, said = written(tables)
    assert archive.read_manifest(file, "it") == said
    assert said.rows == sum(map(len, tables.values()))
    assert check(file) == {name: rows for name, rows in tables.items() if rows}


@given(TABLES)
def test_to_zstd_it_is_a_file_like_any_other(tables: dict[str, dict[bytes, bytes]]) -> None:
    file, said = written(tables)
    assert len(zstd.decompress(file.getvalue())) == said.raw


WHOLE = written({"journal": {bytes([n]): b"body %d" % n * n for n in range(100)}, "meta": {b"x": b"y"}})[0].getvalue()


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_byte_that_changed_is_found(place: int, by: int) -> None:
    spoilt = bytearray(WHOLE)
    spoilt[place] ^= by
    with pytest.raises((Damaged, Refused)):
        check(BytesIO(bytes(spoilt)))


def test_a_byte_of_the_manifest_that_changed_is_found_wherever_it_is() -> None:
    for place, by in product(range(SIZE), (1, ord(" ") ^ ord("\n"))):
        spoilt = bytearray(WHOLE)
        spoilt[place] ^= by
        with pytest.raises((Damaged, Refused)):
            archive.read_manifest(BytesIO(bytes(spoilt)), "it")


def test_a_byte_behind_the_manifest_that_changed_is_found_before_anything_is_unpacked() -> None:
    said = archive.read_manifest(BytesIO(WHOLE), "it")
    for place in range(SIZE, len(WHOLE)):
        spoilt = bytearray(WHOLE)
        spoilt[place] ^= 1
        with pytest.raises(Damaged, match="its checksum is wrong"):
            archive.verify(BytesIO(bytes(spoilt)), said, "it", lambda done, of: None)


@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_that_was_cut_is_found(size: int) -> None:
    with pytest.raises(Damaged):
        check(BytesIO(WHOLE[:size]))


@given(st.binary(min_size=1, max_size=3000))
def test_what_is_longer_than_it_was_is_found(more: bytes) -> None:
    with pytest.raises(Damaged, match="longer than it was written"):
        check(BytesIO(WHOLE + more))


@given(st.binary(max_size=3000))
def test_what_is_no_backup_is_refused(data: bytes) -> None:
    with pytest.raises(Damaged, match="it is"):
        archive.read_manifest(BytesIO(data), "it")


def test_a_newer_format_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "FORMAT", 2)
    newer = manifest.encode(BLANK)
    monkeypatch.undo()
    with pytest.raises(Refused, match="newer jivod"):
        manifest.decode(newer, "it")


def test_a_manifest_with_other_fields_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "asdict", lambda _: {"kind": BACKUP})
    with pytest.raises(Damaged, match="this jivod can read"):
        manifest.decode(manifest.encode(BLANK), "it")


# Files that somebody made to do harm: their checksum is right


def forged(data: bytes, **lies: int) -> tuple[BytesIO, Manifest]:
    body = zstd.compress(data)
    said = evolve(BLANK, **{"rows": 1, "raw": len(data), "size": len(body), **lies})
    return BytesIO(bytes(SIZE) + body), said


def row(key: bytes, value: bytes) -> bytes:
    return archive._LENGTHS.pack(len(key), len(value)) + key + value


GOOD = row(b"", b"journal") + row(b"k", b"v")
END = row(b"", b"")


@pytest.mark.parametrize(
    ("raw", "lies"),
    [
        (GOOD + END, {"rows": 2}),
        (GOOD + END, {"raw": 1000}),
        (GOOD + END, {"raw": 10}),
        (GOOD + END + b"more", {}),
        (GOOD, {}),
        (GOOD[:-1], {}),
        (b"", {}),
        (row(b"", b"\xff") + row(b"k", b"v") + END, {}),
        (row(b"", b"journal" * 100) + row(b"k", b"v") + END, {}),
        (row(b"", b"journal") + row(b"k" * 512, b"v") + END, {}),
        (row(b"", b"journal") + archive._LENGTHS.pack(1, 0xFFFFFFFF) + b"k", {"raw": 1 << 40}),
    ],
)
def test_a_file_that_lies_is_refused(raw: bytes, lies: dict[str, int]) -> None:
    file, said = forged(raw, **lies)
    with pytest.raises(Damaged, match="cannot be unpacked"):
        list(archive.pages(file, said, "it"))


def test_the_good_one_among_them_is_not() -> None:
    file, said = forged(GOOD + END)
    assert list(archive.pages(file, said, "it")) == [("journal", [(b"k", b"v")])]


def test_a_page_is_bounded_in_rows_and_in_bytes() -> None:
    chance = random.Random(1)

    def long() -> Iterator[tuple[bytes, bytes]]:
        for number in range(5):
            yield b"%d" % number, chance.randbytes(archive.PAGE_BYTES // 2)

    file = BytesIO()
    writer = archive.Writer(file)
    writer.table("a", long())
    writer.table("b", ((b"%d" % number, b"") for number in range(1000)))
    pages = list(archive.pages(file, writer.finish(BLANK), "it"))
    assert [len(rows) for table, rows in pages if table == "a"] == [2, 2, 1]
    assert [len(rows) for table, rows in pages if table == "b"] == [250] * 4
