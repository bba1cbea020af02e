"""Identity: who is this event about? One rule: a key decides unless a stronger kind disagrees.

Pure: the flow looks the keys up and hands over what they found; the verdict does not depend on the order of anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce

from attrs import evolve

from jivod.model.contact import EMAIL, PHONE, TOKEN, VISITOR, Key
from jivod.model.reason import Rival
from jivod.model.value import frozen
from jivod.policy.rules import CLAIM, MERGE, Rules
from jivod.policy.veto import Held, denied_by, foreign, held, tokens_disagree, union

SUBJECT = "subject"  # the chat or the card is already this customer's
KEY = "key"  # a key found this customer
NEW = "new"  # no key found anybody who may be this person
NOBODY = "nobody"  # no key may decide: unattributed history
LATER = "later"  # unattributed at first; a later event of the same chat told who it was
CREATED = "created"  # a person entered this customer
DETACHED = "detached"  # a person took the conversation away from another customer
ERASED = "erased"  # of a person who was erased: nobody's for ever
JOURNAL_ONLY = "journal only"  # not about a person: deals, tasks, other APIs


FOREIGN = "another token than the customer's own"
PASSED_OVER = "points to another customer"
TYPED = "typed, and what is typed finds nobody here"  # the policy says unverified = "claim"


@frozen(kw_only=True)
class Candidate:
    """A living customer that some key of the event found: all keys it holds, its last activity (UNIX ms).

    `trusted`: those keys that more than a visitor's word speaks for. `apart`: the living customers that a person called
    different from this one.
    """

    id: str
    held: Held
    seen_at: int
    trusted: frozenset[Key] = frozenset()
    apart: frozenset[str] = frozenset()

    @property
    def is_browser_only(self) -> bool:
        """Known by nothing but Jivo's card number: provisional."""
        return not any(self.held.get(kind) for kind in self.held if kind != VISITOR)


@frozen(kw_only=True)
class Question:
    """`found` maps each usable key of the event to the ids it found; `subject` is whom the chat or card belongs to
    already.

    `alone`: the subject was made by this very chat and nothing else. `subject_key`: the card number that names the
    subject.
    """

    keys: tuple[Key, ...]
    found: Mapping[Key, frozenset[str]]
    candidates: Mapping[str, Candidate]
    subject: str | None = None
    subject_key: Key | None = None
    alone: bool = False


@frozen(kw_only=True)
class Verdict:
    """`customer` is the one the event belongs to (None: make a new one where `rule` is NEW, nobody where it is NOBODY).

    `absorbed`: provisional customers that yield to `winner`, which is `customer` itself unless the subject is what
    yields. `merging`: those of `rivals` that the policy merges into `winner`, as far as the brake allows. `foreign`:
    tokens of the event that are no keys of `customer`, who has others.
    """

    rule: str
    customer: str | None = None
    key: Key | None = None
    subject_key: Key | None = None
    winner: str | None = None
    absorbed: tuple[str, ...] = ()
    rivals: tuple[Rival, ...] = ()
    merging: tuple[Rival, ...] = ()
    foreign: tuple[Key, ...] = ()


def resolve(question: Question, rules: Rules) -> Verdict:
    """Who the event is about, and why."""
    keys = tuple(sorted(question.keys, key=lambda k: (rules.strength(k.kind), k.value)))
    if question.subject is not None:
        return _of_subject(question, keys, rules)
    if not keys:
        return Verdict(rule=NOBODY)
    chosen, key, vetoed = _decide(question, _finding(keys, rules), held(keys), question.candidates, rules)
    if chosen is None:
        return Verdict(rule=NEW, rivals=vetoed + _typed(question, keys, {r.customer for r in vetoed}, rules))
    absorbed = _yielding(question, chosen)
    others = _passed_over(question, keys, {chosen, *absorbed, *(r.customer for r in vetoed)}, rules)
    return Verdict(
        rule=KEY, customer=chosen, key=key, winner=chosen, absorbed=absorbed, rivals=vetoed + others,
        merging=_mergeable(question, (chosen, *absorbed), held(keys), others, rules) if others else (),
    )  # fmt: skip


def subject_of_card(question: Question) -> Question:
    """The same question, asked of whom the card number belongs to: client events are about their card, whatever else
    they say.
    """
    card = next((k for k in question.keys if k.kind == VISITOR and question.found.get(k)), None)
    if card is None:
        return question
    return evolve(question, subject=_most_likely(question, sorted(question.found[card]), card), subject_key=card)


def _of_subject(question: Question, keys: tuple[Key, ...], rules: Rules) -> Verdict:
    """The chat's customer keeps the event; a provisional one is merged into whom its keys find."""
    assert question.subject is not None
    subject = question.candidates[question.subject]
    chosen: str | None = None
    key: Key | None = None
    vetoed: tuple[Rival, ...] = ()
    if question.alone or subject.is_browser_only:
        established = {
            i: c
            for i, c in question.candidates.items()
            if i != subject.id and i not in subject.apart and not c.is_browser_only
        }
        evidence = union(held(keys), subject.held)
        chosen, key, vetoed = _decide(question, _finding(keys, rules), evidence, established, rules)
        if chosen and tokens_disagree(subject.held, question.candidates[chosen].held):
            vetoed += (_rival(chosen, key, f"{TOKEN} disagrees"),)
            chosen, key = None, None
    one = (chosen, subject.id) if chosen else (subject.id,)
    others = _passed_over(question, keys, {*one, *(r.customer for r in vetoed)}, rules)
    return Verdict(
        rule=SUBJECT, customer=subject.id, key=key, subject_key=question.subject_key, winner=one[0],
        absorbed=one[1:], rivals=vetoed + others,
        merging=_mergeable(question, one, held(keys), others, rules) if others else (),
        foreign=_foreign(question, keys, subject),
    )  # fmt: skip


