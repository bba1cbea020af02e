"""Floods of events: more than the disk takes, while it is slow, fails, or the process is told to end (O008 to O014)."""

from __future__ import annotations

import http.client
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jivod.store import journal
from tests.faults import skew
from tests.faults.books import Books
from tests.faults.crew import Crew
from tests.faults.skew import Skew
from tests.hold.scale import BIG
from tests.hostile.flood_beside import beside
from tests.hostile.wire_case import post
from tests.hostile.wire_target import HOOK, PROMPT, Target, target_in
from tests.hostile.wire_tools import need
from tests.hostile.wire_tracer import injected
from tests.smoke.daemon import event

POSTS, CONNECTIONS = 5000, 50
IN_FLIGHT = 200
LIMITS = "[limits]\nqueue_events = 20\n"
MANY, ANSWERED = (100 if BIG else 5), 30.0  # answers to each at each time of the clock, and the seconds for them

pytestmark = pytest.mark.long


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    with target_in(tmp_path) as made:
        yield made


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[Target]:
    """One in whose queue there is little room."""
    with target_in(tmp_path, LIMITS) as made:
        yield made


def pour(target: Target, name: str, posts: int, connections: int) -> dict[str, tuple[int, str | None]]:
    """So many events, as fast as so many connections go; status and Retry-After of each."""
    answers: dict[str, tuple[int, str | None]] = {}

    def run(part: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", target.daemon.port, timeout=10)
        try:
            for n in range(part, posts, connections):
                connection.request("POST", HOOK, event(f"{name}-{n}"))
                response = connection.getresponse()
                response.read()
                answers[f"{name}-{n}"] = response.status, response.headers["Retry-After"]
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()

    together(run, connections)
    return answers


def together(run: Callable[[int], None], size: int) -> None:
    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def booked(target: Target, answers: dict[str, tuple[int, str | None]]) -> set[int]:
    """The statuses; every 200 is in the books from now on."""
    target.acked.update(chat for chat, (status, _) in answers.items() if status == 200)
    return {status for status, _ in answers.values()}


def test_o008_more_than_it_can_take_is_200_or_503_and_each_200_is_there(narrow: Target) -> None:
    with beside(narrow.daemon.pid, narrow.daemon.admin_port) as others:
        answers = pour(narrow, "O008", POSTS, CONNECTIONS)
    assert len(answers) == POSTS
    assert booked(narrow, answers) == {200, 503}
    assert {again for status, again in answers.values() if status == 503} == {"1"}
    assert (others.lost, others.worst < PROMPT) == (0, True)
    narrow.forgiven = frozenset({"request failed: busy"})
    narrow.holds()


def test_o009_while_a_flush_takes_three_seconds_the_waiting_are_503_and_stored_all_the_same(target: Target) -> None:
    pid = target.daemon.pid
    with injected(pid, "fdatasync", "delay_enter=3000000:when=1"), beside(pid, target.daemon.admin_port) as others:
        begun = time.monotonic()
        answers = pour(target, "O009", 10, 10)
        took = time.monotonic() - begun
        while target.stored().total() < 11 and time.monotonic() - begun < 15:
            time.sleep(0.1)
    assert booked(target, answers) == {503}
    assert 2.4 < took < 3.5
    assert (others.lost, others.worst < PROMPT) == (0, True)
    assert sum(target.stored()[chat] for chat in answers) == 10
    target.forgiven = frozenset({"request failed: busy"})
    target.post("after")
    target.holds()


def test_o010_a_flush_that_fails_is_503_for_its_group_and_75(target: Target) -> None:
    booked(target, pour(target, "O010-before", 20, 4))
    with injected(target.daemon.pid, "fdatasync", "error=EIO:when=1"):
        answers = pour(target, "O010", 8, 8)
        assert target.daemon.wait() == 75
    assert {status for status, _ in answers.values()} <= {503}
    target.open()
    target.keeps_its_word()


def test_o012_killed_between_the_commit_and_the_answer_then_sent_again(target: Target) -> None:
    with injected(target.daemon.pid, "sendto", "signal=KILL:when=1"):
        said = target.door.say((post("O012"),))
        assert said.answers == ()
        assert target.daemon.wait() == -signal.SIGKILL
    assert target.stored()["O012"] == 1
    target.open()
    target.post("O012")
    target.holds()


def test_o013_told_to_end_with_two_hundred_in_flight(target: Target) -> None:
    crew = Crew("O013", target.daemon.port, IN_FLIGHT, Books())
    crew.begin()
    begun = time.monotonic()
    assert target.daemon.stop() == 0
    assert time.monotonic() - begun < 5.0
    crew.end()
    assert crew.books.wrong == []
    target.acked.update(set(crew.books.acked))
    target.keeps_its_word()


def test_o014_the_clock_goes_back_an_hour_and_on_a_day(tmp_path: Path) -> None:
    need("cc", "gcc libc6-dev")
    clock = Skew(skew.build(tmp_path, "cc"), tmp_path / "skew")
    with target_in(tmp_path, environ=clock.environ) as target:
        crew = Crew("O014", target.daemon.port, 8, Books())
        crew.begin()
        for offset in (-3600, 86_400, 0):
            clock.set(wall=offset)
            crew.wait_for(MANY, ANSWERED)
            assert any(target.healthz() < PROMPT for _ in range(3))
            received = target.look(lambda txn: journal.after(txn, journal.last(txn) - 1, 1))[0].received_at
            assert abs(received / 1000 - time.time() - offset) < 60  # the clock was set indeed
        crew.end()
        assert (crew.books.refused, crew.books.wrong) == ([], [])
        clock.set(wall=-3600)
        with target.door.connection() as peer:
            peer.sendall(b"refused\r\n\r\n")
            target.is_well()  # timers go on: he is cut off, though he does not hang up
        target.acked.update(set(crew.books.acked))
        target.holds()
