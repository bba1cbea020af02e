"""`jivod merge`, `unmerge` and `different`: what is one customer is decided, taken back, and refused in words."""

from __future__ import annotations

import getpass

import pytest
from click.testing import CliRunner

from jivod.cli.main import main
from jivod.store import lock
from jivod.store.tables import CARDS, CHATS, CUSTOMERS, REASONS

from .conftest import Place, accepted

A, B, C, D = (f"{letter}@example.com" for letter in "abcd")
PHONE = "+905320000031"
NOBODY = "01zzzzzzzzzzzzzzzzzzzzzzzz"


@pytest.fixture
def four(bare: Place) -> dict[str, str]:
    """Four customers by their e-mails; the first two share a phone."""
    bare.fill(
        accepted(1, number="1", email=A, phone=PHONE, name="Ali"),
        accepted(2, number="2", email=B, phone=PHONE, name="Veli"),
        accepted(3, number="3", email=C),
        accepted(4, number="4", email=D),
    )
    return {email: bare.id(email) for email in (A, B, C, D)}


def test_two_become_one_and_both_ids_lead_to_it(bare: Place, four: dict[str, str]) -> None:
    done = bare.run("merge", four[A], four[B], "--by", "kemal")
    assert done.exit_code == 0, done.output
    assert f"kemal: {four[A]} became part of {four[B]}" in done.stdout
    assert f"{four[B]}  Veli  {A}  {PHONE}  2 chats" in done.stdout
    shown = bare.json("show", four[A])
    assert (shown["id"], shown["merged"], set(shown["emails"])) == (four[B], [four[A]], {A, B})


def test_a_merge_as_json_tells_the_decision_and_the_customer(bare: Place, four: dict[str, str]) -> None:
    done = bare.json("merge", four[A], four[B], "--by", "kemal")
    decision = done["decision"]
    assert (decision["kind"], decision["by"], decision["entry"]) == ("merge", "kemal", 5)
    assert (decision["loser"], decision["winner"]) == (four[A], four[B])
    assert decision["at"] > 1_700_000_000_000
    assert [golden["id"] for golden in done["customers"]] == [four[B]]


def test_a_decision_works_while_the_daemon_runs(bare: Place, four: dict[str, str]) -> None:
    held = lock.hold(bare.state)
    assert bare.run("merge", four[A], four[B]).exit_code == 0
    held.release()
    assert bare.run("rebuild", "--verify").exit_code == 0
    assert bare.run("check").exit_code == 0


def test_who_decides_is_the_login_name(bare: Place, four: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "deniz")
    assert bare.json("merge", four[A], four[B])["decision"]["by"] == "deniz"


