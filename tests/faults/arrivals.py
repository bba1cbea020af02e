"""Arrivals: events that come when they come, whether the one before was answered or not, each on its own connection
or, as from a proxy, on some that are kept.

The time of an answer counts from the moment at which its event was due: who waits in line has waited too.

    python -m tests.faults.arrivals [--rate 100] [--seconds 60] [--flush 0.1] [--kept] [--directory /tmp]

starts a daemon, lets that many events a second arrive, and prints what came of it and how long answers took; with
--flush on a disk whose every flush takes so many seconds (this needs a C compiler).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from attrs import define, field

from tests.faults import skew
from tests.faults.books import Books
from tests.faults.daemon import StruckDaemon
from tests.faults.hands import Answer, Hands
from tests.smoke.daemon import SECRET, event, running

HANDS = 64  # events that may be on their way at once


@define(eq=False)
class Arrivals:
    """Events of `name` at `port`, so many a second; `body` writes the one of a chat; connections may be `kept`."""

    name: str
    port: int
    rate: float
    body: Callable[[str], bytes] = event
    kept: bool = False
    books: Books = field(factory=Books)
    failed: list[str] = field(factory=list)  # no answer at all

    def run(self, number: int) -> None:
        """So many; returns when the last is answered."""
        begun = time.monotonic() + 0.05
        chats = ((begun + n / self.rate, f"{self.name}-{n}") for n in range(number))
        hands = Hands(self.port, HANDS, self._answered, kept=self.kept)
        hands.send((due, chat, self._request(chat)) for due, chat in chats)

    def _request(self, chat: str) -> bytes:
        self.books.sent.append(chat)
        body = self.body(chat)
        head = f"POST /jivo/{SECRET} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def _answered(self, answer: Answer) -> None:
        if answer.failed:
            self.failed.append(f"{answer.chat}: {answer.failed}")
        else:
            self.books.answered(answer.chat, answer.status, answer.retry_after, answer.seconds)

    def quantile(self, part: float) -> float:
        """Seconds in which this part of all answers was there."""
        return sorted(self.books.seconds)[int((len(self.books.seconds) - 1) * part)]

    def __str__(self) -> str:
        times = ", ".join(f"p{100 * part:g} {self.quantile(part) * 1000:.1f}" for part in (0.5, 0.99, 0.999, 1.0))
        busy = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        return f"{self.rate:g}/s: {self.books}, {len(self.failed)} without an answer; {times} ms; {busy}"


def main() -> int:
    """Exit code 1 if an event was not answered 200 or is not there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--flush", type=float, default=0.0)
    parser.add_argument("--kept", action="store_true")
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()))
    asked = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="jivod-arrivals-", dir=asked.directory))
    try:
        daemon = StruckDaemon(directory)
        if asked.flush:
            slow = skew.Skew(skew.build(directory, "cc"), directory / "skew")
            daemon.environ = slow.environ
        with running(daemon):
            started = daemon.start()
            if asked.flush:
                slow.set(flush=asked.flush)
            arrivals = Arrivals("a", daemon.port, asked.rate, kept=asked.kept)
            arrivals.run(int(asked.rate * asked.seconds))
            balance = arrivals.books.close(daemon.look().there)
            print(f"started in {started:.2f} s; {arrivals}; {balance}")
            return 1 if arrivals.failed or arrivals.books.refused or not balance.even else 0
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    sys.exit(main())
