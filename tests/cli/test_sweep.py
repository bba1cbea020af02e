"""`jivod unmerge` by what many have in common: first told, then done, in steps; and what a key alone added."""

from __future__ import annotations

from typing import Any

import pytest

from jivod.flow import detach, regime, undo
from jivod.model.customer import Customer
from jivod.store import edges, journal

from .conftest import RUN, Place, accepted

OFFICE = "info@example.com"
A, B, C = "a@example.com", "b@example.com", "c@example.com"


def provisional(chat: int, email: str) -> list[dict[str, Any]]:
    """Somebody writes from a browser of his own and then leaves an e-mail."""
    number = str(100 + chat)
    update = {**accepted(chat, number=number, email=email), "event_name": "chat_updated"}
    return [accepted(chat, number=number), update]


@pytest.fixture
def office(bare: Place) -> dict[str, str]:
    """Everybody in an office writes by one e-mail: four people in six chats, one of whom a rule merged."""
    bare.fill(
        accepted(1, number="1", email=OFFICE, name="Office"),
        accepted(2, number="2", email=OFFICE, name="Can"),
        accepted(3, number="3", email=OFFICE, name="Cem"),
        accepted(4, number="3", email=OFFICE, name="Cem Kaya"),
        accepted(5, number="1", name="Office again"),
        *provisional(6, OFFICE),
    )
    return {"office": bare.id(OFFICE)}


def merged(place: Place) -> list[str]:
    return place.read(lambda txn: [edge.loser for edge in edges.listed(txn, 1000)])


def entries(place: Place) -> int:
    return place.read(journal.last)


def test_first_it_only_tells(bare: Place, office: dict[str, str]) -> None:
    before = bare.rows()
    for option in ([], ["--dry-run"]):
        done = bare.run("unmerge", "--by-key", OFFICE, *option)
        assert done.exit_code == 0, done.output
        assert f"{merged(bare)[0]} into {office['office']}" in done.stdout
        assert f"provisional  email {OFFICE}" in done.stdout
        assert f"shop/chat:3, shop/chat:4 of {office['office']}" in done.stdout
        assert "1 merge and 2 additions to undo; nothing was changed, --yes does it" in done.stdout
        assert "`jivod share` stops that" in done.stdout
    assert bare.rows() == before


def test_then_it_does_what_it_told(bare: Place, office: dict[str, str]) -> None:
    told = bare.json("unmerge", "--by-key", OFFICE)
    (loser,) = merged(bare)
    done = bare.json("unmerge", "--by-key", OFFICE, "--yes", "--by", "kemal")
    assert (told["done"], done["done"]) == (False, True)
    for now, then in zip(done["merges"] + done["attachments"], told["merges"] + told["attachments"], strict=True):
        assert then["entry"] is None and now["entry"] > 0
        assert {**then, "entry": now["entry"], "made": now.get("made")} == {"made": None, **now}
    assert merged(bare) == []
    chats = {g["name"]: (g["id"], [c["ref"] for c in bare.json("show", g["id"])["history"]]) for g in found(bare)}
    assert chats["Cem Kaya"][1] == ["chat:4", "chat:3"]
    assert chats["Can"][1] == ["chat:2"]
    assert chats["Office again"] == (office["office"], ["chat:5", "chat:1"])
    assert chats[None][0] == loser
    assert bare.run("rebuild", "--verify").exit_code == 0
    assert bare.run("check").exit_code == 0


def found(place: Place) -> list[dict[str, Any]]:
    everybody: list[dict[str, Any]] = place.json("find", OFFICE)
    return everybody


def test_what_a_key_added_was_made_by_no_rule_and_by_no_person(bare: Place, office: dict[str, str]) -> None:
    told = bare.json("unmerge", "--by-key", OFFICE, "--rule", "provisional")
    assert (len(told["merges"]), told["attachments"]) == (1, [])
    assert "nothing to undo" in bare.refused("unmerge", "--by-key", OFFICE, "--operator", "kemal")
    assert len(bare.json("unmerge", "--by-key", OFFICE, "--until", "2026-09-21T14:15")["attachments"]) == 1


def test_afterwards_there_is_nothing_left_to_undo(bare: Place, office: dict[str, str]) -> None:
    bare.run("share", OFFICE)
    done = bare.run("unmerge", "--by-key", OFFICE, "--yes")
    assert done.stdout.endswith("1 merge and 2 additions undone\n")
    assert "there is nothing to undo; `jivod show ID --why`" in bare.refused("unmerge", "--by-key", OFFICE, "--yes")


def test_what_was_detached_is_kept_apart_and_goes_on_for_itself(bare: Place, office: dict[str, str]) -> None:
    bare.run("share", OFFICE)
    bare.run("unmerge", "--by-key", OFFICE, "--yes")
    cem = next(g["id"] for g in found(bare) if g["name"] == "Cem Kaya")
    assert "called" in bare.refused("merge", cem, office["office"])
    bare.fill(accepted(7, number="3", name="Cem K."))
    assert bare.json("show", cem)["chats"] == 3


def test_a_chat_that_has_more_than_the_key_in_common_stays(bare: Place) -> None:
    bare.fill(
        accepted(1, number="1", email=OFFICE, phone="+905320000031"),
        accepted(2, number="2", email=OFFICE, phone="+905320000031"),
        accepted(3, number="3", email=OFFICE),
    )
    bare.run("edit", bare.id(OFFICE), "visitor", "shop:3")
    assert "nothing to undo" in bare.refused("unmerge", "--by-key", OFFICE)


