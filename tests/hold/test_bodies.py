"""A body of one byte too much is 413, and rests nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.hold.bulk import LIMIT, chunked, send, send_all, whole
from tests.hold.logged import LoggedDaemon
from tests.hold.process import forget_peak, memory, open_files, written

MIB = 1 << 20
AT_ONCE = 50
TOO_LONG = LIMIT + 1
LOG_PAGES = 64 * 1024  # what a few lines of log may dirty

Shape = Callable[[], Iterator[bytes]]
SHAPES: dict[str, Shape] = {
    "content-length": lambda: whole(TOO_LONG),
    "chunks": lambda: chunked(TOO_LONG),
    "one-chunk": lambda: chunked(TOO_LONG, chunk=TOO_LONG),
}


@pytest.fixture
def growth(daemon: LoggedDaemon, record_property: Callable[[str, object], None]) -> Callable[[Shape, int], int]:
    """How far the memory of the daemon rises at its highest while so many bodies come at once."""
    daemon.start()
    assert daemon.post("warm") == 200

    def measure(shape: Shape, times: int) -> int:
        forget_peak(daemon.pid)
        before = memory(daemon.pid)
        answers = send_all(daemon.port, [shape() for _ in range(times)])
        assert {answer[:12] for answer in answers} == {b"HTTP/1.1 413"}
        grown = memory(daemon.pid, "VmHWM") - before
        record_property("growth_mib", round(grown / MIB, 2))
        print(f"{times} at once: {grown / MIB:.2f} MiB more at the highest")
        return grown

    return measure


@pytest.mark.parametrize("shape", ["content-length", "chunks", "one-chunk"])
def test_one_byte_too_much_is_413_and_leaves_nothing_on_disk(daemon: LoggedDaemon, shape: str) -> None:
    daemon.start()
    assert daemon.post("warm") == 200
    files, named, bytes_before = files_under(daemon), open_files(daemon.pid), written(daemon.pid)
    with Watch(daemon) as watch:
        answers = send_all(daemon.port, [SHAPES[shape]() for _ in range(AT_ONCE)])
    assert {answer[:12] for answer in answers} == {b"HTTP/1.1 413"}
    assert watch.files - files == set()
    assert watch.opened - named == set()
    assert written(daemon.pid) - bytes_before < LOG_PAGES
    assert daemon.chats() == ["warm"]
    assert daemon.metric("jivod_quarantined_total") == 0


def test_the_longest_body_that_is_allowed_is_taken(daemon: LoggedDaemon) -> None:
    daemon.start()
    head, *rest = whole(LIMIT, b" ")
    event = b'{"event_name":"chat_accepted","chat_id":"long"}'
    body = event + b"".join(rest)[len(event) :]
    close = head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert send(daemon.port, iter([close, body]))[:12] == b"HTTP/1.1 200"
    assert daemon.chats() == ["long"]


def test_fifty_announced_too_long_take_no_memory(growth: Callable[[Shape, int], int]) -> None:
    assert growth(SHAPES["content-length"], AT_ONCE) < 1.5 * MIB


@pytest.mark.parametrize("shape", ["chunks", "one-chunk"])
def test_a_chunked_one_takes_no_more_than_the_longest_that_is_allowed(
    growth: Callable[[Shape, int], int], shape: str
) -> None:
    assert growth(SHAPES[shape], 1) < 4 * MIB


@pytest.mark.parametrize("shape", ["chunks", "one-chunk"])
def test_fifty_chunked_ones_take_no_more_each_than_the_longest_that_is_allowed(
    growth: Callable[[Shape, int], int], shape: str
) -> None:
    assert growth(SHAPES[shape], AT_ONCE) < AT_ONCE * 1.5 * MIB


def test_fifty_chunks_announced_too_long_are_refused_before_they_come(growth: Callable[[Shape, int], int]) -> None:
    assert growth(SHAPES["one-chunk"], AT_ONCE) < 4 * MIB


class Watch:
    """Looks again and again which files there are, and which the daemon has open."""

    def __init__(self, daemon: LoggedDaemon) -> None:
        self.files: set[Path] = set()
        self.opened: set[str] = set()
        self._daemon, self._over = daemon, Event()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(0.005):
            self.files |= files_under(self._daemon)
            self.opened |= open_files(self._daemon.pid)


def files_under(daemon: LoggedDaemon) -> set[Path]:
    return set(daemon.scratch.rglob("*")) | set((daemon.directory / "state").rglob("*"))
