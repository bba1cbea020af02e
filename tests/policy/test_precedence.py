"""Joining claims is a semilattice, and the order of claims is total."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jivod.model.claim import NAME, SOURCES, TAG, Claim
from jivod.model.contact import EMAIL, PHONE
from jivod.policy.precedence import join, latest, order
from jivod.policy.rules import DEFAULT

times = st.integers(0, 4)
claims = st.builds(
    lambda attribute, value, source, raw, at, later, seq: Claim(attribute, value, source, raw, at, at + later, seq),
    st.sampled_from([EMAIL, PHONE, NAME, TAG]),
    st.sampled_from("abc"),
    st.sampled_from(SOURCES),
    st.sampled_from(["", "A", "B"]),
    times,
    times,
    st.integers(1, 4),
)
groups = st.lists(claims, max_size=8)


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


@given(groups)
def test_order_is_total_over_the_values_of_an_attribute(group: list[Claim]) -> None:
    joined = join(group)
    for a in joined:
        for b in joined:
            if a.attribute == b.attribute and order(a, DEFAULT) == order(b, DEFAULT):
                assert a == b


@given(groups, groups)
def test_latest_is_a_fold(a: list[Claim], b: list[Claim]) -> None:
    def facts(group: tuple[Claim, ...]) -> set[tuple[str, str, int]]:
        return {(c.attribute, c.value, c.last_at) for c in group}

    assert facts(latest((*latest(a), *latest(b)))) == facts(latest((*b, *a)))
