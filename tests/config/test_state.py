"""The state directory is ours alone, and on a disk of this machine."""

from __future__ import annotations

import os

import pytest

from jivod.config import state

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / {point} rw - {kind} server:/export rw
"""


def test_a_missing_directory_is_made_for_its_owner_only(tmp_path):
    path = tmp_path / "lib" / "jivod"
    assert state.prepare(path) is None
    assert path.stat().st_mode & 0o777 == 0o700


def test_a_directory_that_others_may_enter_is_closed(tmp_path):
    path = tmp_path / "state"
    path.mkdir()
    path.chmod(0o755)
    assert state.prepare(path) is None
    assert path.stat().st_mode & 0o777 == 0o700


def test_a_directory_that_others_may_write_is_refused(tmp_path):
    path = tmp_path / "state"
    path.mkdir()
    path.chmod(0o777)
    assert state.prepare(path) == (f"{path} is writable by every user of this machine", f"run: chmod 700 {path}")


def test_a_file_is_refused(tmp_path):
    path = tmp_path / "state"
    path.write_text("")
    problem, remedy = state.prepare(path) or ("", "")
    assert "cannot be made" in problem
    assert "choose another" in remedy


def test_a_directory_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert state.prepare(tmp_path) == (f"{tmp_path} cannot be written", "run this as its owner, or choose another")


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs"])
def test_a_network_file_system_is_refused(tmp_path, kind):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.format(point=tmp_path / "far", kind=kind))
    problem, remedy = state.prepare(tmp_path / "far" / "jivod", mounts) or ("", "")
    assert f"network file system ({kind})" in problem
    assert remedy == "choose a local disk"


def test_the_innermost_mount_counts(tmp_path):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.format(point=tmp_path / "far", kind="nfs"))
    assert state.filesystem(tmp_path / "near", mounts) == "ext4"


def test_where_the_kernel_does_not_tell_nothing_is_refused(tmp_path):
    assert state.prepare(tmp_path / "state", tmp_path / "none") is None


def test_a_readable_directory_full_of_others_files_is_refused_and_left_as_it_is(tmp_path):
    theirs = tmp_path / "shared"
    theirs.mkdir(mode=0o755)
    (theirs / "theirs.txt").write_text("x")
    theirs.chmod(0o755)
    assert state.prepare(theirs) is not None
    assert theirs.stat().st_mode & 0o777 == 0o755


def tree(path):
    return {found: found.stat().st_mode for found in path.rglob("*")}


def test_looking_finds_the_same_faults_and_changes_nothing(tmp_path):
    file, open_to_all, shared, mounts = (tmp_path / name for name in ("file", "open", "shared", "mounts"))
    file.write_text("")
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    shared.mkdir()
    (shared / "theirs.txt").write_text("x")
    shared.chmod(0o755)
    mounts.write_text(MOUNTS.format(point=tmp_path / "far", kind="nfs"))
    before = tree(tmp_path)
    for path in (file, file / "below", open_to_all, shared, tmp_path / "far" / "jivod"):
        told = state.examine(path, mounts)
        assert told is not None
        assert tree(tmp_path) == before
    for path in (file, open_to_all, shared):
        assert state.examine(path, mounts) == state.prepare(path, mounts)


def test_looking_makes_nothing(tmp_path):
    assert state.examine(tmp_path / "lib" / "jivod") is None
    assert state.plan(tmp_path / "lib" / "jivod") == f"makes {tmp_path / 'lib' / 'jivod'}"
    assert tree(tmp_path) == {}


def test_a_place_in_which_nothing_can_be_made_is_found_by_looking(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    path = tmp_path / "lib" / "jivod"
    assert state.examine(path) == (
        f"{path} cannot be made (Permission denied)",
        "create it for the user of jivod, or choose another",
    )


def test_of_a_directory_that_is_ours_alone_nothing_is_planned(tmp_path):
    (tmp_path / "state").mkdir(mode=0o700)
    assert state.plan(tmp_path / "state") is None
