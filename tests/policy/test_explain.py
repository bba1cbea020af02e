"""Explain: a sentence for each rule that differs from the default, and none for what is as usual."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from jivod.model.claim import SOURCES
from jivod.model.contact import KINDS
from jivod.policy.attribute import NAMED
from jivod.policy.explain import explain
from jivod.policy.rules import DEFAULT, Rules
from tests.policy.drawn import rules

PHONE_FIRST = ("verified_token", "token", "phone", "email", "visitor")
TYPED_FIRST = ("operator", "import", "verified", "visitor", "revised", "profile")


def test_nothing_is_said_of_the_default() -> None:
    assert explain(DEFAULT) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kinds": PHONE_FIRST}, "A phone decides before an e-mail."),
        (
            {"kinds": tuple(reversed(KINDS))},
            "Keys decide in this order: a browser, then a phone, then an e-mail, then a token, then a signed token.",
        ),
        ({"too_common": 3}, "A key known with 3 customers or more no longer decides (default 5)."),
        (
            {"limits": DEFAULT.limits - {("email", 50)} | {("email", 1)}},
            "A customer may hold at most 1 e-mail (default 50).",
        ),
        (
            {"on_conflict": "merge"},
            "Another customer to whom a weaker key points is merged with the one that was found "
            "(default: opens a review).",
        ),
        (
            {"on_conflict": "strongest"},
            "Another customer to whom a weaker key points is passed over without a review (default: opens a review).",
        ),
        (
            {"unverified": "claim"},
            "A typed e-mail or phone that nobody verified finds nobody, the agent sees a possible match "
            "(default: finds its customer).",
        ),
        ({"merges_per_hour": 1}, "At most 1 merge is made in an hour without a person (default 60)."),
        ({"merges_per_customer": 0}, "No merge is made into one customer without a person (default 25)."),
        ({"token_max_age": 7200}, "A signed token is good for 2 hours (default 1 day)."),
        ({"token_max_age": 90}, "A signed token is good for 90 seconds (default 1 day)."),
        ({"blocked_phones": frozenset({"+902125550100"})}, "1 more phone is blocked: +902125550100."),
        (
            {"blocked_tokens": DEFAULT.blocked_tokens | set("pqrstuv")},
            "7 more tokens are blocked: p, q, r, s, t and 2 more.",
        ),
        (
            {"blocked_emails": DEFAULT.blocked_emails - {"a@a.com", "mail@mail.com"}},
            "2 built-in e-mails are not blocked: a@a.com, mail@mail.com.",
        ),
        ({"sources": TYPED_FIRST}, "A value typed by the visitor beats one corrected during the chat."),
        (
            {"ranks": frozenset({("name", TYPED_FIRST)})},
            "For the name, values win in an order of their own: decided by an operator, then imported, then that came "
            "with a signed token, then typed by the visitor, then corrected during the chat, then from a messenger's "
            "profile.",
        ),
        (
            {"ties": frozenset({("attr:Balance", "oldest")})},
            "For the attribute 'Balance', of two values of equal rank the one seen first wins (default: seen last).",
        ),
        (
            {"ties": frozenset({("phone", "newest")})},
            "For phones, of two values of equal rank the one seen last wins (default: seen first).",
        ),
        ({"placeholder_names": DEFAULT.placeholder_names | {"kunde"}}, "1 more name says nothing: kunde."),
        ({"placeholder_names": DEFAULT.placeholder_names - {"guest"}}, "1 built-in name says something: guest."),
    ],
)
def test_each_change_is_one_sentence(changes: dict[str, Any], sentence: str) -> None:
    assert explain(evolve(DEFAULT, **changes)) == [sentence]


def test_several_changes_of_the_sources_are_told_as_one_order() -> None:
    (sentence,) = explain(evolve(DEFAULT, sources=tuple(reversed(SOURCES))))
    assert sentence.startswith("Values win in this order: from a messenger's profile, then typed by the visitor, then")


def test_a_rule_of_its_own_that_says_the_usual_is_no_difference() -> None:
    same = evolve(DEFAULT, ranks=frozenset({("name", SOURCES)}), ties=frozenset({("name", "newest")}))
    assert explain(same) == []


@given(rules())
def test_rules_of_which_nothing_is_said_act_as_the_default(found: Rules) -> None:
    sentences = explain(found)
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in sentences)
    assert len(set(sentences)) == len(sentences)
    asked = [*NAMED, *(name for name, _ in found.ranks | found.ties)]
    same = evolve(found, ranks=frozenset(), ties=frozenset()) == DEFAULT and all(
        found.sources_of(a) == DEFAULT.sources_of(a) and found.tie_of(a) == DEFAULT.tie_of(a) for a in asked
    )
    assert (not sentences) == same
