"""The rulebook: whatever happens around a change of the policy, the place of an event says which one decides it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.python.failure import Failure

from jivod.flow.ingest import Delivery, ingest
from jivod.flow.regime import rules_of
from jivod.flow.replay import differences, rebuild
from jivod.model.errors import Busy, StoreFull
from jivod.policy.rules import DEFAULT
from jivod.store import journal, policies, reasons
from jivod.store.kv import Job, T
from jivod.store.memory import MemoryEngine
from jivod.web.rulebook import Rulebook
from jivod.wire import jivo
from tests.flow.world import DESK, ORIGIN, START, accepted, updated

POLICIES = (
    "",
    '[blocked]\nemails = ["info@*"]',
    '[identity]\nkinds = ["phone", "verified_token", "token", "email", "visitor"]',
    '[blocked]\nphones = ["+905321110033"]\n[survivorship.attributes.name]\ntie = "oldest"',
)
EMAILS = ("info@example.com", "ayse@example.com", None)
PHONES = ("+905321110033", "+905321110044", None)
NAMES = ("Ayşe", "Mehmet")
PEOPLE = st.fixed_dictionaries(
    {"email": st.sampled_from(EMAILS), "phone": st.sampled_from(PHONES), "name": st.sampled_from(NAMES)}
)


def only(kind: type[Exception]) -> Callable[[Failure], None]:
    """An errback for this kind of error and for no other."""

    def trap(failure: Failure) -> None:
        failure.trap(kind)  # type: ignore[no-untyped-call]

    return trap


class Undone(Exception):
    """The first run of a group came to nothing."""


@define(eq=False)
class Shift:
    """A day at the desk: jobs are queued, and committed in groups, each of which may fail or be run twice."""

    obstacle: Exception | None = None
    engine: MemoryEngine = field(init=False)
    rulebook: Rulebook = field(factory=lambda: Rulebook(DESK))
    queue: list[tuple[Job[Any], Deferred[Any]]] = field(factory=list)
    change: Deferred[bool | None] | None = None
    told: int = 0

    def __attrs_post_init__(self) -> None:
        self.engine = MemoryEngine(before_commit=self._before)

    def _before(self) -> None:
        if self.obstacle is not None:
            raise self.obstacle

    def submit(self, job: Job[T]) -> Deferred[T]:
        home: Deferred[T] = Deferred()
        self.queue.append((job, home))
        return home

    def tell(self, person: dict[str, Any], make: Callable[..., dict[str, Any]] = accepted) -> None:
        self.told += 1
        body = orjson.dumps(make(self.told % 5, **person))
        delivery = Delivery(origin=ORIGIN, received_at=START + self.told, body=body, reading=jivo.read(body))
        self.submit(lambda txn: ingest(txn, delivery, self.rulebook.desk(txn)))

    def adopt(self, policy: int) -> None:
        if self.change is None or self.change.called:
            change = ensureDeferred(self.rulebook.change(POLICIES[policy], self.submit))
            self.change = change.addErrback(only(StoreFull))

    def poison(self, _: int) -> None:
        self.submit(lambda txn: 1 // 0).addErrback(only(ZeroDivisionError))

    def commit(self, run_before: int = 0) -> None:
        """Let all that waits go, after a run of the first jobs that was given up."""
        jobs = [job for job, _ in self.queue]
        self._run(jobs[:run_before], Undone())
        homes, self.queue = [home for _, home in self.queue], []
        for home, outcome in zip(homes, self.engine.write(jobs), strict=True):
            home.errback(outcome.error) if outcome.error else home.callback(outcome.value)

    def overflow(self, _: int) -> None:
        """The disk is full: nothing of all that waits is written."""
        self._run([job for job, _ in self.queue], StoreFull("The disk is full."))
        homes, self.queue = [home for _, home in self.queue], []
        for home in homes:
            home.addErrback(only(StoreFull))
            home.errback(StoreFull("The disk is full."))

    def _run(self, jobs: list[Job[Any]], obstacle: Exception) -> None:
        self.obstacle = obstacle
        with pytest.raises(type(obstacle)):
            self.engine.write(jobs)
        self.obstacle = None

    def differences_to_a_rebuild(self) -> list[Any]:
        twin = MemoryEngine()
        for seq, text in self.engine.read(policies.listed):
            twin.write([lambda txn, s=seq, t=text: policies.adopt(txn, s, t)])  # type: ignore[misc]
        rebuild(self.engine, twin, lambda done, of: None)
        return differences(self.engine, twin)


STEPS = st.one_of(
    st.tuples(st.just("tell"), PEOPLE),
    st.tuples(st.just("adopt"), st.integers(0, len(POLICIES) - 1)),
    st.tuples(st.just("poison"), st.just(0)),
    st.tuples(st.just("commit"), st.integers(0, 9)),
    st.tuples(st.just("overflow"), st.just(0)),
)


@given(st.lists(STEPS, max_size=40))
def test_no_event_is_ever_decided_by_a_mixture(steps: list[tuple[str, Any]]) -> None:
    shift = Shift()
    for step, argument in steps:
        getattr(shift, step)(argument)
    shift.commit()
    assert shift.differences_to_a_rebuild() == []
    assert shift.engine.read(lambda txn: policies.at(txn, journal.last(txn) + 1)) in POLICIES
    in_force = shift.engine.read(lambda txn: policies.at(txn, journal.last(txn) + 1))
    assert shift.rulebook.rules == rules_of(in_force)


def blocked_at(shift: Shift) -> list[bool]:
    """Of each journal entry, whether its e-mail was kept from deciding."""
    last = shift.engine.read(journal.last)
    told = [shift.engine.read(lambda txn, s=seq: reasons.get(txn, s)) for seq in range(1, last + 1)]  # type: ignore[misc]
    return [any(key.kind == "email" for key, _ in reason.dropped) for reason in told if reason]


INFO = {"email": "info@example.com", "name": "Ayşe"}


def test_within_one_group_the_events_behind_the_change_are_the_first_to_feel_it() -> None:
    shift = Shift()
    shift.tell(INFO)
    shift.adopt(1)
    shift.tell(INFO, updated)
    shift.tell(INFO)
    shift.commit()
    shift.tell(INFO)
    shift.commit()
    assert blocked_at(shift) == [False, True, True, True]


def test_a_group_that_is_run_again_is_decided_as_at_the_first_run() -> None:
    shift = Shift()
    shift.tell(INFO)
    shift.adopt(1)
    shift.tell(INFO)
    shift.commit(run_before=3)
    assert blocked_at(shift) == [False, True]


def test_a_change_that_is_not_kept_changes_nothing() -> None:
    shift = Shift()
    shift.adopt(1)
    shift.tell(INFO)
    shift.overflow(0)
    assert shift.rulebook.rules == DEFAULT
    shift.tell(INFO)
    shift.commit()
    assert blocked_at(shift) == [False]


def test_a_full_queue_changes_nothing_either() -> None:
    def refuse(job: Job[bool]) -> Deferred[bool]:
        raise Busy("Too many events are waiting; try again.")

    shift = Shift()
    ensureDeferred(shift.rulebook.change(POLICIES[1], refuse)).addErrback(only(Busy))
    shift.tell(INFO)
    shift.commit()
    assert (shift.rulebook.rules, blocked_at(shift)) == (DEFAULT, [False])


def test_a_policy_that_decides_already_is_not_noted_again() -> None:
    shift = Shift()
    for _ in range(2):
        shift.adopt(1)
        shift.commit()
        shift.tell(INFO)
    assert [seq for seq, _ in shift.engine.read(policies.listed)] == [1]
