"""Renewer: the command `jivod`, which ends or halts itself at a given step of a renewal: STEP SIGNAL ARGUMENTS..."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from jivod.cli import renewal, swap
from jivod.cli.main import main
from jivod.store.lmdb import ScratchEngine

STEPS = {
    "folded": (renewal.Renewal, "_come_near", 1),  # nobody waits yet
    "alone": (renewal.Renewal, "_carry_over", 2),  # the second time: everybody waits
    "sealed": (ScratchEngine, "seal", 2),
    "exchanged": (swap, "exchange", 1),  # and everybody waits still
    "left": (renewal, "_wait_for_others", 1),  # nobody waits any more; the old store is there
}
"""Behind which call of what the renewal is cut off."""


def cut(step: str, sign: int) -> None:
    """Let the process do that to itself."""
    owner, name, number = STEPS[step]
    whole: Any = getattr(owner, name)
    calls = 0

    def cut_off(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        done = whole(*given, **named)
        if calls == number:
            os.kill(os.getpid(), sign)
        return done

    setattr(owner, name, cut_off)


if __name__ == "__main__":
    _, step, sign, *arguments = sys.argv
    cut(step, getattr(signal, sign))
    main(arguments, prog_name="jivod")
