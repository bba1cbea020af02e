"""`jivod edit`, `settle` and `share`: what a person knows better, and what is refused in words."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from jivod.cli.main import main

from .conftest import RUN, Place, accepted

EMAIL, PHONE = "ali@example.com", "+905320000031"


@pytest.fixture
def ali(bare: Place) -> str:
    """A customer of two chats, in which he gave two phones and two descriptions."""
    bare.fill(
        accepted(1, number="1", email=EMAIL, phone=PHONE, name="Ali", description="retail"),
        accepted(2, number="1", email=EMAIL, phone="+905320000032", name="Ali", description="wholesale"),
    )
    return bare.id(EMAIL)


def edited(place: Place, *arguments: str) -> Any:
    """The customer after `jivod edit`."""
    (golden,) = place.json("edit", *arguments)["customers"]
    return golden


@pytest.mark.parametrize(
    ("attribute", "value", "field", "expected"),
    [
        ("name", "Ali Kaya", "name", "Ali Kaya"),
        ("description", "pays late", "description", "pays late"),
        ("email", "ALI.KAYA@Example.com", "emails", ["ali.kaya@example.com", EMAIL]),
        ("phone", "0532 000 00 39", "phones", ["+905320000039", PHONE, "+905320000032"]),
        ("tag", "vip", "tags", ["vip"]),
        ("social", "https://social.example.com/ali", "social", ["https://social.example.com/ali"]),
        ("attr:Segment", "gold", "attributes", {"Segment": "gold"}),
        ("organization", "Example Ltd", "attributes", {"organization": "Example Ltd"}),
        ("token", "customer-1", "tokens", ["customer-1"]),
        ("visitor", "shop:7", "visitors", ["shop:7", "shop:1"]),
    ],
)
def test_a_value_is_given(bare: Place, ali: str, attribute: str, value: str, field: str, expected: Any) -> None:
    assert edited(bare, ali, attribute, value)[field] == expected
    assert bare.run("rebuild", "--verify").exit_code == 0


def test_what_a_person_says_wins_and_is_told(bare: Place, ali: str) -> None:
    done = bare.run("edit", ali, "name", "Ali Kaya", "--by", "kemal")
    assert f"kemal: name is Ali Kaya\n{ali}  Ali Kaya  {EMAIL}" in done.stdout
    bare.fill({**accepted(3, number="1", email=EMAIL, name="Aly"), "event_timestamp": RUN + 9_000_000_000})
    assert bare.json("show", ali)["name"] == "Ali Kaya"


def test_what_another_customer_has_is_asked_about(bare: Place, ali: str) -> None:
    bare.fill(accepted(3, number="3", email="veli@example.com", name="Veli"))
    a, b = sorted((ali, bare.id("veli@example.com")))
    done = bare.run("edit", ali, "email", "veli@example.com", "--by", "kemal")
    asked = f"Is {a} one with {b}? `jivod reviews` shows both"
    assert done.stdout.endswith(f"The two share an e-mail; a person gave it to one of them. {asked}\n")
    assert "Is " not in bare.run("edit", ali, "email", "veli@example.com", "--by", "kemal").stdout
    assert "The two share an e-mail" in bare.run("reviews").stdout


def test_a_value_is_taken_away_in_whatever_way_it_is_written(bare: Place, ali: str) -> None:
    assert edited(bare, ali, "phone", "0532 000 00 31", "--clear")["phones"] == ["+905320000032"]
    assert "phone as a whole taken away" in bare.run("edit", ali, "phone", "--clear").stdout
    assert bare.json("show", ali)["phones"] == []


def test_a_contact_that_may_be_no_key_any_more_can_still_be_taken_away(bare: Place, ali: str) -> None:
    from jivod.flow import regime

    bare.write(lambda txn: regime.adopt(txn, f'[blocked]\nemails = ["{EMAIL}"]\n'))
    assert "placeholder" in bare.refused("edit", ali, "email", EMAIL)
    assert edited(bare, ali, "email", EMAIL, "--clear")["emails"] == []


def test_a_contact_is_confirmed(bare: Place, ali: str) -> None:
    golden = edited(bare, ali, "phone", PHONE, "--confirm")
    assert (golden["verified"], golden["verified_contacts"]) == (True, [PHONE])


def test_a_browser_is_confirmed(bare: Place, ali: str) -> None:
    assert bare.run("edit", ali, "visitor", "shop:1", "--confirm").exit_code == 0
    assert "no such visitor" in bare.refused("edit", ali, "visitor", "shop:2", "--confirm")
    assert "has no token" in bare.refused("edit", ali, "token", "shop:1", "--confirm")


def test_another_phone_stands_first(bare: Place, ali: str) -> None:
    assert edited(bare, ali, "phone", "0532 000 00 32", "--primary")["phones"][0] == "+905320000032"


def test_a_value_of_a_merged_customer_goes_with_its_record(bare: Place, ali: str) -> None:
    bare.fill(accepted(9, number="9", email="veli@example.com"))
    veli = bare.id("veli@example.com")
    bare.run("merge", ali, veli)
    for option in ("--confirm", "--primary"):
        bare.run("edit", veli, "phone", "0532 000 00 32", option)
    bare.run("unmerge", ali)
    assert bare.json("show", ali)["phones"][0] == "+905320000032"
    assert bare.json("show", veli)["phones"] == []


def test_an_old_id_edits_whom_it_leads_to(bare: Place, ali: str) -> None:
    bare.fill(accepted(9, number="9", email="veli@example.com"))
    veli = bare.id("veli@example.com")
    bare.run("merge", ali, veli)
    assert edited(bare, ali, "name", "Ali Veli")["id"] == veli


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["email", "nonsense@"], "give an e-mail, like name@example.com"),
        (["email", "a@example.com b@example.com"], "give one alone"),
        (["phone", "12"], "give a phone with its country code"),
        (["phone", "444 1 444"], "service number"),
        (["color", "red"], "there is no such attribute; name one of"),
        (["attr:", "red"], "there is no such attribute"),
        (["visitor", "7"], "ACCOUNT:NUMBER"),
        (["name", "x" * 8193], "1 to 8192 characters"),
        (["name", "a\0b"], "1 to 8192 characters"),
        (["tag", "--clear"], "there is no tag to take away; `jivod show"),
        (["phone", "0532 000 00 39", "--clear"], "no such phone; `jivod show"),
        (["phone", "0532 000 00 39", "--confirm"], "no such phone; `jivod show"),
        (["name", "Ali", "--confirm"], "only a contact can be confirmed; name one of"),
        (["token", "x", "--primary"], "only an email or a phone can stand first; name one"),
    ],
)
def test_what_cannot_be_is_refused(bare: Place, ali: str, arguments: list[str], said: str) -> None:
    assert said in bare.refused("edit", ali, *arguments)


@pytest.mark.parametrize("verb", ["edit", "settle"])
def test_an_unknown_id_is_refused(bare: Place, ali: str, verb: str) -> None:
    assert "there is no customer of this id; `jivod find`" in bare.refused(verb, "nobody", "name", "x")


@pytest.mark.parametrize("arguments", [["X", "name"], ["X", "email", " "], ["X", "email", " ", "--clear"], ["X"]])
def test_a_value_is_needed(bare: Place, arguments: list[str]) -> None:
    assert CliRunner().invoke(main, ["--config", str(bare.file), "edit", *arguments]).exit_code == 2


def test_a_contest_is_settled(bare: Place, ali: str) -> None:
    shown = bare.json("show", ali)
    assert (shown["description"], [c["value"] for c in shown["contested"]]) == ("wholesale", ["retail"])
    done = bare.json("settle", ali, "description", "retail", "--by", "kemal")
    assert (done["decision"]["kind"], done["decision"]["settles"]) == ("edit", True)
    (golden,) = done["customers"]
    assert (golden["description"], golden["contested"]) == ("retail", [])


def test_the_value_that_is_shown_may_be_the_right_one(bare: Place, ali: str) -> None:
    assert "description settled as wholesale" in bare.run("settle", ali, "description", "wholesale").stdout
    assert bare.json("show", ali)["contested"] == []


def test_only_a_contest_can_be_settled_and_only_by_what_was_said(bare: Place, ali: str) -> None:
    assert "nothing contests the name of this customer; `jivod edit`" in bare.refused("settle", ali, "name", "Ali")
    assert "none of the contested values; `jivod show" in bare.refused("settle", ali, "description", "other")


def test_a_shared_key_decides_nothing_until_it_is_called_ones_own(bare: Place, ali: str) -> None:
    done = bare.run("share", "0532 000 00 31", "--by", "kemal")
    assert f"kemal: phone {PHONE} is shared: it decides nothing" in done.stdout
    bare.fill(accepted(5, number="5", phone=PHONE))
    assert {found["id"] for found in bare.json("find", PHONE)} > {ali}
    assert bare.json("share", PHONE, "--own")["decision"]["shared"] is False
    assert bare.run("rebuild", "--verify").exit_code == 0


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Ali@Example.com", "email", "ali@example.com"),
        ("email:ali@example.com", "email", "ali@example.com"),
        ("phone:0532 000 00 31", "phone", PHONE),
        ("visitor:shop:7", "visitor", "shop:7"),
        ("token:crm|42", "token", "crm|42"),
        ("verified_token:42", "verified_token", "42"),
    ],
)
def test_any_kind_of_key_can_be_shared(bare: Place, ali: str, text: str, kind: str, value: str) -> None:
    done = bare.json("share", text)
    assert done == {"decision": done["decision"], "customers": []}
    assert done["decision"]["key"] == {"kind": kind, "value": value}


@pytest.mark.parametrize("text", ["nonsense", "444 1 444", "", "a@", "visitor:7", "token:", "noreply@example.com"])
def test_what_is_no_key_is_refused_and_the_right_way_told(bare: Place, ali: str, text: str) -> None:
    assert any(told in bare.refused("share", text) for told in ("KIND:VALUE", "ACCOUNT:NUMBER", "characters"))
