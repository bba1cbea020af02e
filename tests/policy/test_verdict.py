"""The laws of the verdict, under any rules."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.contact import EMAIL, KINDS, PHONE, TOKEN, VERIFIED_TOKEN, VISITOR, Key
from jivod.policy.identity import Candidate, Question, resolve
from jivod.policy.rules import Rules
from jivod.policy.veto import held as keys_held
from jivod.policy.veto import tokens_disagree
from tests.policy import drawn

KEYS = (
    *(Key(EMAIL, f"{name}@example.com") for name in "abc"),
    *(Key(PHONE, f"+90532000000{n}") for n in (1, 2)),
    *(Key(kind, token) for kind in (TOKEN, VERIFIED_TOKEN) for token in ("crm-1", "crm-2")),
    Key(VISITOR, "main:1"),
)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Any question about up to five customers, some of whom a person called different."""
    ids = [f"c{n}" for n in range(draw(st.integers(0, 5)))]
    held = {id: draw(st.frozensets(st.sampled_from(KEYS), min_size=1, max_size=4)) for id in ids}
    pairs = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=3)) if ids else []
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=6))
    candidates = {
        id: Candidate(
            id=id,
            held={kind: frozenset(k.value for k in held[id] if k.kind == kind) for kind in KINDS},
            seen_at=draw(st.integers(0, 1)),
            trusted=draw(st.frozensets(st.sampled_from(sorted(held[id])), max_size=2)),
            apart=frozenset({a if b == id else b for a, b in pairs if id in (a, b) and a != b}),
        )
        for id in ids
    }
    return Question(
        keys=tuple(keys),
        found={key: frozenset(id for id in ids if key in held[id]) for key in keys},
        candidates=candidates,
        subject=draw(st.sampled_from([None, *ids])),
        alone=draw(st.booleans()),
    )


@given(questions(), drawn.rules(), st.randoms(use_true_random=False))
def test_the_verdict_does_not_depend_on_the_order_of_candidates_or_keys(
    question: Question, rules: Rules, chance: random.Random
) -> None:
    def shuffled(items: Iterable[Any]) -> list[Any]:
        mixed = list(items)
        chance.shuffle(mixed)
        return mixed

    other = evolve(
        question,
        keys=tuple(shuffled(question.keys)),
        found=dict(shuffled(question.found.items())),
        candidates=dict(shuffled(question.candidates.items())),
    )
    assert resolve(question, rules) == resolve(other, rules)


@given(questions(), drawn.rules())
def test_the_verdict_makes_nobody_one_with_whom_a_person_called_different(question: Question, rules: Rules) -> None:
    one = _made_one(question, rules)
    assert not any(question.candidates[id].apart & one for id in one)


@given(questions(), drawn.rules())
def test_the_verdict_merges_no_two_whose_tokens_disagree(question: Question, rules: Rules) -> None:
    found = resolve(question, rules)
    parts = [question.candidates[id].held for id in _made_one(question, rules)]
    merging = [question.candidates[rival.customer].held for rival in found.merging]
    assert not any(tokens_disagree(part, theirs) for theirs in merging for part in [*parts, keys_held(question.keys)])


@given(questions(), drawn.rules())
def test_the_verdict_names_everybody_whom_a_key_found(question: Question, rules: Rules) -> None:
    found = resolve(question, rules)
    hit = {id for ids in question.found.values() for id in ids}
    assert hit <= {found.customer, found.winner, *found.absorbed, *(r.customer for r in found.rivals)}
    assert {r.customer for r in found.merging} <= {r.customer for r in found.rivals}


@given(questions(), drawn.rules())
def test_another_customers_token_is_never_taken_for_the_subjects_who_has_his_own(
    question: Question, rules: Rules
) -> None:
    found = resolve(question, rules)
    if question.subject is not None:
        own = question.candidates[question.subject].held
        for key in question.keys:
            if question.found[key] and tokens_disagree(keys_held(k for k in question.keys if k.kind == key.kind), own):
                assert key in found.foreign


def _made_one(question: Question, rules: Rules) -> set[str]:
    found = resolve(question, rules)
    return {*([found.winner] if found.winner else []), *found.absorbed, *(r.customer for r in found.merging)}
