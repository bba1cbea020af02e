"""Breaker: how long a sink is left alone, and how long a change waits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jivod.service.breaker import CAP, FAILURES, LONGEST, Breaker, back_off


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def broken(time: Time) -> Breaker:
    breaker = Breaker(time, lambda: 1.0)
    assert [breaker.failed() for _ in range(FAILURES)] == [False] * (FAILURES - 1) + [True]
    return breaker


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    time = Time()
    breaker = Breaker(time, lambda: 1.0)
    for _ in range(3 * FAILURES):
        assert breaker.allows(3)
        breaker.failed()
        breaker.worked()
    assert not broken(time).allows(0)


def test_when_its_time_is_over_one_may_go() -> None:
    time = Time()
    breaker = broken(time)
    time.now = LONGEST
    assert breaker.allows(0)
    assert not breaker.allows(1)
    breaker.worked()
    assert breaker.allows(3)


@given(st.integers(1, 200), st.floats(0, 1, exclude_max=True))
def test_it_never_stays_open_for_longer_than_agreed(failures: int, drawn: float) -> None:
    time = Time()
    breaker = Breaker(time, lambda: drawn)
    for _ in range(failures):
        breaker.failed()
    time.now = LONGEST
    assert breaker.allows(0)


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_change_waits_by_full_jitter_up_to_a_cap(attempts: int, drawn: float) -> None:
    assert 0 <= back_off(attempts, lambda: drawn) <= min(CAP, 10.0 * 2 ** min(attempts - 1, 40))
    assert back_off(attempts, lambda: 0.0) == 0
    assert back_off(attempts, lambda: 0.5) <= back_off(attempts + 1, lambda: 0.5)
