"""Child: one call of the command `jivod` in a process of its own, for what would take the interpreter too long.

Its standard input is a file or nothing; what it prints is bounded. It has no shell, and the environment of the daemon.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, BinaryIO

from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from jivod.model.value import frozen

PRINTED_MAX = 16 << 20  # bytes
PATIENCE = 5.0  # seconds between being asked to end and being ended


@frozen(kw_only=True)
class Ended:
    """How it ended: the exit code, None where a signal ended it; and what it said."""

    code: int | None
    out: bytes
    err: bytes


class Child(ProcessProtocol):
    """A process under way; `ended` fires once, always."""

    transport: Any

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._said: dict[int, bytearray] = {1: bytearray(), 2: bytearray()}
        self._alarm: Any = None
        self.ended: Deferred[Ended] = Deferred()

    def stop(self) -> None:
        """Ask it to end, and end it if it does not."""
        if self.transport is not None and not self.ended.called:
            self._signal("TERM")
            if self._alarm is None:
                self._alarm = self._reactor.callLater(PATIENCE, self._signal, "KILL")

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        """It printed something."""
        self._said[childFD] += data
        if len(self._said[childFD]) > PRINTED_MAX:
            self._signal("KILL")

    def processEnded(self, reason: Failure) -> None:
        """It is gone, and all that it printed is here."""
        if self._alarm is not None and self._alarm.active():
            self._alarm.cancel()
        code = getattr(reason.value, "exitCode", None)
        self.ended.callback(Ended(code=code, out=bytes(self._said[1]), err=bytes(self._said[2])))

    def _signal(self, name: str) -> None:
        with suppress(ProcessExitedAlready):
            self.transport.signalProcess(name)


def begin(reactor: Any, arguments: Sequence[str], environ: Mapping[str, str], file: BinaryIO | None = None) -> Child:
    """Start `jivod` with these arguments. The `file` is its standard input, and is closed here by whoever opened it."""
    child = Child(reactor)
    given: Any = "w" if file is None else file.fileno()
    reactor.spawnProcess(
        child,
        sys.executable,
        [sys.executable, "-m", "jivod", *arguments],
        env={**environ, "PYTHONUNBUFFERED": "1"},
        childFDs={0: given, 1: "r", 2: "r"},
    )
    if file is None:
        child.transport.closeStdin()
    return child
