"""One daemon per state directory."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from jivod.model.errors import Refused
from jivod.store import lock

HOLDER = """
import sys
from pathlib import Path
from jivod.store import lock
held = lock.hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_lock_makes_the_state_directory_for_its_owner_alone(tmp_path: Path) -> None:
    held = lock.hold(tmp_path / "state")
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "state" / lock.FILE).stat().st_mode) == 0o600
    held.release()


def test_the_file_names_the_pid_while_the_lock_is_held(tmp_path: Path) -> None:
    held = lock.hold(tmp_path)
    assert (tmp_path / lock.FILE).read_text() == f"{os.getpid()}\n"
    held.release()
    assert (tmp_path / lock.FILE).read_text() == ""


def test_a_second_holder_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    held = lock.hold(tmp_path)
    with pytest.raises(Refused) as told:
        lock.hold(tmp_path)
    assert str(told.value) == f"state directory in use by pid {os.getpid()}"
    held.release()


def test_a_released_lock_can_be_taken_again_and_released_twice(tmp_path: Path) -> None:
    held = lock.hold(tmp_path)
    held.release()
    held.release()
    lock.hold(tmp_path).release()


def test_a_process_that_was_killed_leaves_no_lock_behind(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(Refused, match=f"pid {child.pid}"):
            lock.hold(tmp_path)
        child.kill()
        child.wait()
        lock.hold(tmp_path).release()


def test_a_lock_file_of_a_longer_pid_is_written_over_whole(tmp_path: Path) -> None:
    (tmp_path / lock.FILE).write_text("99999999999999\n")
    held = lock.hold(tmp_path)
    assert (tmp_path / lock.FILE).read_text() == f"{os.getpid()}\n"
    held.release()


def test_who_follows_may_have_the_store_exchanged_beneath_him(tmp_path: Path) -> None:
    lock.demand_following(tmp_path)  # nobody is there
    held = lock.hold(tmp_path)
    with pytest.raises(Refused, match=f"in use by pid {os.getpid()}$"):
        lock.demand_following(tmp_path)
    held.release()
    held = lock.hold(tmp_path, follows=True)
    lock.demand_following(tmp_path)
    with pytest.raises(Refused, match=f"in use by pid {os.getpid()}$"):
        lock.hold(tmp_path)
    held.release()
    assert (tmp_path / lock.FILE).read_text() == ""


def test_one_renewal_waits_for_another(tmp_path: Path) -> None:
    waited: list[str] = []
    held = lock.hold_renewal(tmp_path, lambda: waited.append("no"))

    def wait() -> None:
        waited.append("yes")
        held.release()

    lock.hold_renewal(tmp_path, wait).release()
    assert waited == ["yes"]
