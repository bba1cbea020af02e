"""Clerk: the same answer and the same work for nobody and for somebody; the owner gets in, whatever others do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError, Deferred, ensureDeferred

from jivod.flow import password, sessions, staff
from jivod.model.access import Role
from jivod.model.errors import Busy, Refused
from jivod.service.hashing import InlineHashing
from jivod.store import sessions as table
from jivod.store import users
from jivod.web.signin import deed
from jivod.web.signin.caller import Caller
from jivod.web.signin.clerk import Denied, Opened
from jivod.web.signin.cookies import Device
from jivod.web.signin.hasher import AT_ONCE, FROM_ADDRESS, WAITING
from jivod.web.signin.throttle import FREE
from tests.web.signin.lobby import HOME, RIGHT, Lobby, SlowHasher, count_hashes

WRONG = "a wrong password"


@pytest.fixture
def lobby(monkeypatch: pytest.MonkeyPatch) -> Lobby:
    made = Lobby(InlineHashing())
    count_hashes(made, monkeypatch)
    made.user()
    return made


def in_store(lobby: Lobby, name: str = "owner") -> list[str]:
    return [one.digest for one in lobby.do(lambda txn: table.of_user(txn, name))]


@pytest.mark.parametrize("name", ["owner", "OWNER ", "Owner"])
def test_the_right_password_opens_a_session_of_which_only_the_digest_is_kept(lobby: Lobby, name: str) -> None:
    opened = lobby.sign_in(RIGHT, name=name, agent="Firefox, Linux")
    assert isinstance(opened, Opened) and opened.user.name == "owner"
    assert in_store(lobby) == [sessions.digest_of(opened.cookie)]
    (kept,) = lobby.do(lambda txn: table.of_user(txn, "owner"))
    assert (kept.agent, kept.address, kept.made_at) == ("Firefox, Linux", HOME, lobby.now())
    assert [(one.what, one.by) for one in lobby.told] == [(deed.SIGNED_IN, "owner")]


def test_somebody_nobody_and_whoever_may_not_are_told_the_same_after_the_same_work(lobby: Lobby) -> None:
    lobby.user("off", Role.AGENT)
    lobby.do(lambda txn: staff.disable(txn, "off"))
    lobby.do(lambda txn: staff.add(txn, "invited", Role.AGENT, 1))
    cases = [
        ("owner", WRONG),
        ("nobody", WRONG),
        ("", WRONG),
        ("x" * 999, WRONG),
        ("off", RIGHT),
        ("invited", ""),
        ("İ", RIGHT),
    ]
    for name, typed in cases:
        lobby.hashed.clear()
        answers = [lobby.sign_in(typed, name=name, address=f"{HOME}{len(name)}") for _ in range(FREE)]
        assert answers == [Denied()] * FREE
        assert len(lobby.hashed) == FREE
        slowed = lobby.sign_in(typed, name=name, address=f"{HOME}{len(name)}")
        assert slowed == Denied(wait=15.0)
        assert len(lobby.hashed) == FREE


def test_a_new_session_takes_the_place_of_the_one_that_was_brought(lobby: Lobby) -> None:
    planted = "p" * 43
    first = lobby.sign_in(RIGHT, session=planted)
    assert first.cookie != planted
    second = lobby.sign_in(RIGHT, session=first.cookie)
    assert in_store(lobby) == [sessions.digest_of(second.cookie)]


def test_who_was_disabled_while_his_password_was_hashed_is_not_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = SlowHasher()
    lobby = Lobby(slow)
    count_hashes(lobby, monkeypatch)
    lobby.user()
    lobby.user("other")
    found = waiting(lobby, "owner", RIGHT)
    lobby.do(lambda txn: staff.disable(txn, "owner"))
    slow.turn()
    assert found == [Denied()] and in_store(lobby) == []


def test_a_password_kept_with_less_effort_is_kept_anew(lobby: Lobby, monkeypatch: pytest.MonkeyPatch) -> None:
    lobby.do(lambda txn: users.put(txn, evolve(staff.known(txn, "owner"), password="old")))
    monkeypatch.setattr(password, "is_right", lambda kept, typed: kept == "old" and typed == RIGHT)
    monkeypatch.setattr(password, "is_outdated", lambda kept: kept == "old")
    assert isinstance(lobby.sign_in(RIGHT), Opened)
    assert lobby.do(lambda txn: staff.known(txn, "owner")).password == f"kept {RIGHT}"


def test_sign_out_ends_the_session_at_the_server(lobby: Lobby) -> None:
    opened, there = lobby.sign_in(RIGHT), lobby.sign_in(RIGHT)
    lobby.result(lobby.clerk.sign_out(Caller(address=HOME, session=opened.cookie), "owner"))
    assert in_store(lobby) == [sessions.digest_of(there.cookie)]


def test_a_new_password_ends_all_sessions_but_gives_this_browser_another(lobby: Lobby) -> None:
    here, _ = lobby.sign_in(RIGHT), lobby.sign_in(RIGHT)
    caller = Caller(address=HOME, session=here.cookie)
    again = lobby.result(lobby.clerk.change_password(caller, "owner", RIGHT, "another good one"))
    assert in_store(lobby) == [sessions.digest_of(again.cookie)]
    assert again.cookie != here.cookie
    assert lobby.sign_in(RIGHT) == Denied()
    assert isinstance(lobby.sign_in("another good one", device=again.device), Opened)


def test_the_old_password_cannot_be_guessed_by_who_has_a_session(lobby: Lobby) -> None:
    here = lobby.sign_in(RIGHT)
    caller = Caller(address=HOME, session=here.cookie)
    answers = [lobby.result(lobby.clerk.change_password(caller, "owner", WRONG, "another good one")) for _ in range(12)]
    assert answers[:10] == [Denied()] * 10
    assert all(one.wait > 0 for one in answers[10:])
    assert isinstance(lobby.sign_in(RIGHT, device=here.device), Opened)


def test_a_bad_new_password_changes_nothing(lobby: Lobby) -> None:
    here = lobby.sign_in(RIGHT)
    caller = Caller(address=HOME, session=here.cookie)
    with pytest.raises(Refused, match="at least 12"):
        lobby.result(lobby.clerk.change_password(caller, "owner", RIGHT, "short"))
    assert in_store(lobby) == [sessions.digest_of(here.cookie)]


def test_a_link_sets_a_password_and_lets_in_once(lobby: Lobby) -> None:
    link = "l" * 43
    lobby.do(lambda txn: staff.give_link(txn, "owner", link, lobby.now()))
    with pytest.raises(Refused, match="at least 12"):
        lobby.result(lobby.clerk.use_link(Caller(address=HOME), link, "short"))
    opened = lobby.result(lobby.clerk.use_link(Caller(address=HOME), link, "another good one"))
    assert in_store(lobby) == [sessions.digest_of(opened.cookie)]
    hashes = len(lobby.hashed)
    with pytest.raises(Refused, match="this link is none"):
        lobby.result(lobby.clerk.use_link(Caller(address=HOME), link, "another good one"))
    assert len(lobby.hashed) == hashes


def test_the_first_user_is_made_once() -> None:
    lobby = Lobby(InlineHashing())
    link, caller = "f" * 43, Caller(address=HOME)
    lobby.do(lambda txn: staff.open_first(txn, link, lobby.now()))
    for bad, name, typed, why in (
        ("g" * 43, "owner", RIGHT, "this link is none"),
        (link, "no name", RIGHT, "user name has"),
        (link, "owner", "short", "at least 12"),
    ):
        with pytest.raises(Refused, match=why):
            lobby.result(lobby.clerk.found(caller, bad, name, typed))
    opened = lobby.result(lobby.clerk.found(caller, link, "Owner", RIGHT))
    assert (opened.user.name, opened.user.role) == ("owner", Role.ADMIN)
    with pytest.raises(Refused, match="this link is none"):
        lobby.result(lobby.clerk.found(caller, link, "second", RIGHT))


# Whatever attackers do from elsewhere.

GUESSES = st.lists(
    st.tuples(st.sampled_from(["owner", "other"]), st.integers(0, 11), st.integers(1, 40), st.integers(0, 3)),
    max_size=30,
)


@contextmanager
def under_attack() -> Iterator[tuple[Lobby, SlowHasher, Device]]:
    """A lobby whose hasher is slow, and the owner's device."""
    with pytest.MonkeyPatch.context() as patch:
        lobby, slow = Lobby(InlineHashing()), SlowHasher()
        count_hashes(lobby, patch)
        lobby.user()
        device = lobby.known_device()
        lobby.clerk.hasher = slow
        yield lobby, slow, device


