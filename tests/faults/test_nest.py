"""What the nest forks hears signals as what `subprocess.Popen` starts does."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.faults.nest import fork

SOON = 20.0  # seconds, on a busy machine


def test_a_signal_that_comes_after_the_end_is_none(tmp_path: Path) -> None:
    """The nest, not we, is the parent: the number is free as soon as it has heard of the end."""
    fledgling = fork(["--version"], tmp_path, {"PATH": os.environ["PATH"]}, tmp_path / "log")
    wait_until_free(fledgling.pid)
    fledgling.send_signal(signal.SIGKILL)
    assert fledgling.wait(SOON) == 0


def wait_until_free(pid: int) -> None:
    limit = time.monotonic() + SOON
    while time.monotonic() < limit:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    pytest.fail("it does not end")
