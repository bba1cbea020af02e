"""Clicks: what a page costs where there is much, and what people who click cost the webhook.

    python -m tests.hold.clicks [--customers 1000000] [--chats 10000] [--seconds 30] [--directory /tmp]

Fills a store, one customer of it with many conversations, starts the daemon, asks for each page alone, then posts 50
events a second, first alone, then beside 20 people who click through the pages, some of them with what happens now
open and listening. Removes what it made.
"""

from __future__ import annotations

import argparse
import http.client
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import ClassVar
from urllib.parse import urlencode

from attrs import define, field, frozen

from tests.hold.listener import MOST, Listener
from tests.hold.logged import LoggedDaemon
from tests.hold.much import MAP_SIZE, paths, prepare
from tests.smoke import daemon as smoke
from tests.smoke.daemon import SECRET, running

PEOPLE = 20
THINK = (0.5, 1.5)  # seconds between two clicks
RATE = 50  # events a second
SERVER_TIME = 0.050
TIMES = 2.0  # of its quiet p99 that the webhook may need
TRIES = 9  # of each page alone
PASSWORD = "kahve masa deniz 42"
LINK = re.compile(r"/welcome/[\w-]{43}")


class Roomy(LoggedDaemon):
    """With a map for a million customers."""

    map_size: ClassVar[int] = MAP_SIZE

    def configure(self, more: str = "") -> None:
        super().configure(more)
        self.config.write_text(self.config.read_text().replace(f"{smoke.MAP_SIZE}", f"{self.map_size}"))

    def catch_up(self, patience: float = 3600.0) -> None:
        """Wait until all that was put into the store can be searched: it is no day like others while that is made."""
        deadline, was_behind = time.monotonic() + patience, False
        while time.monotonic() < deadline:
            behind = self.metric("jivod_search_behind_entries")
            if was_behind and not behind:
                return
            was_behind = was_behind or behind > 0
            time.sleep(0.25)
        raise TimeoutError("the search does not come to its end")


@frozen(kw_only=True)
class Found:
    """Seconds: of each page alone, the p99 of the webhook in quiet and beside people, and of the clicks."""

    pages: dict[str, float]
    quiet: float
    busy: float
    clicks: float

    @property
    def slowest(self) -> float:
        return max(self.pages.values())

    def __str__(self) -> str:
        lines = [f"{seconds * 1000:7.1f} ms  {path}" for path, seconds in self.pages.items()]
        ratio = f"x {self.busy / self.quiet:.2f}"
        return "\n".join([*lines, f"webhook p99 {self.quiet * 1000:.1f} ms in quiet, {self.busy * 1000:.1f} ms beside "
                          f"{PEOPLE} people, {ratio}; a click p99 {self.clicks * 1000:.1f} ms"])  # fmt: skip


