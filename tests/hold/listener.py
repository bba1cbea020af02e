"""Listener: somebody with the page of what happens now open: it listens, and asks for the new rows as it is told."""

from __future__ import annotations

import http.client
import re
import socket
import time
from contextlib import suppress
from threading import Event

from attrs import define, field

MOST = 5  # streams to a session
PAUSE = 0.5  # seconds between two looks, as in live.js
PATIENCE = 30
_UPTO = re.compile(rb'data-upto="(\d+)"')


@define(eq=False)
class Listener:
    """A browser: one connection for what it asks, one for the stream. `times` are of what it asked, `heard` the events
    that it was told.
    """

    port: int
    cookies: str
    times: list[float] = field(factory=list)
    heard: int = 0
    _upto: int = 0
    _sock: socket.socket | None = None

    def run(self, stop: Event) -> None:
        """Until the stream ends, which `hang_up` sees to."""
        asking, listening = (http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE) for _ in range(2))
        try:
            self._look(asking, "/now")
            stream = self._open(listening)
            looked = 0.0
            while not stop.is_set() and (line := stream.readline()):
                self.heard += line.startswith(b"data:")
                if line.startswith(b"data:") and time.monotonic() - looked > PAUSE:
                    self._look(asking, f"/now/rows?after={self._upto}")
                    looked = time.monotonic()
        finally:
            asking.close()
            listening.close()

    def hang_up(self) -> None:
        """End the stream, though nothing comes."""
        if self._sock is not None:
            with suppress(OSError):  # it ended by itself
                self._sock.shutdown(socket.SHUT_RDWR)

    def _look(self, connection: http.client.HTTPConnection, path: str) -> None:
        begun = time.perf_counter()
        response = self._get(connection, path)
        found = _UPTO.search(response.read())
        self.times.append(time.perf_counter() - begun)
        self._upto = int(found[1]) if found else self._upto

    def _open(self, connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
        response = self._get(connection, f"/live?after={self._upto}", "text/event-stream")
        self._sock = connection.sock
        return response

    def _get(
        self, connection: http.client.HTTPConnection, path: str, accept: str = "text/html"
    ) -> http.client.HTTPResponse:
        connection.request("GET", path, headers={"Accept": accept, "Cookie": self.cookies})
        response = connection.getresponse()
        assert response.status == 200, (path, response.status)
        return response
