"""The directory of an environment is made whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

import pytest

from jivod.model.errors import Damaged, Refused, StoreFailed
from jivod.store import place


def fill(path: Path) -> None:
    (path / place.DATA).write_bytes(bytes(8192))


def test_a_new_place_is_filled_and_its_owners_alone(home: Path) -> None:
    place.ensure(home, fill)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / place.DATA).stat().st_mode) == 0o600
    assert [entry.name for entry in home.parent.iterdir()] == [home.name]


def test_an_empty_directory_may_be_there_already(home: Path) -> None:
    home.mkdir(parents=True)
    place.ensure(home, fill)
    assert (home / place.DATA).exists()


def test_what_is_there_is_left_alone(home: Path) -> None:
    def never(_: Path) -> None:
        raise AssertionError("made anew")

    place.ensure(home, fill)
    place.ensure(home, never)


def test_a_creation_that_fails_leaves_no_place_and_the_next_one_succeeds(home: Path) -> None:
    def fail(path: Path) -> None:
        (path / place.DATA).write_bytes(b"half")
        raise OSError("half done")

    with pytest.raises(OSError, match="half"):
        place.ensure(home, fail)
    assert not home.exists()
    place.ensure(home, fill)
    assert (home / place.DATA).stat().st_size == 8192


def test_everything_is_flushed_before_the_name_and_the_name_after(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    rename = Path.rename
    monkeypatch.setattr(place, "_flush", lambda path: done.append(f"flush {path.name}"))
    monkeypatch.setattr(Path, "rename", lambda a, b: (done.append("rename"), rename(a, b))[1])
    place.ensure(home, fill)
    assert done == ["flush data.mdb", "flush .store.new", "rename", "flush state"]


def test_a_name_that_nobody_could_flush_any_more_is_flushed_when_the_place_is_used_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.ensure(home, fill)
    done: list[str] = []
    monkeypatch.setattr(place, "_flush", lambda path: done.append(path.name))
    place.ensure(home, fill)
    assert done == ["state"]


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_disk_that_will_not_is_a_failure_of_the_store(
    home: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StoreFailed, match=re.escape(os.strerror(number))):
        place.ensure(home, fill)
    monkeypatch.undo()
    place.ensure(home, fill)


def test_rights_that_are_missing_are_no_failure_of_the_disk(home: Path) -> None:
    def fail(_: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with pytest.raises(PermissionError):
        place.ensure(home, fail)


def test_a_directory_with_something_else_in_it_is_refused(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "notes.txt").write_text("mine")
    with pytest.raises(Refused, match="no store"):
        place.ensure(home, fill)
    assert [entry.name for entry in home.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("size", [0, 8191])
def test_a_data_file_that_was_cut_short_is_damage_and_not_a_new_store(home: Path, size: int) -> None:
    home.mkdir(parents=True)
    (home / place.DATA).write_bytes(bytes(size))
    with pytest.raises(Damaged, match="cut short"):
        place.ensure(home, fill)
    assert (home / place.DATA).stat().st_size == size
