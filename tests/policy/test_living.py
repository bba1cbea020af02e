"""What a person took away is gone, and stays gone as long as it should."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from jivod.model.claim import CLEARED_PREFIX, IMPORT, NAME, OPERATOR, REVISED, VISITOR_TYPED, Claim, is_union
from jivod.model.contact import EMAIL, PHONE
from jivod.model.living import living
from jivod.policy.precedence import join
from tests.policy.drawn import HELD, LATER, decided, evidence, groups

REFUSED = "refused:phone"


def said(attribute: str, value: str, at: int, source: str = VISITOR_TYPED) -> Claim:
    return Claim(attribute, value, source, "", at, at, at)


def cleared(attribute: str, value: str = "", at: int = LATER) -> Claim:
    return decided(CLEARED_PREFIX + attribute, value, at)


def left(*claims: Claim) -> list[str]:
    """The values that live, without the clearings."""
    return [c.value for c in living(claims) if not c.attribute.startswith(CLEARED_PREFIX)]


def test_a_cleared_contact_stays_away_however_often_the_visitor_gives_it() -> None:
    for attribute in (EMAIL, REFUSED):
        for source in (VISITOR_TYPED, REVISED):
            assert left(said(attribute, "x", 1), cleared(attribute, "x", 2), said(attribute, "x", 3, source)) == []


def test_a_cleared_contact_comes_back_with_all_its_claims_when_an_operator_or_an_import_gives_it_back() -> None:
    for source in (OPERATOR, IMPORT):
        assert left(said(EMAIL, "x", 1), cleared(EMAIL, "x", 2), said(EMAIL, "x", 3, source)) == ["x", "x"]
        assert left(said(EMAIL, "x", 1, source), cleared(EMAIL, "x", 2)) == []


def test_the_last_decision_on_a_contact_counts() -> None:
    again = Claim(EMAIL, "x", OPERATOR, "", 1, 5, 1)
    assert left(again, cleared(EMAIL, "x", 4)) == ["x"]
    assert left(again, cleared(EMAIL, "x", 4), cleared(EMAIL, "x", 6)) == []


def test_of_two_decisions_in_one_millisecond_the_later_entry_counts() -> None:
    clearing = Claim(CLEARED_PREFIX + EMAIL, "x", OPERATOR, "", 5, 5, 8)
    words = [Claim(EMAIL, "x", OPERATOR, "", 5, 5, seq) for seq in (7, 8, 9)]
    assert [left(word, clearing) for word in words] == [[], [], ["x"]]


def test_of_several_clearings_the_last_counts() -> None:
    clearings = (cleared(EMAIL, "x", 6), said(CLEARED_PREFIX + EMAIL, "x", 4, IMPORT))
    for word in (said(EMAIL, "x", 5, OPERATOR), said(EMAIL, "x", 7, OPERATOR)):
        assert left(*clearings, word) == left(*reversed(clearings), word) == (["x"] if word.last_at == 7 else [])


def test_clearing_all_contacts_of_a_kind_means_those_seen_by_then() -> None:
    claims = (said(PHONE, "old", 1), said(PHONE, "other", 2, IMPORT), said(EMAIL, "x", 1), cleared(PHONE, at=3))
    assert left(*claims, said(PHONE, "old", 4), said(PHONE, "new", 5)) == ["x", "new"]


def test_of_a_single_value_what_was_said_before_the_clearing_is_gone_and_what_is_said_later_lives() -> None:
    claims = (said(NAME, "Ali", 1), said(NAME, "Veli", 2, IMPORT), said(NAME, "Ayşe", 2, OPERATOR), cleared(NAME, at=3))
    assert left(*claims) == []
    assert left(*claims, said(NAME, "Fatma", 4)) == ["Fatma"]
    assert left(*claims, Claim(NAME, "Ali", REVISED, "", 1, 4, 1)) == ["Ali"]


def test_one_of_several_contested_values_can_be_cleared() -> None:
    assert left(said(NAME, "Ali", 1), said(NAME, "Veli", 2), cleared(NAME, "Ali", 3)) == ["Veli"]


def test_case_44_an_absent_field_clears_nothing() -> None:
    assert left(said(NAME, "Ali", 1), said(EMAIL, "x", 2)) == ["Ali", "x"]


@given(st.lists(evidence))
def test_where_nothing_was_cleared_it_is_the_same_tuple(group: list[Claim]) -> None:
    claims = tuple(group)
    assert living(claims) is claims


@given(groups)
def test_living_is_idempotent_and_keeps_the_order(group: list[Claim]) -> None:
    once = living(group)
    assert living(once) == once
    remaining = iter(group)
    assert all(any(c is other for other in remaining) for c in once)


@given(groups, st.randoms(use_true_random=False))
def test_the_order_of_claims_does_not_matter(group: list[Claim], chance: random.Random) -> None:
    shuffled = list(group)
    chance.shuffle(shuffled)
    assert sorted(living(shuffled), key=group.index) == sorted(living(group), key=group.index)


@given(groups, groups, groups)
def test_nor_does_who_holds_them_or_how_they_are_joined(a: list[Claim], b: list[Claim], c: list[Claim]) -> None:
    joined = living(join(a, b, c))
    assert joined == living(join(c, join(b, a)))
    parts = (*join(b), *join(c), *join(a))
    assert {claim.identity for claim in living(parts)} == {claim.identity for claim in joined}


@given(groups, st.sampled_from(HELD), st.sampled_from([VISITOR_TYPED, IMPORT, OPERATOR]))
def test_a_blank_never_lives(group: list[Claim], attribute: str, source: str) -> None:
    assert living([*group, said(attribute, "", LATER, source)]) == living(group)


@given(groups, st.sampled_from(HELD), st.sampled_from("abc"))
def test_what_is_cleared_is_gone_and_nothing_else(group: list[Claim], attribute: str, value: str) -> None:
    after = living([*group, cleared(attribute, value)])
    assert [c for c in after if (c.attribute, c.value) == (attribute, value)] == []
    rest = [c for c in living(group) if (c.attribute, c.value) != (attribute, value)]
    assert list(after) == [*rest, cleared(attribute, value)]


@given(groups, st.sampled_from(HELD))
def test_clearing_all_leaves_nothing_of_the_attribute_and_all_of_the_others(group: list[Claim], attribute: str) -> None:
    after = living([*group, cleared(attribute)])
    assert list(after) == [*(c for c in living(group) if c.attribute != attribute), cleared(attribute)]


@given(groups, st.sampled_from(HELD), st.sampled_from("abc"))
def test_a_clearing_older_than_the_operators_word_has_no_effect_on_it(
    group: list[Claim], attribute: str, value: str
) -> None:
    word = decided(attribute, value)
    assert word in living([*group, cleared(attribute, value, LATER - 1), cleared(attribute, at=LATER - 1), word])


@given(groups, st.sampled_from(HELD), st.sampled_from("abc"), st.sampled_from([VISITOR_TYPED, REVISED]))
def test_what_visitors_say_after_a_clearing_lives_only_as_a_single_value(
    group: list[Claim], attribute: str, value: str, source: str
) -> None:
    late = said(attribute, value, LATER + 1, source)
    assert (late in living([*group, cleared(attribute, value), late])) == (not is_union(attribute))
