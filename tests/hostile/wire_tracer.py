"""Tracer: strace at a running daemon, to make one kind of its system calls slow, fail, or be its last."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.hostile.wire_tools import need

ATTACHED = 10.0
STOPPED = 5.0


@contextmanager
def injected(pid: int, call: str, what: str) -> Iterator[None]:
    """Until the block ends, or the daemon, `what` is done at each `call` of any of its threads (`inject` of strace)."""
    need("strace")
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-p", str(pid), "-e", f"trace={call}"]
    command += ["-e", f"inject={call}:{what}"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            _wait_until_attached(pid, process)
            yield
        finally:
            process.terminate()
            try:
                process.wait(STOPPED)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_attached(pid: int, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + ATTACHED
    while not all(_is_traced(task) for task in Path(f"/proc/{pid}/task").iterdir()):
        if process.poll() is not None:
            assert process.stderr is not None
            pytest.skip(f"strace may not attach here: {process.stderr.read().strip()}")
        assert time.monotonic() < until, "strace does not attach"
        time.sleep(0.01)


def _is_traced(task: Path) -> bool:
    lines = (task / "status").read_text().splitlines()
    return any(line.startswith("TracerPid:") and line.split()[1] != "0" for line in lines)
