"""Prompt: what is written in one turn of the reactor is sent at its end, to all at once.

Twisted asks the poller for each answer whether its peer can take it, and is told so in the next turn. A peer that waits
for an answer always can: so that is only asked where the kernel has not taken all. An answer costs three system calls
less and one way through the reactor.
"""

# mypy: disable-error-code="no-untyped-call, misc"
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.python import log


class Turn:
    """The connections that have something to send. `call_later` is the reactor's."""

    def __init__(self, call_later: Callable[..., Any]) -> None:
        self._call_later = call_later
        self._written: list[Any] = []

    def serve(self, port: Any) -> None:
        """Let the connections that a listening `port` of Twisted takes from now on be sent to in this manner."""
        port.transport = type("Prompt", (_Prompt, port.transport), {"turn": self})

    def add(self, transport: Any) -> None:
        """One that was written to."""
        if not self._written:
            self._call_later(0, self._send)
        self._written.append(transport)

    def _send(self) -> None:
        written, self._written = self._written, []
        for transport in written:
            try:
                transport.send()
            except Exception:  # as the reactor would: the others are sent to
                log.err(None, "cannot send")
                transport.abortConnection()


class _Prompt:
    """Mixed into a transport of Twisted."""

    turn: Turn
    _is_due = False

    def startWriting(self: Any) -> None:
        """There is something to send, or to end."""
        if not self._is_due:
            self._is_due = True
            self.turn.add(self)

    def send(self: Any) -> None:
        """Send what the kernel takes. What is left, what failed, and the end of a connection are the reactor's."""
        self._is_due = False
        if self.connected and (self.doWrite() is not None or self.dataBuffer or self._tempDataBuffer):
            self.reactor.addWriter(self)
