"""Which value survives, case by case: what other systems test and what their users complained of, by number."""

from __future__ import annotations

import pytest
from attrs import evolve

from jivod.model.claim import CLEARED_PREFIX, DESCRIPTION, IMPORT, NAME, OPERATOR, PRIMARY_PREFIX, PROFILE, SOCIAL
from jivod.model.contact import EMAIL, PHONE, TOKEN
from jivod.policy import contact
from jivod.policy.rules import DEFAULT
from jivod.policy.survivorship import golden
from tests.policy.drawn import BALANCE, decided
from tests.policy.test_survivorship import KEEPS_THE_FIRST, contested, customer, said, seen


def test_case_22_the_value_of_the_higher_rank_wins_however_old() -> None:
    assert seen(said(BALANCE, "12", 1, IMPORT), said(BALANCE, "13", 2)).attributes == {"Balance": "12"}


def test_case_23_where_the_first_is_blank_a_filled_one_wins() -> None:
    record = seen(said(BALANCE, "", 3, OPERATOR), said(BALANCE, "12", 1), said(BALANCE, "", 2, IMPORT))
    assert (record.attributes, record.contested) == ({"Balance": "12"}, ())


def test_case_25_the_primary_email_stays_and_the_others_follow_in_a_stable_order() -> None:
    first = customer(said(EMAIL, "p1@example.com", 1), said(EMAIL, "a1@example.com", 2))
    second = customer(said(EMAIL, "p2@example.com", 3), id="b")
    for one, other in ((first, second), (second, first)):
        assert golden(one, [other], DEFAULT).emails == ("p1@example.com", "a1@example.com", "p2@example.com")


def test_case_26_the_same_digits_in_two_countries_are_two_phones() -> None:
    numbers = [found.key.value for c in ("+90", "+1") for found in contact.phones(f"{c}5321110033", (), DEFAULT)]
    assert seen(*[said(PHONE, number, 1) for number in numbers]).phones == ("+15321110033", "+905321110033")


def test_case_28_a_second_name_is_kept_as_contested_and_the_policy_says_which_is_shown() -> None:
    names = (said(NAME, "Ali", 1), said(NAME, "Veli", 2))
    for found, shown, other in ((DEFAULT, "Veli", "Ali"), (KEEPS_THE_FIRST, "Ali", "Veli")):
        record = seen(*names, by=found)
        assert (record.name, contested(record)) == (shown, [other])


def test_case_29_a_real_name_takes_the_place_of_a_technical_one_without_a_contest() -> None:
    record = seen(said(NAME, "Visitor 4521", 2), said(NAME, "Ali", 1))
    assert (record.name, contested(record)) == ("Ali", [])


def test_case_31_a_login_is_shown_only_where_there_is_no_name() -> None:
    login = said(NAME, "ali_1987", 2, PROFILE)
    assert (seen(login).name, seen(login, said(NAME, "Ali", 1)).name) == ("ali_1987", "Ali")


def test_case_32_to_settle_the_name_leaves_the_other_doubts() -> None:
    claims = (said(NAME, "Ali", 1), said(NAME, "Veli", 2), said(BALANCE, "12", 1), said(BALANCE, "13", 2))
    assert contested(seen(*claims)) == ["12", "Ali"]
    assert contested(seen(*claims, said(NAME, "Ali", 3, OPERATOR))) == ["12"]


def test_case_35_and_44_a_value_that_was_cleared_is_not_there_and_not_empty_text() -> None:
    claims = (said(DESCRIPTION, "retail", 1, IMPORT), decided(CLEARED_PREFIX + DESCRIPTION, "", 2))
    assert seen(*claims).description is None
    assert seen(*claims, said(DESCRIPTION, "wholesale", 3)).description == "wholesale"
    assert seen(said(DESCRIPTION, "retail", 3), claims[1]).description == "retail"


def test_case_37_zero_is_a_value() -> None:
    assert seen(said(BALANCE, "0", 1), said(BALANCE, "", 2)).attributes == {"Balance": "0"}
    record = seen(said(BALANCE, "0", 2), said(BALANCE, "1", 1))
    assert (record.attributes, contested(record)) == ({"Balance": "0"}, ["1"])


@pytest.mark.parametrize("attribute", [NAME, DESCRIPTION, "attr:birth date", "attr:gender", "attr:job title"])
def test_case_38_each_attribute_that_differs_is_a_doubt_of_its_own(attribute: str) -> None:
    record = golden(customer(said(attribute, "one", 2)), [customer(said(attribute, "two", 1), id="b")], DEFAULT)
    assert [(c.attribute, c.value) for c in record.contested] == [(attribute, "two")]


def test_case_41_a_refused_contact_stays_refused_in_a_merge() -> None:
    a, b = customer(said(EMAIL, "a@example.com", 1)), customer(said("refused:email", "null", 1), id="b")
    record = golden(a, [b], DEFAULT)
    assert (record.emails, record.others) == (("a@example.com",), ("null",))


def test_case_49_what_is_beyond_the_limit_is_not_lost() -> None:
    emails = [said(EMAIL, f"{i}@example.com", i) for i in range(3)]
    record = seen(*emails, said("refused:email", "3@example.com", 3))
    assert (len(record.emails), record.others) == (3, ("3@example.com",))


def test_case_50_an_imported_row_adds_and_takes_nothing_away() -> None:
    known = (said(EMAIL, "a@example.com", 1), said(PHONE, "+1", 1))
    record = seen(*known, said(NAME, "Ali", 2, IMPORT), said(PHONE, "+2", 2, IMPORT))
    assert (record.name, record.emails, set(record.phones)) == ("Ali", ("a@example.com",), {"+1", "+2"})


def test_case_52_the_same_primary_and_one_more_each_are_all_kept() -> None:
    a = customer(said(EMAIL, "p@example.com", 1), said(EMAIL, "a@example.com", 2))
    b = customer(said(EMAIL, "p@example.com", 3), said(EMAIL, "b@example.com", 3), id="b")
    assert golden(a, [b], DEFAULT).emails == ("p@example.com", "a@example.com", "b@example.com")


def test_case_53_of_two_primaries_both_are_kept_and_the_last_choice_stands_first() -> None:
    a = customer(said(PHONE, "+1", 1), decided(PRIMARY_PREFIX + PHONE, "+1", 5))
    b = customer(said(PHONE, "+2", 2), decided(PRIMARY_PREFIX + PHONE, "+2", 4), id="b")
    assert golden(a, [b], DEFAULT).phones == golden(b, [a], DEFAULT).phones == ("+1", "+2")


def test_case_56_a_blank_row_beats_no_address() -> None:
    record = seen(said(EMAIL, "", 1, OPERATOR), said(EMAIL, "a@example.com", 2, PROFILE))
    assert record.emails == ("a@example.com",)


def test_case_58_one_handle_on_two_networks_is_two_profiles() -> None:
    urls = ("https://a.example.com/ali", "https://b.example.com/ali")
    assert seen(*[said(SOCIAL, url, 1) for url in urls]).social == urls


def test_case_134_a_key_that_was_taken_away_does_not_come_back_when_the_events_do() -> None:
    token, email = said(TOKEN, "t", 1), said(EMAIL, "a@example.com", 1)
    cleared = (decided(CLEARED_PREFIX + TOKEN, "t", 2), decided(CLEARED_PREFIX + EMAIL, "a@example.com", 2))
    record = seen(token, email, *cleared, evolve(token, last_at=3), evolve(email, last_at=3))
    assert (record.tokens, record.emails) == ((), ())