def _foreign(question: Question, keys: Iterable[Key], subject: Candidate) -> tuple[Key, ...]:
    """Somebody else signed in while the chat went on, or on the same card: his token is not the subject's. But one that
    nobody has may be the next of a customer of whom nothing is known beside this chat.
    """
    found = foreign(keys, subject.held)
    return tuple([key for key in found if not question.alone or question.found.get(key)])


def _decide(
    question: Question, keys: Iterable[Key], evidence: Held, among: Mapping[str, Candidate], rules: Rules
) -> tuple[str | None, Key | None, tuple[Rival, ...]]:
    """The strongest key that finds somebody whom no stronger kind denies; and all whom it had to deny."""
    vetoed: dict[str, Rival] = {}
    for key in keys:
        eligible = []
        for candidate in sorted(question.found.get(key, frozenset()) & among.keys()):
            veto = denied_by(key.kind, evidence, among[candidate].held, rules)
            if veto is None:
                eligible.append(candidate)
            else:
                vetoed.setdefault(candidate, _rival(candidate, key, f"{veto} disagrees"))
        if eligible:
            chosen = _most_likely(question, eligible, key)
            return chosen, key, tuple(r for c, r in sorted(vetoed.items()) if c != chosen)
    return None, None, tuple(r for _, r in sorted(vetoed.items()))


def _most_likely(question: Question, eligible: list[str], key: Key) -> str:
    """The one whose key is proven, then whom most keys of the event point to, the most recently seen, the lowest id."""

    def likelihood(candidate: str) -> tuple[bool, int, int, str]:
        one = question.candidates[candidate]
        pointing = sum(candidate in found for found in question.found.values())
        return (key not in one.trusted, -pointing, -one.seen_at, candidate)

    return eligible[0] if len(eligible) == 1 else min(eligible, key=likelihood)


def _yielding(question: Question, chosen: str) -> tuple[str, ...]:
    """Provisional customers of the same browser: they become part of the one that was found."""
    if question.candidates[chosen].is_browser_only:
        return ()
    browser = {c for k, found in question.found.items() if k.kind == VISITOR for c in found}
    yielding: list[str] = []
    apart = question.candidates[chosen].apart
    for c in sorted(browser - {chosen}):
        if c not in apart and question.candidates[c].is_browser_only:
            yielding.append(c)
            apart |= question.candidates[c].apart
    return tuple(yielding)


def _passed_over(question: Question, keys: Iterable[Key], settled: set[str], rules: Rules) -> tuple[Rival, ...]:
    rivals: dict[str, Rival] = {}
    for key in keys:
        for candidate in sorted(question.found.get(key, frozenset()) - settled):
            rivals.setdefault(candidate, _rival(candidate, key, TYPED if _is_mere_claim(key, rules) else PASSED_OVER))
    return tuple([r for _, r in sorted(rivals.items())])


def _typed(question: Question, keys: Iterable[Key], settled: set[str], rules: Rules) -> tuple[Rival, ...]:
    """Whom the keys point to that may not find anybody: possible matches for a person to look at."""
    return _passed_over(question, [k for k in keys if _is_mere_claim(k, rules)], {*settled}, rules)


def _finding(keys: tuple[Key, ...], rules: Rules) -> tuple[Key, ...]:
    """The keys that may find a customer."""
    return tuple([k for k in keys if not _is_mere_claim(k, rules)]) if rules.unverified == CLAIM else keys


def _is_mere_claim(key: Key, rules: Rules) -> bool:
    return rules.unverified == CLAIM and key.kind in (EMAIL, PHONE)


def _mergeable(
    question: Question, one: tuple[str, ...], evidence: Held, others: tuple[Rival, ...], rules: Rules
) -> tuple[Rival, ...]:
    """Whom `on_conflict = "merge"` adds to those who are `one` by this event: nobody whom a stronger kind or another
    token denies, nobody whom a person called different from any of them.
    """
    if rules.on_conflict != MERGE:
        return ()
    apart = frozenset[str]().union(*(question.candidates[id].apart for id in one))
    ours = [evidence, *(question.candidates[id].held for id in one)]
    merging: list[Rival] = []
    for rival in sorted(others, key=lambda r: (rules.strength(r.key.kind), r.customer)):
        theirs = question.candidates[rival.customer]
        disagree = any(tokens_disagree(part, theirs.held) for part in ours)
        denied = disagree or denied_by(rival.key.kind, reduce(union, ours), theirs.held, rules)
        if rival.why == PASSED_OVER and rival.customer not in apart and not denied:
            merging.append(rival)
            apart |= theirs.apart
            ours.append(theirs.held)
    return tuple(merging)


def _rival(customer: str, key: Key | None, why: str) -> Rival:
    assert key is not None
    return Rival(customer=customer, key=key, why=why)
