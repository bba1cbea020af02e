"""`jivod show --why`: events and decisions in the order of the journal; and all is shown by the policy in force."""

from __future__ import annotations

import pytest

from jivod.flow import regime

from .conftest import Place, accepted

A, B, PHONE = "a@example.com", "b@example.com", "+905320000031"


@pytest.fixture
def story(bare: Place) -> str:
    """A customer about whom people decided all that can be decided."""
    bare.fill(
        accepted(1, number="1", email=A, description="retail"),
        accepted(2, number="2", email=B, phone=PHONE),
        accepted(3, number="3", email=B, description="wholesale"),
    )
    a, b = bare.id(A), bare.id(B)
    for arguments in (
        ["edit", b, "name", "Veli", "--by", "kemal"],
        ["edit", b, "phone", PHONE, "--confirm"],
        ["edit", b, "email", "c@example.com"],
        ["edit", b, "email", B, "--primary"],
        ["edit", b, "email", "c@example.com", "--clear"],
        ["edit", b, "name", "--clear"],
        ["merge", a, b, "--by", "deniz"],
        ["settle", b, "description", "retail"],
        ["unmerge", a],
        ["different", a, b, "--undo"],
        ["different", a, b],
    ):
        done = bare.run(*arguments)
        assert done.exit_code == 0, done.output
    bare.fill(accepted(4, number="2", phone=PHONE))
    return b


def test_events_and_decisions_stand_in_the_order_of_the_journal(bare: Place, story: str) -> None:
    lines = bare.run("show", story, "--why").stdout.splitlines()
    why = lines[lines.index("Why: 3 events, 10 decisions") + 1 :]
    numbers = [int(line.split()[0].removeprefix("#")) for line in why]
    assert numbers == sorted(numbers)
    assert (numbers[0], numbers[-1]) == (2, 15)
    assert why[1] == f"  #3  key, email {B}"
    assert why[-1] == f"  #15  key, phone {PHONE}"


@pytest.mark.parametrize(
    "said",
    [
        "kemal: name is Veli",
        f"phone {PHONE} confirmed",
        f"email {B} stands first",
        "email c@example.com taken away",
        "name as a whole taken away",
        "deniz: {a} became part of {b}",
        "{a} stands for itself again",
        "{a} and {b} may be one after all",
        "{a} and {b} are different people",
    ],
)
def test_a_decision_is_told_in_words(bare: Place, story: str, said: str) -> None:
    a = bare.id(A)
    assert said.format(a=a, b=story) in bare.run("show", story, "--why").stdout


def test_json_tells_who_decided_what_and_when(bare: Place, story: str) -> None:
    shown = bare.json("show", story, "--why")
    first = shown["decisions"][0]
    assert {**first, "at": 0} == {
        "entry": 4, "at": 0, "kind": "edit", "by": "kemal", "customer": story,
        "attribute": "name", "value": "Veli", "settles": False,
    }  # fmt: skip
    assert first["at"] > 1_700_000_000_000
    assert [reason["seq"] for reason in shown["reasons"]] == [2, 3, 15]
    assert "decisions" not in bare.json("show", story)


def test_what_was_decided_of_a_merged_customer_is_told_with_both(bare: Place, story: str) -> None:
    assert "settled as retail" in bare.run("show", bare.id(A), "--why").stdout  # it was his own word


def test_decisions_of_detached_conversations_are_told(bare: Place) -> None:
    bare.fill(accepted(1, number="1", email=A), accepted(2, number="2", email=A))
    id = bare.id(A)
    bare.run("unmerge", "--by-key", A, "--yes")
    assert f"the conversations of #2 taken away from {id}" in bare.run("show", id, "--why").stdout


def test_a_customer_is_shown_by_the_policy_in_force(bare: Place) -> None:
    bare.fill(accepted(1, number="1", email=A, name="Old"), accepted(2, number="2", email=A, name="New"))
    assert bare.json("find", A)[0]["name"] == "New"
    bare.write(lambda txn: regime.adopt(txn, '[survivorship.attributes.name]\ntie = "oldest"\n'))
    (found,) = bare.json("find", A)
    assert found["name"] == bare.json("show", found["id"])["name"] == "Old"
