"""`jivod note`: a note stands in the history, is taken away, stands again."""

from __future__ import annotations

import pytest

from .conftest import Place


@pytest.fixture
def id(place: Place) -> str:
    return str(place.json("find", "kaya")[0]["id"])


def test_a_note_is_told_by_show_and_a_rebuild_keeps_it(place: Place, id: str) -> None:
    told = place.json("note", id, "Calls back on Monday.", "--by", "kemal")
    number = told["decision"]["entry"]
    assert (told["decision"]["kind"], told["decision"]["text"]) == ("note", "Calls back on Monday.")
    assert f"#{number}" in place.run("show", id, "--why").stdout
    assert "note: Calls back on Monday." in place.run("show", id, "--why").stdout
    assert place.run("note", id, "--remove", str(number), "--by", "kemal").exit_code == 0
    assert f"the note #{number} taken away" in place.run("show", id, "--why").stdout
    assert place.run("note", id, "--restore", str(number), "--by", "kemal").exit_code == 0
    assert place.run("rebuild", "--verify").exit_code == 0
    assert place.run("check").exit_code == 0


def test_what_cannot_be_is_refused_and_changes_nothing(place: Place, id: str) -> None:
    assert "there is no customer of this id" in place.refused("note", "nobody", "x", "--by", "kemal")
    assert "a note has 1 to 8192 characters" in place.refused("note", id, " ", "--by", "kemal")
    assert "#1 is no note" in place.refused("note", id, "--remove", "1", "--by", "kemal")


@pytest.mark.parametrize("more", [(), ("x", "--remove", "1"), ("--remove", "1", "--restore", "1"), ("--remove", "0")])
def test_what_says_nothing_or_two_things_is_wrong_usage(place: Place, id: str, more: tuple[str, ...]) -> None:
    assert place.run("note", id, *more).exit_code == 2
