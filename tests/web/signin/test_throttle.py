"""Throttle: whatever strangers do, the owner gets in; whoever guesses is slow. Laws over any history of tries."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock

from jivod.web.signin import throttle as throttles
from jivod.web.signin.throttle import FIRST, FREE, FREE_ADDRESS, FREE_PRESSED, LONGEST, PRESSURE, Ladder, Throttle

OWNER, HOME, DEVICE = "owner", "203.0.113.1", "d" * 22
NAMES = st.sampled_from([OWNER, "other", "?nobody"])
STRANGERS = st.sampled_from([f"198.51.100.{n}" for n in range(4)])
TRIES = st.lists(
    st.tuples(NAMES, STRANGERS, st.sampled_from([None, "a" * 22]), st.integers(0, 2000), st.integers(1, 60)),
    max_size=25,
)


def told(throttle: Throttle, clock: Clock, tries: list[Any]) -> None:
    """Strangers guess: so often, after such a pause."""
    for name, address, device, pause, times in tries:
        clock.advance(pause)
        for _ in range(times):
            throttle.take(name, address, device)


@given(TRIES)
def test_from_an_address_of_his_own_the_owner_is_let_try_at_once_whatever_strangers_do(tries: Any) -> None:
    throttle = Throttle((clock := Clock()).seconds)
    told(throttle, clock, tries)
    assert throttle.take(OWNER, HOME, None) == 0.0


@given(TRIES)
def test_on_his_known_device_the_owner_is_let_try_at_once_even_from_the_address_of_those_who_guess(tries: Any) -> None:
    throttle = Throttle((clock := Clock()).seconds)
    told(throttle, clock, tries)
    for address in (HOME, *(address for _, address, *_ in tries)):
        assert throttle.take(OWNER, address, DEVICE) == 0.0
        throttle.succeeded(OWNER, address, DEVICE)


@given(TRIES, st.integers(1, 30))
def test_who_mistypes_waits_a_bounded_time_and_is_then_let_try(tries: Any, mistakes: int) -> None:
    throttle = Throttle((clock := Clock()).seconds)
    told(throttle, clock, tries)
    for _ in range(mistakes):
        wait = throttle.take(OWNER, HOME, None)
        assert wait <= LONGEST
        clock.advance(wait)
        assert throttle.take(OWNER, HOME, None) == 0.0 or wait == 0.0
        told(throttle, clock, [(OWNER, "198.51.100.9", None, 0.0, 60)])
    clock.advance(LONGEST)
    assert throttle.take(OWNER, HOME, None) == 0.0


@given(st.lists(st.integers(0, 300), min_size=50, max_size=150))
def test_whoever_guesses_from_one_address_gets_few_tries(pauses: list[int]) -> None:
    throttle = Throttle((clock := Clock()).seconds)
    passed = 0
    for pause in pauses:
        clock.advance(pause)
        passed += throttle.take(OWNER, "198.51.100.7", None) == 0.0
    assert passed <= FREE + 7 + clock.seconds() / LONGEST


def test_the_waits_double_up_to_the_longest() -> None:
    throttle = Throttle((clock := Clock()).seconds)
    assert [throttle.take(OWNER, HOME, None) for _ in range(FREE)] == [0.0] * FREE
    waits = []
    for _ in range(9):
        waits.append(throttle.take(OWNER, HOME, None))
        clock.advance(waits[-1])
        assert throttle.take(OWNER, HOME, None) == 0.0
    assert waits == [FIRST, 2 * FIRST, 4 * FIRST, 8 * FIRST, 16 * FIRST, 32 * FIRST, LONGEST, LONGEST, LONGEST]


def test_who_tries_many_names_is_slowed_by_his_address() -> None:
    throttle = Throttle(Clock().seconds)
    assert sum(throttle.take(f"user{n}", HOME, None) == 0.0 for n in range(500)) == FREE_ADDRESS


def test_under_attack_from_everywhere_an_address_has_fewer_tries_and_the_device_is_not_concerned() -> None:
    throttle = Throttle(Clock().seconds)
    for n in range(PRESSURE):
        assert throttle.take(OWNER, f"192.0.2.{n}", None) == 0.0
    assert [throttle.take(OWNER, HOME, None) == 0.0 for _ in range(3)] == [True] * FREE_PRESSED + [False, False]
    assert [throttle.take("other", HOME, None) for _ in range(FREE)] == [0.0] * FREE
    assert throttle.take(OWNER, HOME, DEVICE) == 0.0


def test_a_success_clears_the_user_here_and_shows_nothing_of_others() -> None:
    throttle = Throttle(Clock().seconds)
    for _ in range(FREE):
        throttle.take(OWNER, HOME, None)
        throttle.take("other", HOME, None)
    throttle.succeeded("other", HOME, None)
    assert throttle.take("other", HOME, None) == 0.0
    assert throttle.take(OWNER, HOME, None) > 0


def test_an_account_of_ones_own_buys_no_tries_for_another() -> None:
    throttle = Throttle((clock := Clock()).seconds)
    guesses = 0
    for n in range(400):
        guesses += throttle.take(f"victim{n}", HOME, None) == 0.0
        if throttle.take("own", HOME, None) == 0.0:
            throttle.succeeded("own", HOME, None)
        clock.advance(1)
    assert guesses <= FREE_ADDRESS + 7


def test_what_was_never_looked_at_does_not_count() -> None:
    throttle = Throttle(Clock().seconds)
    for _ in range(3 * FREE):
        assert throttle.take(OWNER, HOME, None) == 0.0
        throttle.forgive(OWNER, HOME, None)


def test_it_remembers_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttles, "MOST", 10)
    ladder = Ladder(Clock().seconds)
    for n in range(100):
        ladder.climb(n, 0)
    assert len(ladder) == 10
    assert ladder.wait(99) > 0 and ladder.wait(0) == 0.0


def test_a_day_without_a_try_and_all_is_forgotten() -> None:
    throttle = Throttle((clock := Clock()).seconds)
    for _ in range(FREE + 5):
        clock.advance(throttle.take(OWNER, HOME, None))
    clock.advance(LONGEST + throttles.FORGET)
    assert [throttle.take(OWNER, HOME, None) for _ in range(FREE)] == [0.0] * FREE
