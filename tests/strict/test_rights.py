"""Rights: what is told to be done leaves a file open to the user of the daemon, and to nobody else."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.strict import rights

ROOT = 0
IDS = st.sampled_from([ROOT, 12345, 54321])


def done_as_told(told: str, mode: int, uid: int, gid: int) -> tuple[int, int, int]:
    """Mode, user and group of a file once somebody typed what he was told."""
    commands = told.removeprefix("run: ").removeprefix("run as root: ").partition(", or ")[0]
    for command in commands.split("; "):
        verb, value, _ = shlex.split(command)
        mode, gid = (int(value, 8), gid) if verb == "chmod" else (mode, int(value))
    return mode, uid, gid


@given(IDS, IDS, IDS, IDS, st.integers(0, 0o777))
def test_the_daemon_reads_and_the_world_does_not(tmp_path_factory, owner, group, uid, gid, mode):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "stat", lambda self: os.stat_result((mode, 0, 0, 1, owner, group, 0, 0, 0, 0)))
        patch.setattr(rights, "_group", str)
        told = rights.closing(Path("/etc/jivod/a key"), uid, gid)
    mode, owner, group = done_as_told(told, mode, owner, group)
    assert (mode & 0o400 and owner == uid) or (mode & 0o040 and group == gid)
    assert not mode & 0o007
    assert told.startswith("run: ") == (owner == uid)


def test_of_a_directory_that_may_not_be_entered_the_outermost_is_told(tmp_path, monkeypatch):
    real, shut = os.access, tmp_path / "a"
    monkeypatch.setattr(os, "access", lambda path, how: real(path, how) and not Path(path).is_relative_to(shut))
    monkeypatch.setattr(rights, "_group", str)
    told = rights.opening(shut / "b" / "token.key")
    gid = os.getegid()
    assert told == f"run as root: chgrp {gid} {shut}; chmod 750 {shut}, or keep the file elsewhere"


def test_a_group_goes_by_its_name_and_one_without_a_name_by_its_number():
    assert rights._group(ROOT) == "root"
    assert rights._group(2**31 - 2) == str(2**31 - 2)
