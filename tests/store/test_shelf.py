"""The directory of backups: what is found there, in which order, what continues what, and what is taken away."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest
from attrs import evolve

from jivod.model.errors import Damaged, Refused
from jivod.store import archive, shelf
from jivod.store.manifest import TAIL, Manifest
from jivod.store.shelf import Kept
from tests.store.test_archive import BLANK

AT = 1_795_688_100_000  # UNIX ms: 2026-11-26 10:15


@pytest.fixture
def where(tmp_path: Path) -> Path:
    path = tmp_path / "backups"
    with shelf.turn(path):
        return path


def fill(file: BinaryIO, manifest: Manifest) -> Manifest:
    writer = archive.Writer(file)
    writer.table("journal", [(b"k", b"%d" % manifest.last)])
    return writer.finish(manifest)


def put(where: Path, manifest: Manifest, at: int = AT) -> Kept:
    return shelf.put(shelf.next_path(where, manifest.kind, at), partial(fill, manifest=manifest), lambda kept: None)


def backup(where: Path, last: int, store: str = "s") -> Kept:
    return put(where, evolve(BLANK, last=last, store=store))


def tail(where: Path, before: Kept, last: int) -> Kept:
    since, follows, store = before.manifest.last, before.manifest.checksum, before.manifest.store
    return put(where, evolve(BLANK, kind=TAIL, last=last, since=since, follows=follows, store=store))


def names(where: Path) -> list[str]:
    return sorted(path.name for path in where.iterdir())


def test_a_file_is_named_by_its_time_and_shut_to_others(where: Path) -> None:
    kept = backup(where, 1)
    assert kept.path.name == "jivod-20261126T101500Z.backup.zst"
    assert kept.path.stat().st_mode & 0o777 == 0o600
    assert where.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("later", [0, 500, -86_400_000])
def test_the_newest_has_the_last_name_also_where_the_clock_stands_or_was_set_back(where: Path, later: int) -> None:
    put(where, BLANK)
    assert put(where, BLANK, AT + later).path.name == "jivod-20261126T101501Z.backup.zst"


def test_nothing_is_left_of_a_file_that_is_not_good(where: Path) -> None:
    def judge(kept: Kept) -> None:
        assert shelf.look(kept.path) == kept
        raise Damaged("no")

    with pytest.raises(Damaged, match="no"):
        shelf.put(where / "x", partial(fill, manifest=BLANK), judge)
    assert names(where) == []


def test_nothing_is_left_where_the_disk_is_full(where: Path) -> None:
    def full(file: BinaryIO) -> Manifest:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(Refused, match=r"x could not be written \(No space left on device\): nothing of it was kept"):
        shelf.put(where / "x", full, lambda kept: None)
    assert names(where) == []


def test_two_do_not_write_at_once_and_a_draft_of_the_killed_is_gone(where: Path) -> None:
    (where / ".jivod-draft").write_bytes(b"half")
    with shelf.turn(where):
        assert names(where) == []
        with pytest.raises(Refused, match="another backup is being written"), shelf.turn(where):
            pass


def test_a_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "no" / "where"):
        with pytest.raises(Refused, match="name a directory"), shelf.turn(path):
            pass


def test_the_newest_go_with_their_tails_and_nothing_else_goes(where: Path) -> None:
    first = backup(where, 1)
    old = [first.path, tail(where, first, 2).path]
    foreign = backup(where, 1, store="other")
    second = backup(where, 3)
    kept = [foreign.path, second.path, tail(where, second, 4).path, backup(where, 5).path]
    spoilt = where / "jivod-20200101T000000Z.backup.zst"
    spoilt.write_bytes(b"spoilt")
    (where / "notes.txt").write_text("mine")
    os.symlink(where / "notes.txt", where / "jivod-20200101T000001Z.backup.zst.link")
    assert shelf.thin(where, "s", 3) == []
    assert shelf.thin(where, "s", 2) == old
    assert {path.name for path in kept} | {"notes.txt", spoilt.name, "jivod-20200101T000001Z.backup.zst.link"} == set(
        names(where)
    )


def test_a_chain_is_the_newest_backup_and_its_tails(where: Path) -> None:
    before = backup(where, 1)
    tail(where, before, 2)
    base = backup(where, 3)
    one = tail(where, base, 4)
    two = tail(where, one, 9)
    assert shelf.chain(where) == [base, one, two]
    assert shelf.chain_to(one.path) == [base, one]
    assert shelf.chain_to(base.path) == [base]
    assert shelf.chain_to(before.path) == [before]


def test_a_missing_tail_is_named_and_how_far_one_can_go(where: Path) -> None:
    base = backup(where, 3)
    one = tail(where, base, 4)
    two = tail(where, one, 9)
    one.path.unlink()
    for find in (partial(shelf.chain, where), partial(shelf.chain_to, two.path)):
        with pytest.raises(Refused, match="a tail between them is missing") as caught:
            find()
        assert f"jivod restore {base.path}" in str(caught.value)


def test_a_tail_without_its_backup_is_refused(where: Path) -> None:
    base = backup(where, 3)
    one = tail(where, base, 4)
    base.path.unlink()
    with pytest.raises(Refused, match="is not in"):
        shelf.chain_to(one.path)
    with pytest.raises(Refused, match="there is no backup in"):
        shelf.chain(where)


def test_several_stores_are_not_mixed(where: Path) -> None:
    backup(where, 3, store="other")
    base = backup(where, 3)
    with pytest.raises(Refused, match="several stores"):
        shelf.chain(where)
    stranger = tail(where, evolve(base, manifest=evolve(base.manifest, store="other")), 4)
    with pytest.raises(Refused, match="no tail of the store"):
        shelf.chain_to(stranger.path)


def test_a_damaged_newest_one_is_not_passed_over(where: Path) -> None:
    backup(where, 3)
    newest = backup(where, 4)
    newest.path.write_bytes(b"")
    with pytest.raises(Damaged, match="is empty"):
        shelf.chain(where)


def test_what_cannot_be_read_is_refused(where: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        shelf.look(where / "jivod-20261126T101500Z.backup.zst")
    with pytest.raises(Refused, match="cannot be used"):
        shelf.files(where / "nowhere")
