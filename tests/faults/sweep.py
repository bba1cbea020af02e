"""Sweep: the loop by which SQLite tests I/O errors: call 1 fails, then call 2, and so on, until a pass is clean."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from attrs import frozen

from tests.faults import shim
from tests.faults.shim import META, SYNC, WRITE, Fault
from tests.faults.sweep_victim import Outcome
from tests.smoke.daemon import ROOT

T = TypeVar("T")
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "fast")


@frozen
class Course:
    """One loop: what fails, how, and whether from then on all calls do."""

    op: str
    error: int
    lasts: bool

    def __str__(self) -> str:
        names = {WRITE: "write", META: "meta", SYNC: "sync"}
        return f"{names[self.op]}-{errno.errorcode[self.error]}-{'for-ever' if self.lasts else 'once'}"

    def run(
        self, suffer: Callable[[Fault], T], was_hit: Callable[[T], bool], calls: Iterable[int]
    ) -> Iterator[tuple[Fault, T]]:
        """Let one of `calls` after the other fail, until a pass was clean: that is the last."""
        for call in calls:
            fault = Fault(self.op, call, shim.FOR_EVER if self.lasts else call, self.error)
            outcome = suffer(fault)
            yield fault, outcome
            if not was_hit(outcome):
                return


COURSES = tuple(
    Course(op, error, lasts)
    for op in (WRITE, META, SYNC)
    for error in (errno.EIO, errno.ENOSPC)
    for lasts in (False, True)
)


@contextmanager
def victim(watch: Path, seed: int, groups: int) -> Iterator[Callable[[Fault, Path], Outcome]]:
    """A process that suffers faults in directories under `watch`; see `sweep_victim`."""
    command = [sys.executable, "-m", "tests.faults.sweep_victim", str(seed), str(groups)]
    environ = {**os.environ, **shim.environ(watch)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        asked, answered = process.stdin, process.stdout

        def suffer(fault: Fault, directory: Path) -> Outcome:
            print(fault.op, fault.first, fault.last, fault.error, directory, file=asked, flush=True)
            return Outcome(**json.loads(answered.readline()))

        yield suffer
        asked.close()
