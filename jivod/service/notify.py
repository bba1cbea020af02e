"""Notify: tells systemd that we are ready, alive, stopping. Without NOTIFY_SOCKET in the environment it is silent."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

from twisted.application.service import Service
from twisted.internet.task import LoopingCall


def notify(environ: Mapping[str, str], state: str) -> None:
    """Send `state` to the socket that systemd named; lost if nobody listens there."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        try:
            sender.sendto(state.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
        except OSError:
            return


class Notify(Service):
    """Last to start, first to stop. As long as the reactor turns, the watchdog hears of it twice per period.

    `clock` is the reactor's, on the monotonic clock.
    """

    def __init__(self, clock: Any, environ: Mapping[str, str]) -> None:
        self._environ, self._clock = environ, clock
        self._watchdog = LoopingCall(notify, environ, "WATCHDOG=1")
        self._watchdog.clock = clock
        self._period = int(environ.get("WATCHDOG_USEC") or 0) / 1e6

    def startService(self) -> None:
        """Everything runs."""
        super().startService()
        notify(self._environ, "READY=1")
        if self._period:
            self._watchdog.start(self._period / 2)

    def stopService(self) -> None:
        """The others stop next."""
        super().stopService()
        if self._watchdog.running:
            self._watchdog.stop()
        notify(self._environ, "STOPPING=1")

    def reloading(self) -> None:
        """The policy is read again. systemd waits for `reloaded`, and tells it by the time from a later reload."""
        if self.running:
            notify(self._environ, f"RELOADING=1\nMONOTONIC_USEC={round(self._clock.seconds() * 1e6)}")

    def reloaded(self) -> None:
        """Done, for better or worse: it goes on."""
        if self.running:
            notify(self._environ, "READY=1")
