"""Joining claims is a semilattice, and the order of claims is total."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.claim import IMPORT, NAME, OPERATOR, VISITOR_TYPED, Claim
from jivod.model.contact import EMAIL, PHONE
from jivod.policy.precedence import join, latest, order
from jivod.policy.rules import DEFAULT, NEWEST, OLDEST, Rules
from tests.policy.drawn import BALANCE, HELD, groups, rules


def said(attribute: str, value: str, source: str, first_at: int, last_at: int = 0) -> Claim:
    return Claim(attribute, value, source, "", first_at, last_at or first_at, first_at)


def best(rules: Rules, *group: Claim) -> str:
    return min(group, key=lambda c: order(c, rules)).value


def test_an_attribute_may_have_ranks_of_its_own() -> None:
    own = evolve(DEFAULT, ranks=frozenset({(PHONE, (VISITOR_TYPED, *DEFAULT.sources[:4], DEFAULT.sources[5]))}))
    for attribute, value in ((PHONE, "typed"), (EMAIL, "imported"), (NAME, "imported")):
        assert best(own, said(attribute, "typed", VISITOR_TYPED, 2), said(attribute, "imported", IMPORT, 1)) == value


def test_the_tie_is_a_choice_for_each_attribute() -> None:
    own = evolve(DEFAULT, ties=frozenset({(PHONE, NEWEST), (NAME, OLDEST)}))
    pairs = {a: (said(a, "first", IMPORT, 1, 4), said(a, "last", IMPORT, 2, 5)) for a in (PHONE, NAME, EMAIL, BALANCE)}
    assert [best(own, *pairs[a]) for a in (PHONE, NAME, EMAIL, BALANCE)] == ["last", "first", "first", "last"]


def test_the_oldest_is_who_was_seen_first_and_the_newest_who_was_seen_last() -> None:
    early, late = said(PHONE, "early", IMPORT, 1, 9), said(PHONE, "late", IMPORT, 2, 3)
    newest = evolve(DEFAULT, ties=frozenset({(PHONE, NEWEST)}))
    assert (best(DEFAULT, early, late), best(newest, early, late)) == ("early", "early")


@given(groups)
def test_join_is_idempotent(group: list[Claim]) -> None:
    once = join(group)
    assert join(once, once) == once == join(group, group)


@given(groups, groups)
def test_join_is_commutative(a: list[Claim], b: list[Claim]) -> None:
    assert join(a, b) == join(b, a)


@given(groups, groups, groups)
def test_join_is_associative(a: list[Claim], b: list[Claim], c: list[Claim]) -> None:
    assert join(join(a, b), c) == join(a, join(b, c))


@given(groups)
def test_join_loses_no_value(group: list[Claim]) -> None:
    assert {c.identity for c in join(group)} == {c.identity for c in group}


@given(groups, rules())
def test_order_is_total_over_the_values_of_an_attribute(group: list[Claim], found: Rules) -> None:
    joined = join(group)
    for a in joined:
        for b in joined:
            if a.attribute == b.attribute and order(a, found) == order(b, found):
                assert a == b


@given(groups, rules())
def test_no_time_and_no_value_beats_a_higher_rank(group: list[Claim], found: Rules) -> None:
    for attribute in HELD:
        ordered = sorted([c for c in group if c.attribute == attribute], key=lambda c: order(c, found))
        ranks = [found.sources_of(attribute).index(c.source) for c in ordered]
        assert ranks == sorted(ranks)


@given(groups, rules())
def test_within_a_rank_the_policy_ties(group: list[Claim], found: Rules) -> None:
    for attribute in HELD:
        evidence = [c for c in join(group) if c.attribute == attribute and c.source != OPERATOR]
        for source in {c.source for c in evidence}:
            ordered = sorted([c for c in evidence if c.source == source], key=lambda c: order(c, found))
            times = [c.first_at if found.tie_of(attribute) == OLDEST else -c.last_at for c in ordered]
            assert times == sorted(times)


@given(rules(), st.sampled_from([NAME, BALANCE]), st.integers(1, 9), st.integers(1, 9))
def test_of_two_decisions_on_a_single_value_the_last_counts_whatever_the_tie(
    found: Rules, attribute: str, one: int, other: int
) -> None:
    pair = (said(attribute, "one", OPERATOR, one), said(attribute, "other", OPERATOR, other))
    assert best(found, *pair) == ("one" if one >= other else "other")


@given(groups, groups)
def test_latest_is_a_fold(a: list[Claim], b: list[Claim]) -> None:
    def facts(group: tuple[Claim, ...]) -> set[tuple[str, str, int]]:
        return {(c.attribute, c.value, c.last_at) for c in group}

    assert facts(latest((*latest(a), *latest(b)))) == facts(latest((*b, *a)))
