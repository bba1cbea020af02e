"""A file from which pages are missing is told before LMDB maps it, one whose last pages are free is taken as it is."""

from __future__ import annotations

import struct
from pathlib import Path
from random import Random

import lmdb
import pytest
from lmdb.verify import verify

from jivod.store.extent import is_whole

PAGE = 4096


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file with many free pages, some of them at its end, named by values inline and apart."""
    path, random = tmp_path_factory.mktemp("written"), Random(1)
    with lmdb.open(str(path), map_size=1 << 26) as env:
        for _ in range(40):
            with env.begin(write=True) as txn:
                for _ in range(30):
                    txn.put(b"%d" % random.randrange(400), bytes(random.randrange(6000)))
        with env.begin(write=True) as txn:
            for number in range(100, 400):
                txn.delete(b"%d" % number)
    return (path / "data.mdb").read_bytes()


def test_a_file_cut_at_any_page_is_whole_just_where_only_free_pages_went(written: bytes, tmp_path: Path) -> None:
    cut = tmp_path / "data.mdb"
    cut.write_bytes(written)
    sound = verify(str(cut), subdir=False)  # type: ignore[no-untyped-call]
    told = []
    pages = len(written) // PAGE
    for end in (*range(3, pages - 20, 60), *range(pages - 20, pages + 1)):
        cut.write_bytes(written[: end * PAGE])
        told.append((is_whole(cut), verify(str(cut), subdir=False) == sound))  # type: ignore[no-untyped-call]
    assert [ours for ours, _ in told] == [theirs for _, theirs in told]
    assert sum(ours for ours, _ in told) > 2, "no free page lies at the end"
    assert not all(ours for ours, _ in told)


@pytest.mark.parametrize("size", [0, 100, 151, 4096, 4200])
def test_what_has_no_meta_pages_is_left_to_others(written: bytes, tmp_path: Path, size: int) -> None:
    (tmp_path / "data.mdb").write_bytes(written[:size])
    assert is_whole(tmp_path / "data.mdb")


@pytest.mark.parametrize("content", [bytes(3 * PAGE), b"\xff" * 3 * PAGE, b"SQLite format 3\0" * 800])
def test_so_is_what_is_of_somebody_else(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data.mdb").write_bytes(content)
    assert is_whole(tmp_path / "data.mdb")


def test_a_list_of_free_pages_that_makes_no_sense_proves_nothing(written: bytes, tmp_path: Path) -> None:
    random = Random(2)
    newest = max((0, PAGE), key=lambda at: struct.unpack_from("<Q", written, at + 144))
    (root,) = struct.unpack_from("<Q", written, newest + 80)
    for _ in range(200):
        torn = bytearray(written[: len(written) // 2])
        for _ in range(20):
            torn[root * PAGE + random.randrange(200) if random.random() < 0.9 else newest + 80] ^= (
                1 << random.randrange(8)
            )
        (tmp_path / "data.mdb").write_bytes(torn)
        assert not is_whole(tmp_path / "data.mdb")
