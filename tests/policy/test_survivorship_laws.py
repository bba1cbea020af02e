"""The laws of the golden record, under any policy that a file can say."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.claim import CLEARED_PREFIX, NAME, OPERATOR, PRIMARY_PREFIX, PROFILE, SOURCES, Claim
from jivod.model.contact import EMAIL, PHONE
from jivod.policy.precedence import is_contestable
from jivod.policy.rules import Rules
from jivod.policy.survivorship import golden
from tests.policy.drawn import BALANCE, HELD, LATER, decided, groups, rules
from tests.policy.test_survivorship import customer, face, said, seen


@given(groups, groups, rules())
def test_the_golden_record_does_not_depend_on_who_holds_the_claims(a: list[Claim], b: list[Claim], by: Rules) -> None:
    together = golden(customer(*a, *b), (), by)
    assert face(golden(customer(*a), [customer(*b, id="b")], by)) == face(together)
    assert evolve(golden(customer(*b), [customer(*a, id="b")], by), merged=()) == together


@given(groups, st.integers(0, 5))
def test_an_older_name_of_lower_rank_never_changes_the_name(group: list[Claim], at: int) -> None:
    best = said(NAME, "Real Name", 9, OPERATOR)
    assert seen(*group, best, said(NAME, "Other", at, PROFILE)).name == "Real Name" or any(
        c.source == OPERATOR and c.attribute == NAME for c in group
    )


@given(groups, rules(), st.sampled_from(HELD), st.sampled_from(SOURCES))
def test_a_blank_never_wins_under_any_policy(group: list[Claim], by: Rules, attribute: str, source: str) -> None:
    assert seen(*group, said(attribute, "", LATER, source), by=by) == seen(*group, by=by)


@given(groups, rules())
def test_only_values_of_one_rank_are_contested_and_only_by_the_highest(group: list[Claim], by: Rules) -> None:
    record = seen(*group, by=by)
    for doubt in record.contested:
        assert is_contestable(doubt.attribute)
        shown = record.name if doubt.attribute == NAME else record.attributes["Balance"]
        assert shown is not None and shown.casefold() != doubt.value.casefold()
        assert any((c.attribute, c.value, c.source) == (doubt.attribute, shown, doubt.source) for c in group)


@given(groups, rules(), st.data())
def test_to_settle_settles_under_any_policy_and_touches_nothing_else(
    group: list[Claim], by: Rules, data: st.DataObject
) -> None:
    before = seen(*group, by=by)
    shown = {NAME: before.name, BALANCE: before.attributes.get("Balance")}
    for attribute in {c.attribute for c in before.contested}:
        choices = [shown[attribute], *(c.value for c in before.contested if c.attribute == attribute)]
        chosen = str(data.draw(st.sampled_from(choices)))
        after = seen(*group, decided(attribute, chosen), by=by)
        assert (after.name if attribute == NAME else after.attributes["Balance"]) == chosen
        assert after.contested == tuple([c for c in before.contested if c.attribute != attribute])
        assert (after.emails, after.phones, after.tags) == (before.emails, before.phones, before.tags)


@given(groups, st.sampled_from([NAME, BALANCE]), rules())
def test_where_operators_rank_highest_what_one_wrote_is_what_is_shown(
    group: list[Claim], attribute: str, by: Rules
) -> None:
    highest = evolve(by, sources=SOURCES, ranks=frozenset())
    record = seen(*group, decided(attribute, "Fatma"), by=highest)
    assert (record.name if attribute == NAME else record.attributes["Balance"]) == "Fatma"
    assert all(c.attribute != attribute for c in record.contested)


@given(groups, rules(), st.sampled_from([EMAIL, PHONE]), st.sampled_from("abc"))
def test_a_primary_contact_stands_first_under_any_policy_and_the_others_keep_their_order(
    group: list[Claim], by: Rules, kind: str, value: str
) -> None:
    plain = [c for c in group if not c.attribute.startswith(PRIMARY_PREFIX)]
    chosen = decided(PRIMARY_PREFIX + kind, value)
    before, after = (getattr(seen(*claims, by=by), f"{kind}s") for claims in (plain, [*plain, chosen]))
    assert after == ((value, *[v for v in before if v != value]) if value in before else before)


@given(groups, rules(), st.sampled_from([EMAIL, PHONE]), st.sampled_from("abc"))
def test_a_cleared_contact_is_gone_under_any_policy(group: list[Claim], by: Rules, kind: str, value: str) -> None:
    before, after = seen(*group, by=by), seen(*group, decided(CLEARED_PREFIX + kind, value), by=by)
    assert set(getattr(after, f"{kind}s")) == set(getattr(before, f"{kind}s")) - {value}


@given(groups, rules())
def test_every_contact_has_a_source_and_the_verified_ones_are_shown(group: list[Claim], by: Rules) -> None:
    record = seen(*group, by=by)
    shown = {*record.emails, *record.phones}
    assert record.sources.keys() == shown | ({"name"} if record.name else set())
    assert shown >= set(record.verified_contacts)
    assert record.verified or not record.verified_contacts
