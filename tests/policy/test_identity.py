"""Who an event is about: section 4 of the rules, one sentence a test."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from jivod.model.contact import EMAIL, PHONE, TOKEN, VERIFIED_TOKEN, VISITOR, Key
from jivod.policy.identity import KEY, NEW, NOBODY, SUBJECT, Candidate, Question, Verdict, resolve, subject_of_card
from jivod.policy.rules import DEFAULT

E_A, E_B, E_C = (Key(EMAIL, f"{x}@example.com") for x in "abc")
P_A, P_B = Key(PHONE, "+1"), Key(PHONE, "+2")
T_1, T_2 = Key(TOKEN, "one"), Key(TOKEN, "two")
V_7 = Key(VISITOR, "main:7")


def person(id: str, *keys: Key, seen_at: int = 0) -> Candidate:
    held: dict[str, frozenset[str]] = {}
    for key in keys:
        held[key.kind] = held.get(key.kind, frozenset()) | {key.value}
    return Candidate(id=id, held=held, seen_at=seen_at)


def ask(*keys: Key, among: tuple[Candidate, ...], subject: str | None = None, alone: bool = False) -> Question:
    found = {k: frozenset(c.id for c in among if k.value in c.held.get(k.kind, ())) for k in keys}
    return Question(keys=keys, found=found, candidates={c.id: c for c in among}, subject=subject, alone=alone)


def verdict(*keys: Key, among: tuple[Candidate, ...] = (), subject: str | None = None, alone: bool = False) -> Verdict:
    return resolve(ask(*keys, among=among, subject=subject, alone=alone), DEFAULT)


def test_email_finds_although_the_phone_differs() -> None:
    found = verdict(E_A, P_B, among=(person("x", E_A, P_A),))
    assert (found.rule, found.customer, found.key, found.rivals) == (KEY, "x", E_A, ())


def test_phone_of_somebody_with_another_email_makes_a_new_customer_and_names_the_rival() -> None:
    found = verdict(E_A, P_B, among=(person("x", E_B, P_B),))
    assert (found.rule, found.customer) == (NEW, None)
    assert [(r.customer, r.key, r.why) for r in found.rivals] == [("x", P_B, "email disagrees")]


def test_phone_of_somebody_without_email_finds_him() -> None:
    assert verdict(E_A, P_B, among=(person("x", P_B),)).customer == "x"


def test_email_beats_the_browser_it_came_from_and_the_browsers_owner_is_a_rival() -> None:
    found = verdict(E_B, V_7, among=(person("p", E_A, V_7), person("y", E_B)))
    assert found.customer == "y"
    assert [r.customer for r in found.rivals] == ["p"]


def test_unknown_email_from_a_known_browser_is_a_new_customer() -> None:
    found = verdict(E_C, V_7, among=(person("p", E_A, V_7),))
    assert (found.rule, [r.customer for r in found.rivals]) == (NEW, ["p"])


def test_other_token_denies_the_email() -> None:
    assert verdict(T_2, E_A, among=(person("p", E_A, T_1),)).rule == NEW


def test_unknown_token_does_not_deny_an_email_without_token() -> None:
    assert verdict(T_2, E_A, among=(person("p", E_A),)).customer == "p"


def test_signed_and_plain_tokens_are_different_kinds() -> None:
    assert verdict(Key(VERIFIED_TOKEN, "one"), E_A, among=(person("p", E_A, T_2),)).customer == "p"


def test_no_key_makes_nobody() -> None:
    assert verdict().rule == NOBODY


def test_chat_stays_with_its_customer_whatever_the_keys_say() -> None:
    found = verdict(E_B, among=(person("p", E_A, V_7), person("y", E_B)), subject="p")
    assert (found.rule, found.customer, found.absorbed) == (SUBJECT, "p", ())
    assert [r.customer for r in found.rivals] == ["y"]


def test_browser_only_customer_yields_to_whom_the_email_finds() -> None:
    found = verdict(E_A, V_7, among=(person("v", V_7), person("x", E_A)))
    assert (found.customer, found.winner, found.absorbed, found.rivals) == ("x", "x", ("v",), ())


def test_browser_only_subject_yields_while_the_agent_watches() -> None:
    found = verdict(E_A, V_7, among=(person("v", V_7), person("x", E_A)), subject="v")
    assert (found.rule, found.customer, found.winner, found.absorbed) == (SUBJECT, "v", "x", ("v",))


def test_customer_made_by_this_chat_alone_yields() -> None:
    found = verdict(E_A, among=(person("v", E_B, V_7), person("x", E_A)), subject="v", alone=True)
    assert (found.winner, found.absorbed) == ("x", ("v",))


def test_customer_made_by_this_chat_alone_does_not_yield_to_another_token() -> None:
    found = verdict(E_A, among=(person("v", T_1), person("x", E_A, T_2)), subject="v", alone=True)
    assert (found.winner, found.absorbed, [r.customer for r in found.rivals]) == ("v", (), ["x"])


def test_customer_made_by_this_chat_alone_does_not_yield_to_a_phone_when_emails_disagree() -> None:
    found = verdict(P_A, among=(person("v", E_A), person("x", E_B, P_A)), subject="v", alone=True)
    assert (found.absorbed, [r.why for r in found.rivals]) == ((), ["email disagrees"])


def test_two_customers_behind_a_key_the_one_with_more_of_the_other_keys_is_chosen() -> None:
    found = verdict(E_A, P_A, among=(person("x", E_A, seen_at=9), person("y", E_A, P_A)))
    assert (found.customer, [r.customer for r in found.rivals]) == ("y", ["x"])


def test_then_the_most_recent_then_the_lowest_id() -> None:
    assert verdict(E_A, among=(person("x", E_A, seen_at=1), person("y", E_A, seen_at=2))).customer == "y"
    assert verdict(E_A, among=(person("y", E_A), person("x", E_A))).customer == "x"


def test_a_card_event_is_about_its_card() -> None:
    question = ask(E_B, V_7, among=(person("p", E_A, V_7), person("y", E_B)))
    found = resolve(subject_of_card(question), DEFAULT)
    assert (found.rule, found.customer, found.subject_key) == (SUBJECT, "p", V_7)


KEYS = (E_A, E_B, P_A, P_B, T_1, T_2, V_7)
people = st.lists(st.lists(st.sampled_from(KEYS), min_size=1, max_size=5), max_size=4).map(
    lambda held: tuple(person(f"c{i}", *keys, seen_at=i % 2) for i, keys in enumerate(held))
)
evidence = st.lists(st.sampled_from(KEYS), unique=True, max_size=5)


@given(people, evidence, st.randoms(use_true_random=False), st.booleans(), st.booleans())
def test_the_verdict_does_not_depend_on_any_order(
    among: tuple[Candidate, ...], keys: list[Key], chance: random.Random, has_subject: bool, alone: bool
) -> None:
    subject = among[0].id if among and has_subject else None
    shuffled_keys, shuffled_people = list(keys), list(among)
    chance.shuffle(shuffled_keys)
    chance.shuffle(shuffled_people)
    here = verdict(*keys, among=among, subject=subject, alone=alone)
    there = verdict(*shuffled_keys, among=tuple(shuffled_people), subject=subject, alone=alone)
    assert here == there


@given(people, evidence)
def test_nobody_is_chosen_against_a_stronger_kind(among: tuple[Candidate, ...], keys: list[Key]) -> None:
    found = verdict(*keys, among=among)
    if found.rule == KEY and found.key is not None:
        chosen = next(c for c in among if c.id == found.customer)
        for kind in DEFAULT.kinds[: DEFAULT.strength(found.key.kind)]:
            ours, theirs = {k.value for k in keys if k.kind == kind}, chosen.held.get(kind, frozenset())
            assert not ours or not theirs or ours & theirs


@given(people, evidence)
def test_everybody_a_key_found_is_chosen_absorbed_or_named_as_rival(
    among: tuple[Candidate, ...], keys: list[Key]
) -> None:
    found = verdict(*keys, among=among)
    hit = {c.id for c in among for k in keys if k.value in c.held.get(k.kind, ())}
    assert hit == ({found.customer} - {None}) | set(found.absorbed) | {r.customer for r in found.rivals}
