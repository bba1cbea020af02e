"""`jivod token`: printed once, kept as a digest, gone when revoked."""

from __future__ import annotations

import re

import pytest

from jivod.flow import access
from jivod.model.errors import Refused
from jivod.store import tokens
from jivod.store.memory import MemoryEngine
from tests.cli.conftest import Place


def added(place: Place, *arguments: str) -> str:
    done = place.run("token", "add", *arguments)
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def test_a_token_is_printed_once_and_nowhere_in_the_store(place: Place) -> None:
    token = added(place, "crm", "--scope", "write")
    assert re.fullmatch(r"jivod_[\w-]{43}", token)
    (kept,) = place.read(tokens.listed)
    assert (kept.name, kept.scope, kept.digest) == ("crm", "write", access.digest_of(token))
    said = token.removeprefix("jivod_").encode()
    assert not any(said in value for rows in place.rows().values() for row in rows for value in row)
    assert said.decode() not in place.run("token", "list").stdout


def test_whose_token_it_is_is_found_by_its_digest(place: Place) -> None:
    made = {name: added(place, name) for name in ("a", "b", "c")}
    for name, token in made.items():
        digest = access.digest_of(token)
        assert digest is not None
        found = place.read(lambda txn, digest=digest: access.who(txn, digest))  # type: ignore[misc]
        assert found is not None and (found.name, found.scope) == (name, "read")
    assert place.read(lambda txn: access.who(txn, "0" * 64)) is None


def test_the_list(place: Place) -> None:
    added(place, "b")
    added(place, "a", "--scope", "admin")
    assert [(one["name"], one["scope"]) for one in place.json("token", "list")] == [("a", "admin"), ("b", "read")]
    assert place.run("token", "list").stdout.endswith("2 listed\n")


def test_as_json(place: Place) -> None:
    made = place.json("token", "add", "crm")
    assert (made["name"], made["scope"]) == ("crm", "read")
    assert access.digest_of(made["token"])


def test_a_revoked_one_is_gone_and_its_name_free(place: Place) -> None:
    first = added(place, "crm")
    assert place.run("token", "revoke", "crm").exit_code == 0
    assert place.read(tokens.listed) == []
    assert added(place, "crm") != first


def test_what_cannot_be_done_is_said(place: Place) -> None:
    added(place, "crm")
    assert "already" in place.refused("token", "add", "crm")
    assert "1 to 64" in place.refused("token", "add", " ")
    assert "1 to 64" in place.refused("token", "add", "x" * 65)
    assert "there is no token" in place.refused("token", "revoke", "CRM")
    assert place.run("token", "add", "x", "--scope", "root").exit_code == 2


def test_there_are_not_too_many() -> None:
    engine = MemoryEngine(bytes(32))
    jobs = [lambda txn, n=n: access.issue(txn, str(n), "read", f"{n:043}", 1) for n in range(tokens.MOST + 1)]
    *made, last = engine.write(jobs)
    assert all(outcome.error is None for outcome in made)
    assert isinstance(last.error, Refused)


@pytest.mark.parametrize(
    "text", ["", "jivod_", "jivod_" + "a" * 42, "jivod_" + "a" * 44, "x" * 49, "jivod_" + "ı" * 43]
)
def test_what_cannot_be_a_token_has_no_digest(text: str) -> None:
    assert access.digest_of(text) is None


def test_a_rebuild_keeps_them(place: Place) -> None:
    added(place, "crm")
    before = place.read(tokens.listed)
    assert place.run("rebuild").exit_code == 0
    assert place.read(tokens.listed) == before
    assert place.run("check").exit_code == 0