def test_a_shared_key_ties_nobody(bare: Place, office: dict[str, str]) -> None:
    bare.fill(accepted(8, number="1", email=OFFICE, name="Guest of the kiosk"))
    before = len(bare.json("unmerge", "--by-key", OFFICE)["attachments"])
    bare.run("share", "visitor:shop:1")
    assert len(bare.json("unmerge", "--by-key", OFFICE)["attachments"]) == before + 1


@pytest.fixture
def many(bare: Place) -> dict[str, str]:
    """Three customers; rules merged two provisional ones into the first, kemal the second into the third."""
    bare.fill(
        accepted(1, number="1", email=A),
        accepted(2, number="2", email=B),
        accepted(3, number="3", email=C),
        *provisional(4, A),
        *provisional(5, A),
    )
    ids = {email: bare.id(email) for email in (A, B, C)}
    assert bare.run("merge", ids[B], ids[C], "--by", "kemal").exit_code == 0
    return ids


@pytest.mark.parametrize(
    ("options", "losers"),
    [
        (["--rule", "provisional"], 2),
        (["--rule", "person"], 1),
        (["--operator", "kemal"], 1),
        (["--until", "2026-09-22"], 2),
        (["--since", "2026-09-22"], 1),
        (["--since", "2026-09-21T14:19Z", "--until", "2026-09-21 14:20"], 1),
        (["--since", "2026-09-21T17:17+03:00", "--until", "2026-09-21T14:18", "--by-key", A], 1),
        (["--by-key", A, "--rule", "provisional"], 2),
    ],
)
def test_many_are_chosen_by_what_they_have_in_common(
    bare: Place, many: dict[str, str], options: list[str], losers: int
) -> None:
    assert RUN == 1_790_000_000  # 2026-09-21 14:13:20; each event comes a minute after the one before
    told = bare.json("unmerge", *options)
    assert (len(told["merges"]), told["attachments"]) == (losers, [])
    done = bare.run("unmerge", *options, "--yes")
    assert done.stdout.splitlines()[losers] == f"{losers} merge{'' if losers == 1 else 's'} undone"
    assert len(merged(bare)) == 3 - losers


@pytest.mark.parametrize(
    "options",
    [
        ["--rule", "conflict"],
        ["--operator", "deniz"],
        ["--rule", "person", "--by-key", A],
        ["--since", "2090-01-01"],
        ["--by-key", "nobody@example.com"],
    ],
)
def test_there_may_be_nothing_of_the_kind(bare: Place, many: dict[str, str], options: list[str]) -> None:
    for option in ([], ["--yes"]):
        assert "there is nothing to undo" in bare.refused("unmerge", *options, *option)


def test_a_key_that_is_none_is_refused(bare: Place, many: dict[str, str]) -> None:
    assert "KIND:VALUE" in bare.refused("unmerge", "--by-key", "nonsense", "--yes")


def test_what_a_policy_merged_can_be_told_by_the_key_that_it_followed(bare: Place) -> None:
    bare.fill(accepted(1, number="1", email=A), accepted(2, number="2", phone="+905320000031"))
    bare.write(lambda txn: regime.adopt(txn, '[identity]\non_conflict = "merge"\n'))
    ids = [bare.id(A), bare.id("+905320000031")]
    bare.fill(accepted(3, number="3", email=A, phone="+905320000031"))
    (merge,) = bare.json("unmerge", "--by-key", "0532 000 00 31")["merges"]
    assert [merge["loser"], merge["winner"]] == ids[::-1]
    assert (merge["rule"], [key["kind"] for key in merge["keys"]]) == ("conflict", ["phone", "email"])


def test_it_goes_in_steps_each_of_them_one_decision(
    bare: Place, many: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "PAGE", 1)
    before = entries(bare)
    done = bare.json("unmerge", "--until", "2090-01-01", "--yes")
    assert [merge["entry"] for merge in done["merges"]] == [before + 1, before + 2, before + 3]
    assert merged(bare) == []
    assert bare.run("rebuild", "--verify").exit_code == 0


def test_steps_of_additions_miss_none(bare: Place, office: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo, "PAGE", 1)
    assert len(bare.json("unmerge", "--by-key", OFFICE)["attachments"]) == 2
    assert len(bare.json("unmerge", "--by-key", OFFICE, "--yes")["attachments"]) == 2
    assert len(found(bare)) == 4


def test_a_customer_of_too_many_entries_is_named_and_left(
    bare: Place, office: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (undo, detach):
        monkeypatch.setattr(module, "LONGEST", 3)
    done = bare.run("unmerge", "--by-key", OFFICE, "--yes")
    assert f"something of {office['office']}" in done.stdout
    assert "stays: too many entries to tell apart" in done.stdout
    assert "1 merge undone" in done.stdout


def test_what_changes_while_it_runs_is_left(bare: Place, many: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the page that was read and the write somebody else undoes one of them."""
    take_back = undo.take_back_merges

    def late(txn: Any, hand: Any, page: Any) -> Any:
        edges.remove(txn, page[0].edge.loser)
        return take_back(txn, hand, page)

    monkeypatch.setattr(undo, "take_back_merges", late)
    assert len(bare.json("unmerge", "--rule", "provisional", "--yes")["merges"]) == 1


def test_an_addition_that_cannot_be_taken_away_any_more_is_told(
    bare: Place, office: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def empty(*_: object) -> Customer:
        from jivod.model.errors import Refused

        raise Refused("these conversations are all there is of it")

    monkeypatch.setattr("jivod.flow.detach._retold", empty)
    done = bare.json("unmerge", "--by-key", OFFICE, "--yes")
    assert [one["refused"] for one in done["attachments"]] == ["these conversations are all there is of it"] * 2
    assert [one["made"] for one in done["attachments"]] == [None, None]
