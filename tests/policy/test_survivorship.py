"""Which value the agent sees."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import asdict, evolve

from jivod.model.claim import (
    CLEARED_PREFIX,
    DESCRIPTION,
    IMPORT,
    NAME,
    OPERATOR,
    PRIMARY_PREFIX,
    PROFILE,
    REVISED,
    SOURCES,
    VERIFIED,
    VISITOR_TYPED,
    Claim,
)
from jivod.model.contact import EMAIL, PHONE, VERIFIED_TOKEN
from jivod.model.customer import Customer, GoldenRecord
from jivod.policy.precedence import join
from jivod.policy.rules import DEFAULT, NEWEST, OLDEST, Rules
from jivod.policy.survivorship import golden
from tests.policy.drawn import BALANCE, decided

TYPED_FIRST = (VISITOR_TYPED, REVISED, VERIFIED, IMPORT, PROFILE, OPERATOR)
TRUSTS_VISITORS = evolve(DEFAULT, sources=TYPED_FIRST)  # more than its own operators
KEEPS_THE_FIRST = evolve(DEFAULT, ties=frozenset({(NAME, OLDEST), (BALANCE, OLDEST)}))


def said(attribute: str, value: str, at: int, source: str = VISITOR_TYPED, raw: str = "") -> Claim:
    return Claim(attribute, value, source, raw, at, at, at)


def customer(*claims: Claim, id: str = "a") -> Customer:
    return Customer(id=id, created_at=0, seen_at=0, claims=join(claims))


def seen(*claims: Claim, by: Rules = DEFAULT) -> GoldenRecord:
    return golden(customer(*claims), (), by)


def contested(record: GoldenRecord) -> list[str]:
    return [c.value for c in record.contested]


def face(record: GoldenRecord) -> dict[str, Any]:
    """What does not depend on which record holds the claims."""
    return asdict(record, filter=lambda field, _: field.name != "merged")


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


def test_ranks_and_ties_of_the_policy_have_their_effect() -> None:
    profile_first = (PROFILE, *[source for source in SOURCES if source != PROFILE])
    own = evolve(DEFAULT, ranks=frozenset({(NAME, profile_first)}), ties=frozenset({(PHONE, NEWEST)}))
    record = seen(
        said(NAME, "@ali", 1, PROFILE), said(NAME, "Ali", 2, IMPORT), said(PHONE, "+1", 1), said(PHONE, "+2", 2),
        said(EMAIL, "a@example.com", 1), said(EMAIL, "b@example.com", 2), by=own,
    )  # fmt: skip
    assert (record.name, record.phones) == ("@ali", ("+2", "+1"))
    assert record.emails == ("a@example.com", "b@example.com")


def test_the_contact_that_was_last_called_primary_stands_first() -> None:
    phones = [said(PHONE, "+1", 1, IMPORT), said(PHONE, "+2", 2), said(PHONE, "+3", 3)]
    chosen = [decided(PRIMARY_PREFIX + PHONE, value, at) for value, at in (("+2", 5), ("+3", 4))]
    assert seen(*phones, *chosen).phones == ("+2", "+1", "+3")
    assert seen(*phones, *chosen, decided(PRIMARY_PREFIX + PHONE, "+3", 6)).phones == ("+3", "+1", "+2")


def test_a_primary_contact_that_was_cleared_makes_room_for_the_one_before() -> None:
    phones = [said(PHONE, "+1", 1), said(PHONE, "+2", 2), said(PHONE, "+3", 3)]
    chosen = [decided(PRIMARY_PREFIX + PHONE, value, at) for value, at in (("+2", 4), ("+3", 5), ("+9", 6))]
    assert seen(*phones, *chosen, decided(CLEARED_PREFIX + PHONE, "+3", 7)).phones == ("+2", "+1")


def test_choices_and_clearings_are_no_attributes() -> None:
    record = seen(
        decided(PRIMARY_PREFIX + EMAIL, "a@example.com"), decided(CLEARED_PREFIX + PHONE, "+1"),
        decided(CLEARED_PREFIX + BALANCE, ""),
    )  # fmt: skip
    assert face(record) == face(seen())


def test_confirmed_and_signed_contacts_are_verified_and_every_contact_has_its_source() -> None:
    record = seen(
        said(NAME, "Ali", 1, REVISED), said(EMAIL, "a@example.com", 1), said(EMAIL, "b@example.com", 2, VERIFIED),
        said(PHONE, "+1", 1), said(PHONE, "+1", 2, OPERATOR), said(PHONE, "+2", 3, IMPORT),
    )  # fmt: skip
    assert (record.verified, record.verified_contacts) == (True, ("b@example.com", "+1"))
    assert record.sources == {
        "name": REVISED, "a@example.com": VISITOR_TYPED, "b@example.com": VERIFIED, "+1": OPERATOR, "+2": IMPORT,
    }  # fmt: skip


def test_a_name_that_an_operator_wrote_verifies_no_contact_and_a_signed_token_verifies_something() -> None:
    typed = (said(EMAIL, "a@example.com", 1), said(NAME, "Ali", 2, OPERATOR))
    record = seen(*typed, said(VERIFIED_TOKEN, "7", 3, VERIFIED))
    assert (seen(*typed).verified, record.verified, record.verified_contacts) == (False, True, ())


def test_a_confirmed_contact_that_was_cleared_verifies_nothing() -> None:
    record = seen(said(EMAIL, "a@example.com", 1, OPERATOR), decided(CLEARED_PREFIX + EMAIL, "a@example.com"))
    assert (record.verified, record.verified_contacts, record.sources) == (False, (), {})


def test_a_settled_value_is_contested_no_more_not_even_by_what_comes_later() -> None:
    names = (said(NAME, "Ali", 1), said(NAME, "Veli", 2))
    record = seen(*names, said(NAME, "Ali", 3, OPERATOR), said(NAME, "Fatma", 4))
    assert (record.name, contested(record)) == ("Ali", [])


def test_the_operators_second_word_takes_the_place_of_the_first_under_any_tie() -> None:
    for found in (DEFAULT, KEEPS_THE_FIRST):
        record = seen(said(NAME, "Ali", 3, OPERATOR), said(NAME, "Veli", 4, OPERATOR), by=found)
        assert (record.name, contested(record)) == ("Veli", [])


def test_of_two_words_in_one_millisecond_the_later_entry_counts() -> None:
    record = seen(*[Claim(NAME, name, OPERATOR, "", 5, 5, seq) for name, seq in (("Ali", 8), ("Veli", 9))])
    assert record.name == "Veli"


def test_a_name_in_capitals_contests_nothing() -> None:
    assert contested(seen(said(NAME, "AYLA", 1), said(NAME, "Ayla", 2))) == []


def test_where_visitors_rank_above_operators_a_settled_doubt_stays_settled_until_something_new_is_said() -> None:
    names = (said(NAME, "Ali", 1), said(NAME, "Veli", 2), said(NAME, "Ali", 3, OPERATOR))
    record = seen(*names, by=TRUSTS_VISITORS)
    assert (record.name, contested(record)) == ("Ali", [])
    repeated = Claim(NAME, "Veli", VISITOR_TYPED, "", 2, 9, 2)
    assert contested(seen(*names, repeated, by=TRUSTS_VISITORS)) == []
    news = seen(*names, said(NAME, "Fatma", 4), by=TRUSTS_VISITORS)
    assert (news.name, contested(news)) == ("Fatma", ["Ali"])


def test_where_visitors_rank_above_operators_a_value_of_the_operators_own_does_not_win() -> None:
    record = seen(said(NAME, "Ali", 1), said(NAME, "Veli", 2), said(NAME, "Fatma", 3, OPERATOR), by=TRUSTS_VISITORS)
    assert (record.name, contested(record)) == ("Veli", ["Ali"])


def test_what_an_operator_wrote_is_a_name_even_if_it_looks_like_none() -> None:
    assert seen(said(NAME, "Ali", 1), said(NAME, "4711", 2, OPERATOR)).name == "4711"


def test_an_email_that_was_cleared_makes_no_better_name_than_before() -> None:
    address = said(EMAIL, "a@example.com", 1)
    names = (said(NAME, "Ali", 1), said(NAME, "a@example.com", 2))
    assert seen(address, *names, decided(CLEARED_PREFIX + EMAIL, "a@example.com")).name == "Ali"