def waiting(lobby: Lobby, name: str, typed: str, address: str = HOME, **more: Any) -> list[Any]:
    """What came of a sign-in, once anything did."""
    found: list[Any] = []
    work: Deferred[Any] = ensureDeferred(lobby.clerk.sign_in(Caller(address=address, **more), name, typed))
    work.addBoth(lambda result: found.append(getattr(result, "value", result)))
    return found


def attack(lobby: Lobby, slow: SlowHasher, guesses: Any, addresses: int) -> None:
    for name, place, times, turns in guesses:
        for _ in range(times):
            waiting(lobby, name, WRONG, f"198.51.100.{place % addresses}")
        for _ in range(turns):
            slow.turn()
        lobby.clock.advance(0.5)


def until_idle(slow: SlowHasher) -> None:
    for _ in range(2 + WAITING):
        slow.turn()


@given(guesses=GUESSES, place=st.integers(0, 11))
def test_on_his_known_device_the_owner_gets_in_at_the_first_try_from_anywhere(guesses: Any, place: int) -> None:
    with under_attack() as (lobby, slow, device):
        attack(lobby, slow, guesses, 12)
        found = waiting(lobby, "owner", RIGHT, f"198.51.100.{place}", device=device)
        slow.turn()  # those two that were at work
        slow.turn()
        assert isinstance(found[0], Opened)


