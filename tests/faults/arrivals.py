"""Arrivals: events that come when they come, whether the one before was answered or not, each on its own connection.

The time of an answer counts from the moment at which its event was due: who waits in line has waited too.

    python -m tests.faults.arrivals [--rate 100] [--seconds 60] [--flush 0.1] [--directory /tmp]

starts a daemon, lets that many events a second arrive, and prints what came of it and how long answers took; with
--flush on a disk whose every flush takes so many seconds (this needs a C compiler).
"""

from __future__ import annotations

import argparse
import http.client
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import define, field

from tests.faults import skew
from tests.faults.books import Books
from tests.faults.daemon import StruckDaemon
from tests.smoke.daemon import SECRET, event, running

HANDS = 64  # events that may be on their way at once
PATIENCE = 30.0  # on a busy machine


@define(eq=False)
class Arrivals:
    """Events of `name` at `port`, so many a second; `body` writes the one of a chat."""

    name: str
    port: int
    rate: float
    body: Callable[[str], bytes] = event
    books: Books = field(factory=Books)
    failed: list[str] = field(factory=list)  # no answer at all

    def run(self, number: int) -> None:
        """So many; returns when the last is answered."""
        begun = time.monotonic() + 0.05
        with ThreadPoolExecutor(HANDS) as pool:
            for n in range(number):
                due = begun + n / self.rate
                time.sleep(max(0.0, due - time.monotonic()))
                pool.submit(self._send, f"{self.name}-{n}", due)

    def _send(self, chat: str, due: float) -> None:
        self.books.sent.append(chat)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("POST", f"/jivo/{SECRET}", self.body(chat))
            response = connection.getresponse()
            response.read()
            self.books.answered(chat, response.status, response.getheader("Retry-After"), time.monotonic() - due)
        except (OSError, http.client.HTTPException) as error:
            self.failed.append(f"{chat}: {type(error).__name__} {error}")
        finally:
            connection.close()

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
            arrivals = Arrivals("a", daemon.port, asked.rate)
            arrivals.run(int(asked.rate * asked.seconds))
            balance = arrivals.books.close(daemon.look().there)
            print(f"started in {started:.2f} s; {arrivals}; {balance}")
            return 1 if arrivals.failed or arrivals.books.refused or not balance.even else 0
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    sys.exit(main())
