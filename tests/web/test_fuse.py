"""The fuse: who is down is left alone, and tried again by one at a time."""

from __future__ import annotations

import pytest
from twisted.internet.task import Clock

from jivod.web.fuse import FAILURES, PAUSE, Fuse


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def blown(clock: Clock) -> Fuse:
    fuse = Fuse(clock.seconds)
    assert [fuse.failed() for _ in range(FAILURES)] == [False] * (FAILURES - 1) + [True]
    return fuse


def test_it_opens_after_so_many_failures_in_a_row(clock: Clock) -> None:
    fuse = Fuse(clock.seconds)
    for _ in range(3):
        for _ in range(FAILURES - 1):
            fuse.failed()
        assert fuse.may_ask() and not fuse.is_open
        assert fuse.worked() is False


def test_while_it_is_open_nobody_asks(blown: Fuse, clock: Clock) -> None:
    clock.advance(PAUSE - 0.1)
    assert blown.is_open and not blown.may_ask()


def test_then_one_tries_and_what_comes_of_it_decides(blown: Fuse, clock: Clock) -> None:
    clock.advance(PAUSE)
    assert [blown.may_ask() for _ in range(3)] == [True, False, False]
    assert blown.failed() is False
    assert not blown.may_ask()
    clock.advance(PAUSE)
    assert blown.may_ask()
    assert blown.worked() is True
    assert blown.may_ask() and blown.may_ask() and not blown.is_open


def test_one_who_gives_up_leaves_the_try_to_the_next(blown: Fuse, clock: Clock) -> None:
    clock.advance(PAUSE)
    assert blown.may_ask() and not blown.may_ask()
    blown.gave_up()
    assert blown.may_ask()


def test_who_was_on_the_way_when_it_opened_does_not_open_it_again(blown: Fuse) -> None:
    assert blown.failed() is False
