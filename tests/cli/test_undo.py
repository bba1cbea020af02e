"""`jivod undo`: a decision is taken back, and decided again by undoing that."""

from __future__ import annotations

import pytest

from .conftest import Place


@pytest.fixture
def id(place: Place) -> str:
    return str(place.json("find", "kaya")[0]["id"])


def test_what_was_decided_is_undone_and_a_rebuild_agrees(place: Place, id: str) -> None:
    before = place.json("show", id)
    number = place.json("edit", id, "name", "Somebody Else", "--by", "kemal")["decision"]["entry"]
    told = place.json("undo", id, str(number), "--by", "kemal")
    assert (told["decision"]["kind"], told["decision"]["of"]) == ("retract", number)
    assert place.json("show", id) == before
    assert f"#{number} undone: name Somebody Else" in place.run("show", id, "--why").stdout
    assert place.run("undo", id, str(told["decision"]["entry"]), "--by", "kemal").exit_code == 0
    assert place.json("show", id)["name"] == "Somebody Else"
    assert place.run("rebuild", "--verify").exit_code == 0
    assert place.run("check").exit_code == 0


def test_what_cannot_be_is_refused_and_changes_nothing(place: Place, id: str) -> None:
    assert "there is no customer of this id" in place.refused("undo", "nobody", "1", "--by", "kemal")
    for number in ("1", "99999"):
        assert "this decision cannot be taken back" in place.refused("undo", id, number, "--by", "kemal")


@pytest.mark.parametrize("more", [(), ("x",), ("0",), ("-1",), (str(2**63),), ("1", "2")])
def test_what_is_no_number_is_wrong_usage(place: Place, id: str, more: tuple[str, ...]) -> None:
    assert place.run("undo", id, *more).exit_code == 2
