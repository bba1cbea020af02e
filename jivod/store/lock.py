"""Lock: one daemon per state directory. The kernel holds it while the process lives: a crash leaves none behind."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from attrs import define

from jivod.model.errors import Refused

FILE = "jivod.pid"


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


def hold(state_dir: Path) -> Lock:
    """Take the lock of `state_dir`, which is made if need be. Raises Refused, naming the pid, while another has it."""
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(state_dir / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid = os.read(descriptor, 20).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise Refused(f"state directory in use by pid {pid}") from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return Lock(descriptor)
