"""`jivod detach`: a conversation that came to the wrong customer becomes one of its own, for good."""

from __future__ import annotations

import pytest

from .conftest import Place, accepted

MAIL = "office@example.com"
NOBODY = "01zzzzzzzzzzzzzzzzzzzzzzzz"


@pytest.fixture
def mixed(bare: Place) -> str:
    """One customer of three conversations: two people of one office used its address."""
    bare.fill(
        accepted(1, number="1", email=MAIL, name="Ali"),
        accepted(2, number="2", email=MAIL, phone="+905320000031", name="Veli"),
        accepted(3, number="1", email=MAIL),
    )
    return bare.id(MAIL)


def test_the_conversation_becomes_a_customer_of_its_own(bare: Place, mixed: str) -> None:
    done = bare.run("detach", mixed, "2", "--by", "kemal")
    assert done.exit_code == 0, done.output
    assert f"kemal: the conversations of #2 taken away from {mixed}" in done.stdout
    made = bare.id("+905320000031")
    assert made != mixed
    assert bare.json("show", made)["name"] == "Veli"
    assert (bare.json("show", mixed)["name"], bare.json("show", mixed)["chats"]) == ("Ali", 2)
    assert bare.run("rebuild", "--verify").exit_code == 0
    assert bare.run("check").exit_code == 0


def test_several_go_together_and_json_tells_the_decision(bare: Place, mixed: str) -> None:
    told = bare.json("detach", mixed, "3", "2", "3", "--by", "kemal")
    assert (told["decision"]["kind"], told["decision"]["seqs"]) == ("detach", [3, 2])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((NOBODY, "1"), "there is no customer of this id"),
        (("ID", "9"), "these entries are not all of one record of ID; `jivod show ID --why` lists them"),
        (("ID", "1", "2", "3"), "these conversations are all there is of ID; `jivod unmerge` undoes a merge"),
    ],
)
def test_what_cannot_be_taken_away_is_refused_in_words(
    bare: Place, mixed: str, arguments: tuple[str, ...], says: str
) -> None:
    told = bare.refused("detach", *(a.replace("ID", mixed) for a in arguments), "--by", "kemal")
    assert says.replace("ID", mixed) in told


@pytest.mark.parametrize("numbers", [(), ("0",), ("-1",), ("x",), ("9" * 40,)])
def test_what_is_no_number_is_wrong_usage(bare: Place, mixed: str, numbers: tuple[str, ...]) -> None:
    assert bare.run("detach", mixed, "--", *numbers).exit_code == 2