@given(guesses=GUESSES)
def test_on_a_new_device_the_owner_gets_in_at_the_first_try_while_few_addresses_attack(guesses: Any) -> None:
    with under_attack() as (lobby, slow, _):
        attack(lobby, slow, guesses, WAITING // FROM_ADDRESS - 1)
        found = waiting(lobby, "owner", RIGHT)
        until_idle(slow)
        assert isinstance(found[0], Opened)


@given(guesses=GUESSES)
def test_on_a_new_device_the_owner_gets_in_within_a_bounded_time_once_it_is_less_crowded(guesses: Any) -> None:
    with under_attack() as (lobby, slow, _):
        attack(lobby, slow, guesses, 12)
        found = waiting(lobby, "owner", RIGHT)
        if found and isinstance(found[0], Busy):  # told to come again, and nothing is held against him
            until_idle(slow)
            found = waiting(lobby, "owner", RIGHT)
        until_idle(slow)
        assert isinstance(found[0], Opened)


def test_crowds_are_told_to_come_again_and_nothing_is_held_against_them() -> None:
    with under_attack() as (lobby, slow, _):
        told = [waiting(lobby, f"user{n}", WRONG, "198.51.100.1") for n in range(100)]
        busy = [found[0] for found in told if found]
        assert all(isinstance(error, Busy) for error in busy)
        assert len(busy) == 100 - FROM_ADDRESS - AT_ONCE
        until_idle(slow)
        assert waiting(lobby, "owner", RIGHT, "198.51.100.1") == []  # it waits for its turn, not for a pardon


def test_a_stranger_who_leaves_gives_up_his_place() -> None:
    with under_attack() as (lobby, slow, _):
        for n in range(AT_ONCE):
            waiting(lobby, "owner", WRONG, f"198.51.100.{n}")
        work = ensureDeferred(lobby.clerk.sign_in(Caller(address=HOME), "owner", WRONG))
        work.addErrback(lambda failure: failure.trap(CancelledError))
        work.cancel()
        lobby.hashed.clear()
        until_idle(slow)
        assert len(lobby.hashed) == AT_ONCE
