"""A body of one byte too much is 413 and rests nowhere; however many come at once, what they hold has a bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.hold.bulk import LIMIT, chunked, send, send_all, whole
from tests.hold.logged import LoggedDaemon
from tests.hold.process import forget_peak, memory, open_files, written
from tests.hold.scale import CROWD
from tests.smoke.daemon import SECRET

MIB = 1 << 20
AT_ONCE = 50
SHORT = 64 * 1024  # what anybody may bring
LONG_BODIES = 64 * MIB  # what all longer ones may hold together
TOO_LONG = LIMIT + 1
TRAILERS = b"a\r\n" * 20_000
LOG_PAGES = 64 * 1024  # what a few lines of log may dirty

Shape = Callable[[], Iterator[bytes]]
Growth = Callable[..., int]
SHAPES: dict[str, Shape] = {
    "content-length": lambda: whole(TOO_LONG),
    "chunks": lambda: chunked(TOO_LONG),
    "one-chunk": lambda: chunked(TOO_LONG, chunk=TOO_LONG),
}


@pytest.fixture
def growth(daemon: LoggedDaemon, record_property: Callable[[str, object], None]) -> Growth:
    """How far the memory of the daemon rises at its highest while so many bodies come at once; it serves on after."""
    daemon.start()
    assert daemon.post("warm") == 200

    def measure(shape: Shape, times: int, statuses: frozenset[int] = frozenset({413})) -> int:
        forget_peak(daemon.pid)
        before = memory(daemon.pid)
        answers = send_all(daemon.port, [shape() for _ in range(times)])
        assert {answer[:12] for answer in answers} <= {b"HTTP/1.1 %d" % status for status in statuses}
        grown = memory(daemon.pid, "VmHWM") - before
        record_property("growth_mib", round(grown / MIB, 2))
        print(f"{times} at once: {grown / MIB:.2f} MiB more at the highest")
        assert daemon.post("after") == 200
        assert daemon.chats() == ["warm", "after"]
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


@pytest.mark.long
def test_fifty_announced_too_long_take_no_memory(growth: Growth) -> None:
    assert growth(SHAPES["content-length"], AT_ONCE) < 1.5 * MIB


@pytest.mark.long
@pytest.mark.parametrize("shape", ["chunks", "one-chunk"])
def test_a_chunked_one_takes_no_more_than_the_longest_that_is_allowed(growth: Growth, shape: str) -> None:
    assert growth(SHAPES[shape], 1) < 4 * MIB


@pytest.mark.long
@pytest.mark.parametrize("shape", ["chunks", "one-chunk"])
def test_fifty_chunked_ones_take_no_more_each_than_the_longest_that_is_allowed(growth: Growth, shape: str) -> None:
    assert growth(SHAPES[shape], AT_ONCE) < AT_ONCE * 1.5 * MIB


@pytest.mark.long
def test_fifty_chunks_announced_too_long_are_refused_before_they_come(growth: Growth) -> None:
    assert growth(SHAPES["one-chunk"], AT_ONCE) < 4 * MIB


@pytest.mark.long
def test_long_bodies_of_a_crowd_hold_no_more_than_their_budget(growth: Growth) -> None:
    assert growth(SHAPES["chunks"], CROWD, frozenset({413, 503})) < (LONG_BODIES + CROWD * SHORT) * 1.5


@pytest.mark.long
@pytest.mark.parametrize("shape", list(SHAPES))
def test_a_crowd_of_strangers_holds_no_more_than_short_bodies(growth: Growth, shape: str) -> None:
    assert growth(lambda: of_stranger(SHAPES[shape]()), CROWD, frozenset({413, 429})) < CROWD * SHORT * 1.5


@pytest.mark.long
def test_trailers_of_a_crowd_hold_next_to_nothing(growth: Growth) -> None:
    assert growth(lambda: of_stranger(trailed()), CROWD, frozenset({400})) < CROWD * SHORT / 2


def of_stranger(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same request with a secret that is none."""
    return (part.replace(SECRET.encode(), b"no-secret-of-anybody") for part in parts)


def trailed() -> Iterator[bytes]:
    """A small body with trailers without end."""
    for part in chunked(1):
        yield part.replace(b"0\r\n\r\n", b"0\r\n" + TRAILERS)


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
