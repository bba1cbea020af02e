"""Imported: who is a row of the company's own data about? As of an event, but nobody has typed these contacts.

So they may find a customer also where the policy lets what is typed find nobody; there, one for whose contact more than
a visitor's word speaks. Whoever typed the e-mail of somebody else does not come by his data.
"""

from __future__ import annotations

from collections.abc import Collection

from attrs import evolve

from jivod.model.contact import EMAIL, PHONE
from jivod.model.reason import Rival
from jivod.policy.evidence import Evidence, without
from jivod.policy.identity import TYPED, Question, Verdict, resolve
from jivod.policy.rules import CLAIM, FIND, Rules

NOT_ASKED = "not the kind of key that this import goes by"

_TYPED = (EMAIL, PHONE)


def going_by(evidence: Evidence, kinds: Collection[str]) -> Evidence:
    """The evidence in which only keys of these kinds may find somebody; empty: all."""
    if not kinds:
        return evidence
    return without(evidence, {key: NOT_ASKED for key in evidence.keys if key.kind not in kinds})


def resolve_imported(question: Question, rules: Rules) -> Verdict:
    """Who the row is about, and why."""
    if rules.unverified != CLAIM:
        return resolve(question, rules)
    owned = {
        key: frozenset([id for id in ids if key.kind not in _TYPED or key in question.candidates[id].trusted])
        for key, ids in question.found.items()
    }
    verdict = resolve(evolve(question, found=owned), evolve(rules, unverified=FIND))
    told = {verdict.customer, *(rival.customer for rival in verdict.rivals)}
    possible = {id: key for key in question.keys for id in sorted(question.found[key] - owned[key])}
    rivals = [Rival(customer=id, key=key, why=TYPED) for id, key in sorted(possible.items()) if id not in told]
    return evolve(verdict, rivals=verdict.rivals + tuple(rivals))
