"""Crash: two things after which a daemon only seems to live. It ends at once, and is started anew.

No memory was left for what Twisted does itself: a connection may be lost halfway, or what a thread found on its way
home, and nobody would ever hear of it. Or a thread ended by an error. All that was answered is on disk.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from threading import ExceptHookArgs
from typing import Any, TextIO

from twisted.logger import ILogObserver, LogEvent, Logger
from twisted.python.failure import Failure
from zope.interface import implementer  # type: ignore[import-untyped]

from jivod.service.exit import INTERNAL, RESTART
from jivod.service.log import failure_of

STARVED = "jivod: there is no memory left: give it more (MemoryMax=), or see what takes it all; restart"
ENDED = "jivod: internal error: a thread ended; restart"
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

    def thread_ended(self, args: ExceptHookArgs) -> None:
        """What `threading.excepthook` is: the one that Python has would quote the error's words."""
        if issubclass(args.exc_type, SystemExit):
            return
        with suppress(Exception):
            failure = Failure(args.exc_value, args.exc_type, args.exc_traceback)
            _log.failure("a thread ended by an error", failure)
        starved = issubclass(args.exc_type, MemoryError)
        self._end(STARVED if starved else ENDED, RESTART if starved else INTERNAL)

    def _end(self, line: str, code: int) -> None:
        with suppress(Exception):
            print(line, file=self._out, flush=True)
        self._leave(code)


def _is_own(event: LogEvent) -> bool:
    return str(event.get("log_namespace", "")).startswith(_OWN)
