"""Crew: many connections that stay open and post as fast as they are answered, some events again and again."""

from __future__ import annotations

import http.client
import time
from random import Random
from threading import Thread

from attrs import define, field

from tests.smoke.daemon import SECRET, event

AGAIN = 0.2  # of all posts repeat an event that was sent before
PATIENCE = 10.0


@define(eq=False)
class Sailor:
    """One connection. `sent` are its distinct events; `acked` those answered 200, in order, repeats too."""

    name: str
    port: int
    sent: list[str] = field(factory=list)
    acked: list[str] = field(factory=list)
    refused: list[int] = field(factory=list)  # statuses but 200
    stopped: bool = False

    def run(self) -> None:
        """Post until the daemon is gone."""
        random = Random(self.name)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            while not self.stopped:
                self._post(connection, self._next(random))
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()

    def _next(self, random: Random) -> str:
        if self.sent and random.random() < AGAIN:
            return random.choice(self.sent)
        self.sent.append(f"{self.name}-{len(self.sent)}")
        return self.sent[-1]

    def _post(self, connection: http.client.HTTPConnection, chat: str) -> None:
        connection.request("POST", f"/jivo/{SECRET}", event(chat))
        response = connection.getresponse()
        response.read()
        if response.status == 200:
            self.acked.append(chat)
        else:
            self.refused.append(response.status)


@define(eq=False)
class Crew:
    """`size` sailors at work."""

    name: str
    port: int
    size: int
    sailors: list[Sailor] = field(init=False)
    _threads: list[Thread] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.sailors = [Sailor(f"{self.name}-{n}", self.port) for n in range(self.size)]

    def begin(self) -> None:
        """Let all begin, and wait until each has been answered once."""
        self._threads = [Thread(target=sailor.run, daemon=True) for sailor in self.sailors]
        for thread in self._threads:
            thread.start()
        limit = time.monotonic() + PATIENCE
        while not all(sailor.acked for sailor in self.sailors):
            assert time.monotonic() < limit, "not every connection is answered"
            time.sleep(0.005)

    def end(self) -> None:
        """Wait for all; the daemon is gone."""
        for sailor in self.sailors:
            sailor.stopped = True
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def acked(self) -> set[str]:
        return {chat for sailor in self.sailors for chat in sailor.acked}

    def sent(self) -> set[str]:
        return {chat for sailor in self.sailors for chat in sailor.sent}

    def answers(self) -> int:
        return sum(len(sailor.acked) for sailor in self.sailors)

    def refused(self) -> set[int]:
        return {status for sailor in self.sailors for status in sailor.refused}