def sign_in(daemon: LoggedDaemon) -> str:
    """The cookies of a new user."""
    path = LINK.search(jivod(daemon, "user", "add", "clicker@example.com", "--role", "admin"))
    assert path is not None
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
    connection.request("POST", path[0], urlencode({"password": PASSWORD}), headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == 303, response.status
    return "; ".join(line.partition(";")[0] for line in response.headers.get_all("Set-Cookie") or ())


def jivod(daemon: LoggedDaemon, *arguments: str) -> str:
    command = [sys.executable, "-m", "jivod", "--config", str(daemon.config), *arguments]
    return subprocess.run(command, cwd=smoke.ROOT, capture_output=True, text=True, check=True, timeout=60).stdout


@define(eq=False)
class Clicker:
    """Somebody at a browser: one connection, a click, a look."""

    port: int
    cookies: str
    paths: list[str]
    random: Random
    times: list[float] = field(factory=list)

    def run(self, stop: Event) -> None:
        with connected(self.port) as connection:
            while not stop.wait(self.random.uniform(*THINK)):
                self.times.append(self.click(connection, self.random.choice(self.paths)))

    def click(self, connection: http.client.HTTPConnection, path: str) -> float:
        """Seconds until the page was there."""
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Accept": "text/html", "Cookie": self.cookies})
        response = connection.getresponse()
        response.read()
        assert response.status == 200, (path, response.status)
        return time.perf_counter() - begun

    def alone(self) -> dict[str, float]:
        """Each page by itself: the median of several."""
        with connected(self.port) as connection:
            for path in self.paths:
                self.click(connection, path)
            return {path: statistics.median(self.click(connection, path) for _ in range(TRIES)) for path in self.paths}


def webhook(port: int, seconds: float, name: str, event: Callable[[str], bytes] = smoke.event) -> list[float]:
    """How long each answer took, measured by a process that does nothing else."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(post, port, seconds, name, event).result()


def post(port: int, seconds: float, name: str, event: Callable[[str], bytes] = smoke.event) -> list[float]:
    """Post `RATE` events a second, each when it is due; how long each answer took. `event` is the one of a chat."""
    number = int(seconds * RATE)
    begun = time.perf_counter()

    def send(part: int) -> list[float]:
        times = []
        with connected(port) as connection:
            for n in range(part, number, 4):
                time.sleep(max(0.0, begun + n / RATE - time.perf_counter()))
                sent = time.perf_counter()
                connection.request("POST", f"/jivo/{SECRET}", event(f"{name}-{n}"))
                response = connection.getresponse()
                response.read()
                assert response.status == 200
                times.append(time.perf_counter() - sent)
        return times

    with ThreadPoolExecutor(4) as pool:
        return [one for times in pool.map(send, range(4)) for one in times]


def beside(port: int, cookies: str, paths: list[str], seconds: float, name: str) -> tuple[list[float], list[float]]:
    """The webhook's times and those of the clicks, while people click."""
    people = [Clicker(port, cookies, paths, Random(n)) for n in range(PEOPLE)]
    listeners = [Listener(port, cookies) for _ in range(MOST)]
    stop = Event()
    threads = [Thread(target=one.run, args=(stop,)) for one in (*people, *listeners)]
    for thread in threads:
        thread.start()
    try:
        times = webhook(port, seconds, name)
    finally:
        stop.set()
        for one in listeners:
            one.hang_up()
        for thread in threads:
            thread.join()
    assert all(one.heard for one in listeners), "nobody tells those who listen"
    return times, [time for one in (*people, *listeners) for time in one.times]


def measure(daemon: LoggedDaemon, cookies: str, clicked: list[str], seconds: float, name: str = "m") -> Found:
    """All of it, once."""
    pages = Clicker(daemon.port, cookies, clicked, Random(0)).alone()
    webhook(daemon.port, 1, f"{name}-warm")
    quiet = webhook(daemon.port, seconds, f"{name}-quiet")
    busy, clicks = beside(daemon.port, cookies, clicked, seconds, f"{name}-busy")
    return Found(pages=pages, quiet=p99(quiet), busy=p99(busy), clicks=p99(clicks))


def p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


@contextmanager
def connected(port: int) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        yield connection
    finally:
        connection.close()


def main() -> int:
    """Exit code 1 if a page takes longer than it may, or the webhook suffers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--chats", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()))
    asked = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="jivod-clicks-", dir=asked.directory))
    begun = time.monotonic()
    try:
        with running(Roomy(directory)) as daemon:
            assert isinstance(daemon, Roomy)
            daemon.data.parent.mkdir(parents=True, mode=0o700)
            prepare(daemon.data, asked.customers, asked.chats)
            print(f"filled after {time.monotonic() - begun:.0f} s", flush=True)
            clicked = paths(daemon.data, asked.customers)
            daemon.start()
            daemon.catch_up()
            print(f"searchable after {time.monotonic() - begun:.0f} s", flush=True)
            found = measure(daemon, sign_in(daemon), clicked, asked.seconds)
            print(found)
            return 0 if found.slowest < SERVER_TIME and found.busy < TIMES * found.quiet else 1
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    sys.exit(main())