def test_without_any_name_nothing_is_decided(
    bare: Place, four: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise OSError("no such user")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert "give it by --by" in bare.refused("merge", four[A], four[B])
    assert "give it by --by" in bare.refused("merge", four[A], four[B], "--by", "x" * 201)


def test_nobody_is_merged_into_himself(bare: Place, four: dict[str, str]) -> None:
    assert "cannot be merged into itself; name another" in bare.refused("merge", four[A], four[A])


@pytest.mark.parametrize("unknown", [NOBODY, "", "\x1b[2J", "\udcff", "x" * 600])
def test_an_unknown_id_is_refused_and_not_repeated(bare: Place, four: dict[str, str], unknown: str) -> None:
    for arguments, which in (((unknown, four[A]), "first"), ((four[A], unknown), "second")):
        for verb in ("merge", "different"):
            said = bare.refused(verb, *arguments)
            assert f"there is no customer of the {which} id; `jivod find`" in said
            assert not unknown or unknown not in said


def test_a_circle_is_refused(bare: Place, four: dict[str, str]) -> None:
    bare.run("merge", four[A], four[B])
    bare.run("merge", four[B], four[C])
    for loser, winner in ((B, A), (C, A), (A, B)):
        said = bare.refused("merge", four[loser], four[winner])
        assert f"are one customer already, {four[C]}; `jivod unmerge`" in said


def test_who_is_part_of_another_is_not_merged_again(bare: Place, four: dict[str, str]) -> None:
    bare.run("merge", four[A], four[B])
    for arguments in ((four[A], four[C]), (four[C], four[A])):
        said = bare.refused("merge", *arguments)
        assert f"{four[A]} was merged into {four[B]}: name that one, or `jivod unmerge {four[A]}` first" in said


def test_different_people_are_not_merged_until_that_is_taken_back(bare: Place, four: dict[str, str]) -> None:
    done = bare.run("different", four[A], four[B], "--by", "kemal")
    assert f"kemal: {four[A]} and {four[B]} are different people" in done.stdout
    said = bare.refused("merge", four[A], four[B])
    assert f"`jivod different {four[A]} {four[B]} --undo` takes it back" in said
    undone = bare.json("different", four[B], four[A], "--undo")
    assert (undone["decision"]["kind"], undone["decision"]["different"]) == ("different", False)
    assert {golden["id"] for golden in undone["customers"]} == {four[A], four[B]}
    assert bare.run("merge", four[A], four[B]).exit_code == 0


def test_different_people_are_not_asked_about(bare: Place, four: dict[str, str]) -> None:
    assert len(bare.json("reviews")["reviews"]) == 1
    bare.run("different", four[A], four[B])
    assert bare.json("reviews")["reviews"] == []


def test_what_was_merged_with_one_of_them_is_different_too(bare: Place, four: dict[str, str]) -> None:
    bare.run("different", four[A], four[B])
    bare.run("merge", four[C], four[A])
    bare.run("merge", four[D], four[B])
    assert "called" in bare.refused("merge", four[A], four[B])


def test_one_customer_cannot_be_told_apart(bare: Place, four: dict[str, str]) -> None:
    bare.run("merge", four[A], four[B])
    for arguments in ((four[A], four[B]), (four[A], four[A]), (four[A], four[B], "--undo")):
        assert f"both are one customer, {four[B]}; `jivod unmerge`" in bare.refused("different", *arguments)


def test_there_may_be_nothing_to_take_back(bare: Place, four: dict[str, str]) -> None:
    said = bare.refused("different", four[A], four[B], "--undo")
    assert f"nobody called {four[A]} and {four[B]} different" in said
    assert "`jivod merge" in said


def test_an_unmerge_gives_back_the_state_before(bare: Place, four: dict[str, str]) -> None:
    before = bare.rows()
    bare.run("merge", four[A], four[B])
    done = bare.run("unmerge", four[A], "--by", "kemal")
    assert f"kemal: {four[A]} stands for itself again\n{four[A]}  Ali" in done.stdout
    after = bare.rows()
    assert all(after[table] == before[table] for table in (CUSTOMERS, CHATS, REASONS, CARDS))
    assert [bare.id(email) for email in (A, B)] == [four[A], four[B]]


def test_after_an_unmerge_the_two_are_kept_apart(bare: Place, four: dict[str, str]) -> None:
    bare.run("merge", four[A], four[B])
    bare.run("unmerge", four[A])
    assert "called" in bare.refused("merge", four[A], four[B])
    assert bare.json("reviews")["reviews"] == []


def test_case_129_an_unmerge_takes_one_edge_away_and_the_tree_everything(bare: Place, four: dict[str, str]) -> None:
    for loser, winner in ((D, B), (B, A)):
        bare.run("merge", four[loser], four[winner])
    bare.run("unmerge", four[B])
    assert bare.json("show", four[D])["id"] == four[B]
    bare.run("different", four[A], four[B], "--undo")
    bare.run("merge", four[B], four[A])
    done = bare.json("unmerge", four[B], "--tree")
    assert done["decision"]["tree"] is True
    assert [bare.id(email) for email in (A, B, D)] == [four[A], four[B], four[D]]


def test_the_tree_of_one_who_is_part_of_nobody_is_taken_apart_too(bare: Place, four: dict[str, str]) -> None:
    bare.run("merge", four[A], four[C])
    bare.run("merge", four[B], four[C])
    assert f"`jivod unmerge {four[C]} --tree`" in bare.refused("unmerge", four[C])
    assert "so does all that was in there" in bare.run("unmerge", four[C], "--tree").stdout
    assert [bare.id(email) for email in (A, B, C)] == [four[A], four[B], four[C]]


def test_there_may_be_nothing_to_undo(bare: Place, four: dict[str, str]) -> None:
    for options in ((), ("--tree",)):
        said = bare.refused("unmerge", four[A], *options)
        assert f"{four[A]} is part of no other customer and has none in it; `jivod show" in said


def test_an_unknown_id_cannot_be_unmerged(bare: Place, four: dict[str, str]) -> None:
    assert "there is no customer of this id; `jivod find`" in bare.refused("unmerge", NOBODY)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["X", "--rule", "person"],
        ["X", "--yes"],
        ["X", "--dry-run"],
        ["--rule", "person", "--tree"],
        ["--rule", "person", "--yes", "--dry-run"],
        ["--rule", "nonsense"],
        ["--since", "yesterday"],
    ],
)
def test_one_customer_or_many_but_not_both(bare: Place, arguments: list[str]) -> None:
    done = CliRunner().invoke(main, ["--config", str(bare.file), "unmerge", *arguments])
    assert done.exit_code == 2


@pytest.mark.parametrize("verb", ["merge", "different", "unmerge"])
def test_the_help_tells_how_to_take_it_back(verb: str) -> None:
    told = " ".join(CliRunner().invoke(main, [verb, "--help"]).stdout.split())
    assert {"merge": "unmerge A", "different": "--undo", "unmerge": "whatever had been merged into A"}[verb] in told
