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
