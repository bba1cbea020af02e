"""`jivod user`: links are printed once and kept as digests; whoever is disabled is out."""

from __future__ import annotations

import re

import pytest

from jivod.config.settings import Pages
from jivod.flow import sessions, staff
from jivod.model.user import Session
from jivod.store import users
from tests.cli.conftest import Place

LINK = re.compile(r"https://crm\.example\.com/welcome/([\w-]{43})")
FOREVER = 4_000_000_000_000
TERMS = Pages().terms


def added(place: Place, *arguments: str) -> str:
    done = place.run("user", "add", *arguments)
    assert done.exit_code == 0, done.output
    match = LINK.fullmatch(done.stdout.strip())
    assert match is not None, done.stdout
    return match[1]


def sign_in(place: Place, name: str, number: int = 0) -> None:
    one = Session(digest=f"{number:064}", user=name, made_at=FOREVER, seen_at=FOREVER, agent="Firefox", address="::")
    place.write(lambda txn: sessions.begin(txn, one, TERMS))


def test_a_link_is_printed_once_and_nowhere_in_the_store(place: Place) -> None:
    link = added(place, "Ayse@Example.com", "--role", "steward")
    (kept,) = place.read(users.listed)
    assert (kept.name, kept.role, kept.link) == ("ayse@example.com", "steward", staff.digest_of(link))
    assert not any(link.encode() in value for rows in place.rows().values() for row in rows for value in row)
    assert link not in place.run("user", "list").stdout
    assert place.read(lambda txn: staff.whose_link(txn, link, kept.link_until - 1)) == kept
    assert place.read(lambda txn: staff.whose_link(txn, link, kept.link_until)) is None


def test_a_newer_link_voids_the_older(place: Place) -> None:
    first = added(place, "owner")
    second = place.json("user", "link", "OWNER")
    assert (second["name"], second["role"]) == ("owner", "agent")
    (kept,) = place.read(users.listed)
    assert kept.link == staff.digest_of(second["link"].rpartition("/")[2]) != staff.digest_of(first)


def test_roles_and_states_are_listed(place: Place) -> None:
    added(place, "b", "--role", "admin")
    added(place, "a")
    assert place.run("user", "role", "a", "admin").exit_code == 0
    assert place.run("user", "disable", "b").exit_code == 0
    listed = place.json("user", "list")
    assert [(one["name"], one["role"], one["state"]) for one in listed] == [
        ("a", "admin", "invited"),
        ("b", "admin", "disabled"),
    ]
    assert place.run("user", "enable", "b").exit_code == 0
    assert "disabled" not in place.run("user", "list").stdout


@pytest.mark.parametrize("verb", [["disable", "a"], ["role", "a", "steward"]])
def test_who_is_disabled_or_gets_another_role_is_signed_out(place: Place, verb: list[str]) -> None:
    added(place, "a")
    added(place, "b")
    for number, name in enumerate("aab"):
        sign_in(place, name, number)
    assert place.run("user", *verb).exit_code == 0
    assert [len(place.json("user", "sessions", name)) for name in "ab"] == [0, 1]


def test_sessions_are_listed_and_ended(place: Place) -> None:
    added(place, "a")
    sign_in(place, "a")
    assert place.json("user", "sessions", "a") == [
        {"since": FOREVER, "seen": FOREVER, "agent": "Firefox", "address": "::"}
    ]
    assert "1 session ended" in place.run("user", "sessions", "a", "--end").stdout
    assert "0 sessions listed" in place.run("user", "sessions", "a").stdout


def test_what_cannot_be_done_is_said(place: Place) -> None:
    added(place, "boss", "--role", "admin")
    assert "already" in place.refused("user", "add", "BOSS")
    for name in ("", " ", "-x", "x" * 65, "a b", "özge", "\u212aelvin", "a/b", "a\nb"):
        assert "user name has" in place.refused("user", "add", "--", name)
    for verb in (["role", "x", "admin"], ["disable", "x"], ["enable", "x"], ["link", "x"], ["sessions", "x"]):
        assert "there is no user" in place.refused("user", *verb)
    assert "nobody could manage users" in place.refused("user", "disable", "boss")
    assert "nobody could manage users" in place.refused("user", "role", "boss", "agent")
    added(place, "other")
    place.run("user", "disable", "other")
    assert "disabled" in place.refused("user", "link", "other")
    assert place.run("user", "add", "x", "--role", "root").exit_code == 2


def test_a_rebuild_keeps_users_and_who_is_signed_in(place: Place) -> None:
    added(place, "a")
    sign_in(place, "a")
    before = place.read(users.listed), place.json("user", "sessions", "a")
    assert place.run("rebuild").exit_code == 0
    assert (place.read(users.listed), place.json("user", "sessions", "a")) == before
    assert place.run("check").exit_code == 0


def test_a_backup_brings_back_users_and_no_session(place: Place, tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("backups")
    added(place, "a")
    sign_in(place, "a")
    before = place.read(users.listed)
    assert place.run("backup", str(directory)).exit_code == 0
    sign_in(place, "a", 1)
    assert "nothing" in place.run("backup", str(directory), "--tail").output.lower()
    assert place.run("user", "disable", "a").exit_code == 0
    assert place.run("restore", str(directory)).exit_code == 0
    assert place.read(users.listed) == before
    assert place.json("user", "sessions", "a") == []
    assert place.run("check").exit_code == 0
