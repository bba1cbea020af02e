"""Nest: a process that has loaded jivod already and forks daemons: hundreds of starts cost no minutes.

What it forks is twistd over jivod.tac like any other, in a process of its own; only the imports were done before.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from attrs import define

_context = get_context("forkserver")
_context.set_forkserver_preload(["tests.faults.loaded"])


@define(eq=False)
class Fledgling:
    """What `subprocess.Popen` is elsewhere: as much of it as the daemon of a test needs."""

    process: ForkServerProcess

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    @property
    def returncode(self) -> int | None:
        return self.process.exitcode

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired("twistd", timeout or 0.0)
        return self.process.exitcode

    def send_signal(self, sign: signal.Signals) -> None:
        with suppress(ProcessLookupError):  # it has ended, and the nest has heard of it before us
            os.kill(self.pid, sign)

    def kill(self) -> None:
        self.process.kill()

    def communicate(self, timeout: float | None = None) -> tuple[None, None]:
        self.wait(timeout)
        return None, None


def fork(command: list[str], directory: Path, environ: dict[str, str], log: Path) -> Fledgling:
    """A new daemon. `command`: the arguments of twistd."""
    process = _context.Process(target=_run, args=(command, str(directory), environ, str(log)), daemon=True)
    process.start()
    return Fledgling(process)


def _run(command: list[str], directory: str, environ: dict[str, str], log: str) -> None:
    from twisted.scripts.twistd import run

    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environ)
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.stdin = open(os.devnull)  # noqa: SIM115
    sys.argv = ["twistd", *command]
    run()  # type: ignore[no-untyped-call]
