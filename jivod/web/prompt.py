"""Prompt: what is written in one turn of the reactor is sent at its end, to all at once.

Twisted asks the poller for each answer whether its peer can take it, and is told so in the next turn. A peer that waits
for an answer always can: so that is only asked where the kernel has not taken all. An answer on a connection that is
kept costs three system calls less, and one way through the reactor.
"""

# mypy: disable-error-code="no-untyped-call, misc"
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.python import log
from twisted.python.failure import Failure


class Turn:
    """The connections that have something to send. `call_later` is the reactor's."""

    def __init__(self, call_later: Callable[..., Any]) -> None:
        self._call_later = call_later
        self._written: list[Any] = []

    def serve(self, port: Any) -> None:
        """Let the connections that a listening `port` of Twisted takes from now on be sent to in this manner."""
        kind = getattr(port, "transport", None)
        if isinstance(kind, type):  # else it is no port of Twisted's own
            port.transport = type("Prompt", (_Prompt, kind), {"turn": self})

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
                _cut(transport)


def _cut(transport: Any) -> None:
    try:
        transport.abortConnection()
    except Exception:
        log.err(None, "cannot cut a connection")


class _Prompt:
    """Mixed into a transport of Twisted."""

    turn: Turn
    _is_due = False

    def startWriting(self: Any) -> None:
        """There is something to send, or to end."""
        if not self._is_due:
            self.turn.add(self)
            self._is_due = True

    def send(self: Any) -> None:
        """Send what the kernel takes; the reactor waits until it takes more. Where it has all, or the peer is gone, a
        connection that is to end ends here: until the poller says that one may write, the peer would have to read.
        """
        self._is_due = False
        if not self.connected:
            return
        why = self.doWrite()
        if why is not None:
            self.connectionLost(Failure(why))
        elif self.dataBuffer or self._tempDataBuffer:
            self.reactor.addWriter(self)
