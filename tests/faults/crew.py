"""Crew: connections that post as fast as they are answered, some events again and again, and keep the books."""

from __future__ import annotations

import http.client
import time
from random import Random
from threading import Thread

from attrs import define, field

from tests.faults.books import Books
from tests.smoke.daemon import SECRET, event

AGAIN = 0.2  # of all posts repeat an event that was sent before
PATIENCE = 15.0
PAUSE = 0.02  # before a lost connection is made anew


@define(eq=False)
class Sailor:
    """One connection, made anew as often as it is lost."""

    name: str
    port: int
    books: Books
    pause: float = 0.0  # between two posts
    sent: list[str] = field(factory=list)
    acks: int = 0
    stopped: bool = False

    def run(self) -> None:
        """Post until stopped."""
        random = Random(self.name)
        while not self.stopped:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            try:
                while not self.stopped:
                    self._post(connection, self._next(random))
                    time.sleep(self.pause)
            except (OSError, http.client.HTTPException):
                time.sleep(PAUSE)
            finally:
                connection.close()

    def _next(self, random: Random) -> str:
        if self.sent and random.random() < AGAIN:
            return random.choice(self.sent)
        chat = f"{self.name}-{len(self.sent)}"
        self.sent.append(chat)
        self.books.sent.append(chat)
        return chat

    def _post(self, connection: http.client.HTTPConnection, chat: str) -> None:
        begun = time.monotonic()
        connection.request("POST", f"/jivo/{SECRET}", event(chat))
        response = connection.getresponse()
        response.read()
        self.books.answered(chat, response.status, response.getheader("Retry-After"), time.monotonic() - begun)
        self.acks += response.status == 200
        if response.status != 200:
            time.sleep(PAUSE)


@define(eq=False)
class Crew:
    """`size` sailors at work."""

    name: str
    port: int
    size: int
    books: Books
    pause: float = 0.0
    sailors: list[Sailor] = field(init=False)
    _threads: list[Thread] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.sailors = [Sailor(f"{self.name}-{n}", self.port, self.books, self.pause) for n in range(self.size)]

    def begin(self) -> None:
        """Let all begin, and wait until each has been answered once."""
        self._threads = [Thread(target=sailor.run, daemon=True) for sailor in self.sailors]
        for thread in self._threads:
            thread.start()
        self.wait_for(1)

    def wait_for(self, more: int, patience: float = PATIENCE) -> None:
        """Wait until each has got so many more answers of 200."""
        before = [sailor.acks for sailor in self.sailors]
        limit = time.monotonic() + patience
        while any(sailor.acks < acks + more for sailor, acks in zip(self.sailors, before, strict=True)):
            assert time.monotonic() < limit, "not every connection is answered 200"
            time.sleep(0.005)

    def end(self) -> None:
        """Stop, and wait for what is on its way."""
        for sailor in self.sailors:
            sailor.stopped = True
        for thread in self._threads:
            thread.join(PATIENCE + 1)
            assert not thread.is_alive()
