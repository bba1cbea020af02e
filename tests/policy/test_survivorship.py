"""Which value the agent sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.claim import DESCRIPTION, IMPORT, NAME, OPERATOR, PROFILE, REVISED, VISITOR_TYPED, Claim
from jivod.model.contact import EMAIL, PHONE
from jivod.model.customer import Customer, GoldenRecord
from jivod.policy.precedence import join
from jivod.policy.rules import DEFAULT
from jivod.policy.survivorship import golden
from tests.policy.test_precedence import groups


def said(attribute: str, value: str, at: int, source: str = VISITOR_TYPED, raw: str = "") -> Claim:
    return Claim(attribute, value, source, raw, at, at, at)


def customer(*claims: Claim, id: str = "a") -> Customer:
    return Customer(id=id, created_at=0, seen_at=0, claims=join(claims))


def seen(*claims: Claim) -> GoldenRecord:
    return golden(customer(*claims), (), DEFAULT)


def test_the_first_phone_stays_primary_and_the_second_is_kept() -> None:
    assert seen(said(PHONE, "+2", 2), said(PHONE, "+1", 3), said(PHONE, "+3", 1)).phones == ("+3", "+2", "+1")


def test_a_higher_rank_takes_the_first_place() -> None:
    assert seen(said(PHONE, "+1", 1), said(PHONE, "+2", 2, IMPORT)).phones == ("+2", "+1")


def test_the_newest_name_of_equal_rank_wins_and_the_other_is_contested() -> None:
    record = seen(said(NAME, "Ali", 1), said(NAME, "Veli", 2))
    assert record.name == "Veli"
    assert [c.value for c in record.contested] == ["Ali"]


def test_a_lower_rank_never_contests() -> None:
    record = seen(said(NAME, "Ali", 1, OPERATOR), said(NAME, "Veli", 2))
    assert (record.name, record.contested) == ("Ali", ())


def test_a_typed_name_beats_a_profile_name() -> None:
    assert seen(said(NAME, "Ali", 1), said(NAME, "@ali", 2, PROFILE)).name == "Ali"


@pytest.mark.parametrize(
    "placeholder",
    [
        "Guest",
        "Ziyaretçi",
        "Клиент",
        "Cliente",
        "a@example.com",
        "+905320000017",
        "0532 000 00 17",
        "Ali [tg:77]",
        "ZİYARETÇİ",
        "Misafir 4521",
        "Guest #12",
        "visitor",
    ],
)
def test_a_placeholder_never_beats_a_real_name(placeholder: str) -> None:
    contacts = (said(EMAIL, "a@example.com", 1), said(PHONE, "+905320000017", 1, raw="0532 000 00 17"))
    record = seen(said(NAME, "Ali", 1), said(NAME, placeholder, 2, REVISED), *contacts)
    assert record.name == "Ali"


def test_a_placeholder_is_shown_where_there_is_nothing_better() -> None:
    assert seen(said(NAME, "Guest", 1)).name == "Guest"


def test_the_golden_record_of_a_family_is_that_of_all_their_claims() -> None:
    a, b = said(PHONE, "+1", 1), said(DESCRIPTION, "wholesale", 2)
    family = golden(customer(a), [customer(b, id="b")], DEFAULT)
    assert (family.phones, family.description, family.merged) == (("+1",), "wholesale", ("b",))


@given(groups, groups)
def test_the_golden_record_does_not_depend_on_who_holds_the_claims(a: list[Claim], b: list[Claim]) -> None:
    together = golden(customer(*a, *b), (), DEFAULT)
    apart = golden(customer(*a), [customer(*b, id="b")], DEFAULT)
    for name in ("name", "emails", "phones", "description", "tags", "contested"):
        assert getattr(together, name) == getattr(apart, name)


@given(groups, st.integers(0, 5))
def test_an_older_name_of_lower_rank_never_changes_the_name(group: list[Claim], at: int) -> None:
    best = said(NAME, "Real Name", 9, OPERATOR)
    assert seen(*group, best, said(NAME, "Other", at, PROFILE)).name == "Real Name" or any(
        c.source == OPERATOR and c.attribute == NAME for c in group
    )
