"""Lock: one daemon per state directory, and one renewal of its store. The kernel holds it while the process lives: a
crash leaves none behind.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from attrs import define

from jivod.model.errors import Refused

FILE = "jivod.pid"
RENEWAL = "renewal.pid"

_FOLLOWS = "follows"  # behind the pid: written by a daemon that looks which store stands at its path


@define(eq=False)
class Lock:
    """A held lock; `release` gives it back."""

    _descriptor: int | None

    def release(self) -> None:
        """Let others in. Releasing twice is no error."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def hold(state_dir: Path, *, follows: bool = False) -> Lock:
    """Take the lock of `state_dir`, which is made if need be. Raises Refused, naming the pid, while another has it.

    Who `follows` takes it that the store is exchanged with another one beneath him.
    """
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = _open(state_dir / FILE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid = (_said(descriptor) or ["unknown"])[0]
        os.close(descriptor)
        raise Refused(f"state directory in use by pid {pid}") from error
    return _taken(descriptor, f"{os.getpid()}\n" + f"{_FOLLOWS}\n" * follows)


def hold_renewal(state_dir: Path, wait: Callable[[], None]) -> Lock:
    """Take the lock of whoever makes the store anew; while another has it, say so by `wait`, and wait."""
    descriptor = _open(state_dir / RENEWAL)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        wait()
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    return _taken(descriptor, f"{os.getpid()}\n")


def demand_following(state_dir: Path) -> None:
    """Raise Refused, naming the pid, where somebody works with the store who does not follow."""
    descriptor = _open(state_dir / FILE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid, *rest = _said(descriptor) or ["unknown"]
        if rest != [_FOLLOWS]:
            raise Refused(f"state directory in use by pid {pid}") from error
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _said(descriptor: int) -> list[str]:
    return os.pread(descriptor, 40, 0).decode(errors="replace").split()


def _taken(descriptor: int, text: str) -> Lock:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)
    return Lock(descriptor)
