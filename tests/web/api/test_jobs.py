"""Jobs: no request waits for ever, never are there too many at once, and a caller who leaves ends only his wait."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import define, field
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from jivod.model.entry import DECISION
from jivod.model.errors import Busy
from jivod.web.api import jobs
from jivod.web.api.jobs import Jobs
from jivod.web.deadline import Deadlines
from tests.web.api.counter import ADMIN, Counter
from tests.web.shop import DEADLINE, HeldWriter, open_shop

CUSTOMERS = "http://crm.example.com/api/v1/customers"


@define(eq=False)
class Slow:
    """Answers when it is told to."""

    waiting: list[Deferred[Any]] = field(factory=list)

    def read(self, job: Any) -> Deferred[Any]:
        self.waiting.append(Deferred())
        return self.waiting[-1]

    def submit(self, job: Any, size: int) -> Deferred[Any]:
        return self.read(job)


def ends(wait: Deferred[Any]) -> list[Any]:
    found: list[Any] = []
    wait.addBoth(found.append)
    return found


@pytest.mark.parametrize("verb", ["read", "write"])
def test_a_wait_ends_at_the_deadline_and_what_comes_later_is_nobodys(verb: str) -> None:
    clock, slow = Clock(), Slow()
    jobs = Jobs(slow, slow, Deadlines(clock, 2.5))
    found = ends(jobs.read(len) if verb == "read" else jobs.write(len, 1))
    clock.advance(2.6)
    assert isinstance(found[0].value, Busy)
    assert jobs.running == 1
    slow.waiting[0].callback("late")
    assert jobs.running == 0


def test_a_caller_who_leaves_ends_his_wait() -> None:
    slow = Slow()
    jobs = Jobs(slow, slow, Deadlines(Clock(), 2.5))
    wait = jobs.read(len)
    found = ends(wait)
    wait.cancel()
    assert found[0].check(CancelledError)
    slow.waiting[0].callback("late")
    assert jobs.running == 0


def test_there_are_never_many_at_once() -> None:
    slow = Slow()
    several = Jobs(slow, slow, Deadlines(Clock(), 2.5))
    for _ in range(jobs.MOST):
        several.read(len)
    with pytest.raises(Busy):
        several.read(len)
    slow.waiting[0].callback(1)
    several.read(len)


def test_a_job_that_cannot_begin_takes_no_place() -> None:
    class Full(Slow):
        def submit(self, job: Any, size: int) -> Deferred[Any]:
            raise Busy("full")

    several = Jobs(Slow(), Full(), Deadlines(Clock(), 2.5))
    with pytest.raises(Busy):
        several.write(len, 1)
    assert several.running == 0


def test_a_slow_store_is_answered_503_and_what_was_sent_with_a_key_is_done_once() -> None:
    counter = Counter(open_shop(make_writer=HeldWriter))
    found: list[Any] = []
    headers = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json", "Idempotency-Key": "k"}
    for _ in range(2):
        waiting = counter.shop.treq.request("POST", CUSTOMERS, headers=headers, data=b'{"name":"Elif"}')
        waiting.addCallback(found.append)
        counter.shop.pass_time(DEADLINE + 0.2)
        counter.shop.treq.flush()
    assert [(reply.code, reply.headers.getRawHeaders("Retry-After")) for reply in found] == [(503, ["1"])] * 2
    counter.shop.writer.release()
    (entry,) = counter.shop.journal()
    assert entry.kind == DECISION
