"""Sweep, the victim: a process beneath the shim that tells a story to a new store while calls fail as it is asked.

    python -m tests.faults.sweep_victim SEED GROUPS

Each line of its input is a fault and a directory; it answers with what came of it, as JSON. Every try has a fork of
its own, which costs a hundredth of a fresh interpreter.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from attrs import asdict, define

from jivod.store.lmdb import LmdbEngine, open_engine
from tests.faults.images_story import ID_KEY, MAP_SIZE, Group, pages, story, tell
from tests.faults.shim import Fault, arm, hits

PATIENCE = 60  # seconds until a try that hangs is ended by its alarm


@define
class Outcome:
    """`hits` calls failed. Groups up to `acked` were acknowledged, -1: not even the opening; `begun` is the last that
    was told. `error` is the kind of what was raised, `again` of what was raised when the group was told once more to
    the same engine.
    """

    hits: int = 0
    acked: int = -1
    begun: int = 0
    error: str = ""
    again: str = ""


def suffer(fault: Fault, directory: Path, groups: Sequence[Group]) -> Outcome:
    """Tell the story while `fault` is there."""
    outcome = Outcome()
    engine: LmdbEngine | None = None
    arm(fault)
    try:
        engine = open_engine(directory, MAP_SIZE, random_bytes=lambda _: ID_KEY)
        outcome.acked = 0
        for number, group in enumerate(groups):
            outcome.begun = number + 1
            tell(engine, group, number)
            outcome.acked = number + 1
    except Exception as error:
        outcome.error = type(error).__name__
    outcome.hits = hits()
    if outcome.error and engine is not None:
        outcome.again = _again(engine, groups[outcome.begun - 1], outcome.begun - 1)
    return outcome


def _again(engine: LmdbEngine, group: Group, number: int) -> str:
    try:
        tell(engine, group, number)
    except Exception as error:
        return type(error).__name__
    return ""


def main(seed: int, groups: int) -> None:
    """Until nobody asks any more."""
    told = story(seed, groups)
    pages(told)  # so that no fork has to load what the first event loads
    for line in sys.stdin:
        op, first, last, error, directory = line.rstrip("\n").split(" ", 4)
        if os.fork() == 0:
            signal.alarm(PATIENCE)
            outcome = suffer(Fault(op, int(first), int(last), int(error)), Path(directory), told)
            print(json.dumps(asdict(outcome)), flush=True)
            os._exit(0)
        _, status = os.wait()
        if status:
            print(json.dumps(asdict(Outcome(error=f"status {status}"))), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
