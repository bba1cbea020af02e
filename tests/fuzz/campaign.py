"""Campaign: all targets fuzzed, several side by side, each a process of its own; what came of each."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import frozen

from tests.fuzz.target import LONGEST

SIDE_BY_SIDE = 4  # on two cores: what counts is how long all of it takes
ROOT = Path(__file__).parents[2]
_INPUTS = re.compile(r"^stat::number_of_executed_units: (\d+)", re.MULTILINE)
_LAST = 3000  # characters of what the fuzzer said


@frozen(kw_only=True)
class Fuzzed:
    """`inputs` were tried; `fault` is blank, or the end of what the fuzzer said."""

    target: str
    inputs: int
    fault: str


def fuzz_all(seconds: int, scratch: Path) -> list[Fuzzed]:
    """Each target for so many seconds. What their temporary files are is in `scratch`."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(lambda name: fuzz(name, seconds, scratch), sorted(LONGEST)))


def fuzz(name: str, seconds: int, scratch: Path) -> Fuzzed:
    """One target."""
    command = [sys.executable, "-m", "tests.fuzz", name, "--seconds", str(seconds)]
    environ = {**os.environ, "TMPDIR": str(scratch)}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, errors="replace", check=False)
    tried = _INPUTS.search(done.stderr)
    said = "" if done.returncode == 0 else done.stderr[-_LAST:]
    return Fuzzed(target=name, inputs=int(tried[1]) if tried else 0, fault=said)
