"""Hangup: SIGHUP asks for the policy to be read again; or it says that the terminal has gone, as it always did."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from twisted.application.service import Service
from twisted.internet.error import ReactorNotRunning


def has_terminal() -> bool:
    """Whether the process belongs to a terminal that is still there."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


class Hangup(Service):
    """First to start, last to stop. A daemon that was started at a terminal ends with it, unless by nohup."""

    def __init__(
        self, reactor: Any, again: Callable[[], None], has_terminal: Callable[[], bool] = has_terminal
    ) -> None:
        self._reactor, self._again, self._has_terminal = reactor, again, has_terminal

    def startService(self) -> None:
        """Listen."""
        super().startService()
        self._before = signal.signal(signal.SIGHUP, self._heard)
        self._is_attended = self._before is not signal.SIG_IGN and self._has_terminal()

    def stopService(self) -> None:
        """Leave it as it was."""
        super().stopService()
        signal.signal(signal.SIGHUP, self._before or signal.SIG_DFL)

    def _heard(self, number: int, frame: object) -> None:
        self._reactor.callFromThread(self._act)  # a handler may interrupt the reactor anywhere

    def _act(self) -> None:
        if self._is_attended and not self._has_terminal():
            with suppress(ReactorNotRunning):  # the shell may say it once more
                self._reactor.stop()
        else:
            self._again()
