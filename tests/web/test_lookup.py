"""The look-up and the clock: when nobody is asked, how long is waited, and what is remembered."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import define, field
from twisted.internet.defer import CancelledError, Deferred, ensureDeferred
from twisted.internet.task import Clock
from twisted.logger import globalLogPublisher
from twisted.python.failure import Failure
from twisted.web.client import ResponseNeverReceived

from jivod.model.written import RowDraft, Written
from jivod.policy import front
from jivod.policy.view import Looked, Scene
from jivod.web.fuse import FAILURES, PAUSE
from jivod.web.inquirer import Reply
from jivod.web.lookup import CROWD, Lookup, make_lookup
from jivod.web.metrics import Metrics
from tests.policy.test_rows import scene

URL = Written("https://crm.example.com/{{ customer.email }}", "jivod.toml:2")
ROW = RowDraft(content=Written("{{ lookup.balance }}", "jivod.toml:1"))
FOUND = Reply(200, b'{"balance": 5}')


@define(eq=False)
class Asker:
    """Whoever asks waits until the test answers."""

    waiting: list[Deferred[Reply]] = field(factory=list)

    async def ask(self, url: bytes) -> Reply:
        self.waiting.append(Deferred())
        return await self.waiting[-1]


@define(eq=False)
class Office:
    clock: Clock = field(factory=Clock)
    asker: Asker = field(factory=Asker)
    metrics: Metrics = field(factory=Metrics)
    lookup: Lookup = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.clock.advance(1000)
        self.lookup = made(self.asker, self.clock, self.metrics)

    def find(self, name: str, seconds: float = 2.5) -> Deferred[Looked]:
        return ensureDeferred(self.lookup.find(of(name), seconds))

    def outcome(self, name: str, reply: Reply | Exception) -> Looked:
        home = self.find(name)
        self.asker.waiting[-1].callback(reply) if isinstance(reply, Reply) else self.asker.waiting[-1].errback(reply)
        return now(home)


def made(asker: Any, clock: Clock, metrics: Metrics, deadline: float = 0.8) -> Lookup:
    inquiry = front.prepare([ROW], URL, ["balance"], "en", lambda: 0.0).inquiry
    assert inquiry is not None
    return make_lookup(inquiry, asker, {"balance": ("balance",)}, deadline, 60, clock=clock, metrics=metrics)


def of(name: str) -> Scene:
    return scene(emails=(f"{name}@example.com",) if name else ())


def now(home: Deferred[Looked]) -> Looked:
    found: list[Looked] = []
    home.addCallback(found.append)
    assert found, "still waiting"
    return found[0]


@pytest.fixture
def office() -> Office:
    return Office()


def test_what_was_found_is_good_for_a_minute(office: Office) -> None:
    assert office.outcome("a", FOUND) == {"balance": 5}
    office.clock.advance(59)
    assert now(office.find("a")) == {"balance": 5}
    office.clock.advance(1)
    office.find("a")
    assert len(office.asker.waiting) == 2


def test_what_failed_is_not_remembered(office: Office) -> None:
    assert office.outcome("a", Reply(500, b"")) == {}
    assert office.outcome("a", FOUND) == {"balance": 5}


@pytest.mark.parametrize(("left", "wait", "outcome"), [(2.5, 0.8, "late"), (0.3, 0.3, "no_time")])
def test_the_shorter_of_both_deadlines_counts(office: Office, left: float, wait: float, outcome: str) -> None:
    home = office.find("a", left)
    office.clock.advance(wait - 0.01)
    assert not home.called
    office.clock.advance(0.02)
    assert now(home) == {}
    assert office.metrics.lookups == {outcome: 1}


def test_a_slow_commit_of_ours_is_no_failure_of_the_other_crm(office: Office) -> None:
    for n in range(FAILURES * 2):
        office.find(str(n), 0.3)
        office.clock.advance(0.4)
    assert not office.lookup.fuse.is_open


@pytest.mark.parametrize("left", [0.01, 0.0, -3.0])
def test_without_time_nobody_is_asked(office: Office, left: float) -> None:
    assert now(office.find("a", left)) == {}
    assert office.asker.waiting == []


def test_without_the_value_to_ask_by_nobody_is_asked(office: Office) -> None:
    assert now(office.find("")) == {}
    assert (office.asker.waiting, office.metrics.lookups) == ([], {"no_key": 1})


def test_a_crowd_is_not_let_in(office: Office) -> None:
    homes = [office.find(str(n)) for n in range(CROWD + 1)]
    assert now(homes.pop()) == {}
    assert len(office.asker.waiting) == office.metrics.lookups_waiting == CROWD
    office.asker.waiting[0].callback(FOUND)
    assert not office.find("another").called


@pytest.mark.parametrize("reply", [Reply(500, b""), Reply(200, b"no"), Reply(302, b""), OSError("no route")])
def test_after_some_failures_it_is_left_alone_for_a_while(office: Office, reply: Reply | Exception) -> None:
    for n in range(FAILURES):
        assert office.outcome(str(n), reply) == {}
    assert now(office.find("x")) == {}
    assert office.metrics.lookup_paused
    office.clock.advance(PAUSE)
    assert office.outcome("x", FOUND) == {"balance": 5}
    assert not office.metrics.lookup_paused


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(401, b"private"), "status 401"),
        (Reply(200, b"private"), "The answer is not JSON."),
        (OSError("private"), "OSError"),
        (ResponseNeverReceived([Failure(ConnectionRefusedError("private"))]), "ConnectionRefusedError"),
    ],
)
def test_the_log_says_once_why_and_nothing_of_the_customer(office: Office, reply: Reply | Exception, why: str) -> None:
    seen: list[dict[str, Any]] = []
    globalLogPublisher.addObserver(seen.append)
    for n in range(FAILURES + 2):
        office.find(str(n))
        for home in [d for d in office.asker.waiting if not d.called]:
            home.callback(reply) if isinstance(reply, Reply) else home.errback(reply)
    globalLogPublisher.removeObserver(seen.append)
    (line,) = seen
    assert line["reason"] == why
    assert "example.com" not in str(line) and "private" not in str(line)


def test_what_a_visitor_typed_pauses_nobody(office: Office) -> None:
    for n in range(FAILURES * 2):
        assert office.outcome(str(n), Reply(422, b"")) == {}
    assert office.metrics.lookups == {"rejected": FAILURES * 2}
    assert office.outcome("x", FOUND) == {"balance": 5}


@pytest.mark.parametrize("status", [204, 404, 410])
def test_who_is_not_known_there_is_not_asked_for_again(office: Office, status: int) -> None:
    assert office.outcome("a", Reply(status, b"")) == {}
    assert now(office.find("a")) == {}
    assert office.metrics.lookups == {"unknown": 1, "cached": 1}


def test_who_hangs_up_is_no_failure_of_the_other_crm(office: Office) -> None:
    for n in range(FAILURES * 2):
        home = office.find(str(n))
        home.addErrback(lambda failure: failure.trap(CancelledError))
        home.cancel()
    assert office.metrics.lookups == {"left": FAILURES * 2}
    assert (office.metrics.lookups_waiting, office.lookup.fuse.is_open) == (0, False)


def test_a_client_that_does_not_let_itself_be_cancelled_is_late_all_the_same(office: Office) -> None:
    class Stubborn:
        async def ask(self, url: bytes) -> Reply:
            try:
                return await Deferred[Reply]()
            except CancelledError:
                raise OSError("torn down") from None

    office.lookup = made(Stubborn(), office.clock, office.metrics)
    home = office.find("a")
    office.clock.advance(0.9)
    assert (now(home), office.metrics.lookups) == ({}, {"late": 1})
