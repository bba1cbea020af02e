"""Crash: what a daemon only seems to live on after. It ends at once, and is started anew.

No memory was left for what Twisted does itself: a connection may be lost halfway, or what a thread found on its way
home, and nobody would ever hear of it. Or a thread ended by an error, or the reactor did. All that was answered is on
disk.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, TextIO

from twisted.logger import ILogObserver, LogEvent, Logger
from twisted.python.failure import Failure
from zope.interface import implementer  # type: ignore[import-untyped]

from jivod.service.exit import INTERNAL, RESTART
from jivod.service.log import failure_of

STARVED = "jivod: no memory is left (LimitAS=, ulimit -v, or the machine's own): give it more, or see what takes it all"
ENDED = "jivod: internal error: a thread ended, or the reactor; the log says where"
_OWN = "jivod."  # namespaces: whoever logs there has answered already, and the others go on

_log = Logger(namespace="jivod.service")


@implementer(ILogObserver)
class Crash:
    """Shows every event to `observer`. `leave` ends the process, from any thread."""

    def __init__(
        self, observer: Callable[[LogEvent], None], out: TextIO, leave: Callable[[int], Any] = os._exit
    ) -> None:
        self._observer, self._out, self._leave = observer, out, leave

    def __call__(self, event: LogEvent) -> None:
        """See what was logged, and end the process if that was the last of the memory."""
        self._observer(event)
        failure = failure_of(event)
        if failure is not None and failure.check(MemoryError) and not _is_own(event):
            self._end(STARVED, RESTART)

    def watch(self, reactor: Any) -> None:
        """From now on see what ends a thread or the loop of `reactor`, and what Python has nobody to tell of. It would
        quote the error's words itself; and twistd would end with 0.
        """
        threading.excepthook = self.thread_ended
        sys.unraisablehook = self.untold
        loop = reactor.mainLoop

        def run() -> None:
            try:
                loop()
            except BaseException as error:
                self._lost(type(error), error, error.__traceback__)

        reactor.mainLoop = run

    def thread_ended(self, args: threading.ExceptHookArgs) -> None:
        """What `threading.excepthook` is."""
        if not issubclass(args.exc_type, SystemExit):
            self._lost(args.exc_type, args.exc_value, args.exc_traceback)

    def untold(self, args: sys.UnraisableHookArgs) -> None:
        """What `sys.unraisablehook` is: an error in a destructor, or in a thread that had not begun yet."""
        _tell(args.exc_type, args.exc_value, args.exc_traceback)
        if issubclass(args.exc_type, MemoryError):
            self._end(STARVED, RESTART)

    def _lost(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        _tell(kind, error, trace)
        starved = issubclass(kind, MemoryError)
        self._end(STARVED if starved else ENDED, RESTART if starved else INTERNAL)

    def _end(self, line: str, code: int) -> None:
        with suppress(Exception):
            print(line, file=self._out, flush=True)
        self._leave(code)


def _tell(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    with suppress(Exception):
        _log.failure("an error that nobody waited for", Failure(error, kind, trace))


def _is_own(event: LogEvent) -> bool:
    return str(event.get("log_namespace", "")).startswith(_OWN)
