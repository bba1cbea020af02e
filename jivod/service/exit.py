"""Exit: why the process ends, as one line for a person and a code for systemd.

reactor.stop() after a failure would end the process with 0, and twistd ends it by the signal that stopped it: here a
failure has a code of its own, and a stop that was asked for, however often, is a success.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

from twisted.internet.error import ReactorNotRunning
from twisted.logger import Logger
from twisted.python.failure import Failure

from jivod.model.errors import BadConfig, Damaged, JivodError, Refused, StoreFailed, StoreFull

DAMAGED, UNAVAILABLE, INTERNAL, RESTART, CONFIGURATION = 65, 69, 70, 75, 78  # as in sysexits.h

_CODES: tuple[tuple[type[Exception], int], ...] = (
    (BadConfig, CONFIGURATION),
    (Damaged, DAMAGED),
    (Refused, UNAVAILABLE),
    (StoreFull, RESTART),
    (StoreFailed, RESTART),
)
_log = Logger(namespace="jivod.service")


def code_of(error: BaseException) -> int:
    """The exit code for `error`."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), INTERNAL)


def line_of(error: BaseException) -> str:
    """One line that says what to do about `error`."""
    return f"jivod: {error}" if isinstance(error, JivodError) else f"jivod: internal error: {type(error).__name__}"


class Exit:
    """Ends the process for good; `leave` is the last thing that runs."""

    def __init__(self, reactor: Any, out: TextIO, leave: Callable[[int], Any] = os._exit) -> None:
        self._reactor, self._out, self._leave = reactor, out, leave
        self.code = 0
        reactor.sigTerm = reactor.sigInt = self.asked  # before it runs, which is when it takes them
        reactor.addSystemEventTrigger("after", "shutdown", self._end)

    def asked(self, number: int, frame: object = None) -> None:
        """What SIGTERM and SIGINT do: stop everything in order. Who presses Ctrl-C once more does not want to wait: the
        process ends at once, and all that was answered is on disk.
        """
        if number == signal.SIGINT:
            signal.signal(number, signal.SIG_DFL)
        self._reactor.callFromThread(self._heed, number)  # a handler may interrupt the reactor anywhere

    def fail(self, error: Exception) -> None:
        """Say why, stop everything in order, end with the code of `error`. Later errors change nothing."""
        if self.code:
            return
        self.code = code_of(error)
        print(line_of(error), file=self._out, flush=True)
        if not isinstance(error, JivodError):
            _log.failure("jivod ends with code {code}", Failure(error), code=self.code)
        self._reactor.callWhenRunning(self._stop)

    def _heed(self, number: int) -> None:
        _log.info("asked to stop by {name}", name=signal.Signals(number).name)
        self._stop()

    def _stop(self) -> None:
        with suppress(ReactorNotRunning):  # it stops already
            self._reactor.stop()

    def _end(self) -> None:
        if self.code:
            sys.stdout.flush()
            sys.stderr.flush()
            self._leave(self.code)
