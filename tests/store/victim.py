"""Victim: a process of its own that writes groups to a store and is killed at its last one.

It is forked, which costs a hundredth of a fresh interpreter. LMDB forbids to use an environment across a fork: close
yours first. SIGKILL asks nobody, so the child needs no clean-up; should it fail before, it leaves by `os._exit`.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from jivod.model.claim import Claim
from jivod.store.kv import Job, Txn
from jivod.store.lmdb import LmdbEngine, open_engine
from tests.store.engines import MAP
from tests.store.world import record

Event = tuple[str | None, str | None, tuple[Claim, ...], int]
"""Customer, chat, claims, time: one event as `world.record` takes it."""

Group = Sequence[tuple[Event, bool]]
"""The events of one commit; True: the job does all its work and then fails."""

BEFORE = "before"  # the last group is written, its commit never begins
AFTER = "after"  # it is committed, and nobody is told
PATIENCE = 30  # seconds until a child that hangs is ended by its alarm
_COMMITTING, _COMMITTED = b"?", b"+"


class FailedError(Exception):
    """A job that was told to fail."""


@frozen
class Race:
    """Killed from outside, `delay` seconds after the last group was written: before, amid or after its commit."""

    delay: float


Death = str | Race


def job(event: Event, fails: bool) -> Job[int]:
    """Records one event, or fails after doing so."""

    def run(txn: Txn) -> int:
        customer, ref, claims, at = event
        seq = record(txn, customer=customer, ref=ref, claims=claims, at=at, body=body(event))
        if fails:
            raise FailedError
        return seq

    return run


def body(event: Event) -> bytes:
    """What the journal keeps of the event."""
    return repr(event).encode()


def kill_while_writing(path: Path, groups: Sequence[Group], death: Death) -> int:
    """How many of `groups` the process acknowledged, each after its commit, before it was killed at the last one."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _live(path, groups, death, writing)
    os.close(writing)
    acknowledged = 0
    while sign := os.read(reading, 1):
        acknowledged += sign == _COMMITTED
        if sign == _COMMITTING and isinstance(death, Race):
            _wait(death.delay)
            os.kill(pid, signal.SIGKILL)
    os.close(reading)
    status = os.waitpid(pid, 0)[1]
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, "the child did not die by its kill"
    return acknowledged


def _live(path: Path, groups: Sequence[Group], death: Death, writing: int) -> None:
    """The whole life of the child. Never returns: the tests of its parent are not its own."""
    try:
        gc.disable()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(PATIENCE)
        engine = open_engine(path, MAP)
        for group in groups[:-1]:
            engine.write([job(*item) for item in group])
            os.write(writing, _COMMITTED)
        _die(engine, groups[-1], death, writing)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(os.EX_SOFTWARE)


def _die(engine: LmdbEngine, group: Group, death: Death, writing: int) -> None:
    jobs = [job(*item) for item in group]
    if death == BEFORE:
        engine.write([*jobs, lambda _: _kill_myself()])
    elif death == AFTER:
        engine.write(jobs)
        _kill_myself()
    else:
        engine.write([*jobs, lambda _: os.write(writing, _COMMITTING)])
        os.write(writing, _COMMITTED)
        signal.pause()


def _kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _wait(delay: float) -> None:
    """Spin: a sleep is longer than most commits."""
    end = time.perf_counter() + delay
    while time.perf_counter() < end:
        pass
