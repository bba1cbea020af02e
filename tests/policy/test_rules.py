"""Rules: the defaults that everything else is built on, and the questions that are asked for every claim."""

from __future__ import annotations

import re
from pathlib import Path

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.claim import NAME, SOURCES, TAG
from jivod.model.contact import EMAIL, KINDS, PHONE, VISITOR
from jivod.policy.attribute import is_union
from jivod.policy.rules import DEFAULT, NEWEST, NO_LIMIT, OLDEST, Rules, bare
from tests.policy.drawn import attributes, rules


def test_the_defaults_are_those_of_the_design() -> None:
    assert DEFAULT.kinds == ("verified_token", "token", "email", "phone", "visitor")
    assert DEFAULT.sources == ("operator", "import", "verified", "revised", "visitor", "profile")
    assert (DEFAULT.too_common, DEFAULT.on_conflict, DEFAULT.unverified) == (5, "review", "find")
    assert (DEFAULT.merges_per_hour, DEFAULT.merges_per_customer) == (60, 25)
    assert DEFAULT.token_max_age == 24 * 60 * 60
    assert (DEFAULT.blocked_phones, DEFAULT.ranks, DEFAULT.ties) == (frozenset(), frozenset(), frozenset())


def test_readme_names_values_as_a_policy_takes_them() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    table = dict(re.findall(r"^\| `(identity\.\w+|survivorship\.\w+)` \| (.*?) \|", text, re.MULTILINE))
    assert tuple(table["identity.kinds"].split(", ")) == DEFAULT.kinds
    assert tuple(table["survivorship.sources"].split(", ")) == DEFAULT.sources
    for name in ("on_conflict", "unverified", "too_common", "token_max_age"):
        assert table[f"identity.{name}"].strip('`"') == str(getattr(DEFAULT, name))


def test_every_kind_has_a_limit_so_that_no_record_grows_for_ever() -> None:
    assert {kind: DEFAULT.limit(kind) for kind in KINDS} == {
        "verified_token": 50, "token": 50, "email": 50, "phone": 50, "visitor": 500,
    }  # fmt: skip
    assert Rules(limits=frozenset()).limit(VISITOR) == NO_LIMIT


def test_an_attribute_may_rank_its_sources_in_an_order_of_its_own() -> None:
    reverse = tuple(reversed(SOURCES))
    own = evolve(DEFAULT, ranks=frozenset({(NAME, reverse)}))
    assert (own.sources_of(NAME), own.sources_of(EMAIL)) == (reverse, SOURCES)
    assert (own.rank(NAME, "profile"), own.rank(EMAIL, "profile")) == (0, 5)


def test_values_that_stand_beside_one_another_keep_the_oldest_first_and_single_ones_take_the_newest() -> None:
    assert [DEFAULT.tie_of(a) for a in (EMAIL, PHONE, TAG, "refused:phone")] == [OLDEST] * 4
    assert [DEFAULT.tie_of(a) for a in (NAME, "attr:Balance")] == [NEWEST] * 2
    assert evolve(DEFAULT, ties=frozenset({(EMAIL, NEWEST)})).tie_of(EMAIL) == NEWEST


def test_a_token_is_compared_without_case_quotes_and_white_space() -> None:
    assert bare(" '[object Object]' ") == "[objectobject]"


@given(rules())
def test_rules_are_values(found: Rules) -> None:
    again = evolve(found)
    assert again == found
    assert hash(again) == hash(found)
    assert len({found, again}) == 1


@given(rules(), attributes)
def test_ranks_are_the_order_of_the_sources(found: Rules, attribute: str) -> None:
    assert tuple(sorted(SOURCES, key=lambda source: found.rank(attribute, source))) == found.sources_of(attribute)


@given(attributes | st.just("refused:email"))
def test_what_stands_beside_one_another_keeps_the_oldest_first_unless_the_policy_says_otherwise(attribute: str) -> None:
    assert DEFAULT.tie_of(attribute) == (OLDEST if is_union(attribute) else NEWEST)
