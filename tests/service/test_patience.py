"""When a group goes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from jivod.service.patience import MOMENT, Patience


class Crowd:
    def __init__(self) -> None:
        self.clock, self.waiting = Clock(), 0
        self.since = 0.0  # when the first of those that wait came
        self.gone: list[int] = []
        self.patience = Patience(self.clock.callLater, self.go)

    def go(self) -> None:
        if self.waiting:
            self.gone.append(self.waiting)
            self.waiting = 0

    def come(self, events: int = 1) -> None:
        for _ in range(events):
            self.since = self.since if self.waiting else self.clock.seconds()
            self.waiting += 1
            self.patience.arrived(self.waiting)


def test_who_comes_alone_never_waits() -> None:
    crowd = Crowd()
    crowd.come()
    crowd.patience.settled(1, 0)
    crowd.come()
    assert crowd.gone == [1, 1]


def test_a_crowd_is_waited_for_until_all_are_back() -> None:
    crowd = Crowd()
    crowd.patience.settled(3, 0)
    crowd.come(2)
    assert crowd.gone == []
    crowd.come()
    assert crowd.gone == [3]


def test_those_who_waited_meanwhile_and_those_who_come_back_go_together() -> None:
    crowd = Crowd()
    crowd.waiting = 2
    crowd.patience.settled(2, 2)
    crowd.come(2)
    assert crowd.gone == [4]


def test_when_nobody_else_comes_the_group_goes_after_a_moment() -> None:
    crowd = Crowd()
    crowd.patience.settled(8, 0)
    crowd.come(3)
    assert crowd.gone == []
    crowd.clock.advance(MOMENT)
    assert crowd.gone == [3]


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 5), st.floats(0.0, MOMENT)), max_size=30))
def test_nobody_waits_longer_than_a_moment_however_many_keep_coming(steps: list[tuple[int, int, float]]) -> None:
    crowd = Crowd()
    for group, events, seconds in steps:
        crowd.patience.settled(group, crowd.waiting)
        crowd.come(events)
        crowd.clock.advance(seconds)
        assert crowd.waiting == 0 or crowd.clock.seconds() - crowd.since < MOMENT
    crowd.clock.advance(MOMENT)
    assert crowd.waiting == 0 and crowd.clock.getDelayedCalls() == []


def test_patience_forgets_a_crowd_that_did_not_come_back() -> None:
    crowd = Crowd()
    crowd.patience.settled(8, 0)
    crowd.clock.advance(MOMENT)
    crowd.come()
    assert crowd.gone == [1]


def test_no_timer_is_left_once_all_is_quiet() -> None:
    crowd = Crowd()
    crowd.patience.settled(8, 0)
    crowd.patience.settled(8, 0)
    crowd.clock.advance(MOMENT)
    assert crowd.clock.getDelayedCalls() == []
