"""Attribution: whose event is this? Look the keys up, ask the policy, name the record that the event is added to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import islice

from jivod.flow.case import Case
from jivod.flow.people import People
from jivod.flow.ulid import ulid
from jivod.model.card import Card
from jivod.model.chat import Chat
from jivod.model.contact import VERIFIED_TOKEN, VISITOR, Key
from jivod.model.customer import Customer
from jivod.model.event import ClientAttributeUpdated, ClientUpdated, ImportedRow
from jivod.model.value import frozen
from jivod.policy.evidence import Evidence, gather, proven, refuse, without
from jivod.policy.identity import (
    FOREIGN,
    NEW,
    NOBODY,
    SUBJECT,
    Candidate,
    Question,
    Verdict,
    resolve,
    subject_of_card,
)
from jivod.policy.imported import going_by, resolve_imported
from jivod.policy.rules import Rules
from jivod.policy.signature import GOOD
from jivod.store import cards, chats, customers, meta, shared
from jivod.store.kv import Txn

LOOKED_AT = 64  # records behind one key that are looked at; a key with more is shared many times over

_PROOF = frozenset((VERIFIED_TOKEN, VISITOR))  # what nobody can type into a form

Found = dict[Key, frozenset[str]]


@frozen(kw_only=True)
class Attribution:
    """`home` is the record that takes the event (before it does), None where nobody does; `is_new`: it is not stored
    yet.

    `chat` is the conversation's row as it was, `card` what passed between us and Jivo's card. `proven`: the event is
    the customer's own, by a signed token or by a browser that a person vouched for.
    """

    verdict: Verdict
    evidence: Evidence
    home: Customer | None
    is_new: bool
    chat: Chat | None
    card: Card
    proven: bool

    @property
    def waiting(self) -> tuple[int, ...]:
        """The earlier entries of the conversation, which were nobody's and come along."""
        return self.chat.seqs if self.home is not None and self.chat and self.chat.customer is None else ()


def attribute(
    txn: Txn, people: People, case: Case, digest: bytes, rules: Rules, barred: frozenset[str] = frozenset()
) -> Attribution:
    """Decide whose event it is; none of the living customers `barred`. Reads only."""
    card = cards.get(txn, case.account, case.card)
    evidence = _gather(case, card, rules)
    row = case.event if isinstance(case.event, ImportedRow) else None
    if row is not None:
        evidence = going_by(evidence, row.finding)
    found, dropped = look_up(txn, people, evidence.keys, rules)
    evidence = without(evidence, dropped)
    chat = chats.get(txn, case.account, case.ref) if case.ref else None
    if barred:
        found = {key: roots - barred for key, roots in found.items()}
    question = _question(people, case, evidence, found, chat, barred)
    verdict = resolve(question, rules) if row is None else resolve_imported(question, rules)
    is_new = verdict.rule == NEW
    is_proven = _is_proven(evidence, question, verdict)
    if is_proven and case.entry.signature == GOOD:
        evidence = proven(evidence)
    evidence = refuse(evidence, verdict.foreign, FOREIGN)
    home = _newcomer(txn, case, digest) if is_new else _home(people, verdict, chat)
    return Attribution(
        verdict=verdict, evidence=evidence, home=home, is_new=is_new, chat=chat, card=card, proven=is_proven
    )


def evidence_of(txn: Txn, case: Case, rules: Rules) -> Evidence:
    """What the event says, less what we ourselves told Jivo before."""
    return _gather(case, cards.get(txn, case.account, case.card), rules)


def _gather(case: Case, card: Card, rules: Rules) -> Evidence:
    return gather(case.event, case.entry, at=case.at, rules=rules, echoes=card.echoes)


def look_up(txn: Txn, people: People, keys: Iterable[Key], rules: Rules) -> tuple[Found, dict[Key, str]]:
    """The living customers behind each key; and the keys that too many share to decide anything."""
    found: Found = {}
    dropped: dict[Key, str] = {}
    for key in keys:
        roots = frozenset([people.root(id) for id in customers.having(txn, key, LOOKED_AT)])
        why = _why_shared(txn, people, key, roots, rules)
        if why:
            dropped[key] = why
        else:
            found[key] = roots
    return found, dropped


def _why_shared(txn: Txn, people: People, key: Key, roots: frozenset[str], rules: Rules) -> str | None:
    """Why a key may not decide. The word of a person goes before the count."""
    word = shared.get(txn, key)
    if word:
        return "shared, as a person said"
    if word is None and _are_many(people, key, roots, rules.too_common):
        return f"shared by {rules.too_common} customers or more"
    return None


def _are_many(people: People, key: Key, roots: frozenset[str], many: int) -> bool:
    """Whether so many hold the key still: those from whom a person took it away do not count."""
    if len(roots) < many:
        return False
    holding = (id for id in roots if key.value in people.candidate(id, alone=True).held.get(key.kind, ()))
    return sum(1 for _ in islice(holding, many)) == many


def _question(
    people: People, case: Case, evidence: Evidence, found: Found, chat: Chat | None, barred: frozenset[str]
) -> Question:
    ids = {id for roots in found.values() for id in roots}
    subject = people.root(chat.customer) if chat and chat.customer else None
    if subject in barred:
        subject = None
    ids |= {subject} if subject else set()
    candidates: dict[str, Candidate] = {id: people.candidate(id, alone=len(ids) == 1) for id in ids}
    question = Question(
        keys=evidence.keys,
        found=_still_held(found, candidates),
        candidates=candidates,
        subject=subject,
        alone=_is_alone(people, subject, chat),
    )
    if subject is None and isinstance(case.event, (ClientUpdated, ClientAttributeUpdated)):
        return subject_of_card(question)
    return question


def _still_held(found: Found, candidates: dict[str, Candidate]) -> Found:
    """What was found, without the customers from whom a person took the key away."""
    return {
        key: frozenset([id for id in roots if key.value in candidates[id].held.get(key.kind, ())])
        for key, roots in found.items()
    }


def _is_proven(evidence: Evidence, question: Question, verdict: Verdict) -> bool:
    """Whether the event is the customer's own beyond doubt. Of a stranger's account that his own token makes: yes; of
    one that a typed contact found: no, whoever signed the token that came with it.
    """
    if verdict.rule == NEW:
        return any(key.kind == VERIFIED_TOKEN for key in evidence.keys)
    if verdict.customer is None:
        return False
    trusted = question.candidates[verdict.customer].trusted
    return any(key in trusted for key in evidence.keys if key.kind in _PROOF)


def _is_alone(people: People, subject: str | None, chat: Chat | None) -> bool:
    """True for a customer that this very chat made and nothing else ever spoke of."""
    if subject is None or chat is None:
        return False
    family = people.family(subject)
    return len(family) == 1 and family[0].events == len(chat.seqs)


def _home(people: People, verdict: Verdict, chat: Chat | None) -> Customer | None:
    """The chat's own record, else the one of the family that holds the deciding key: so an undo finds all in its
    place.
    """
    if verdict.rule == NOBODY or verdict.customer is None:
        return None
    if verdict.rule == SUBJECT and chat is not None and chat.customer is not None:
        return people.record(chat.customer)
    family = people.family(verdict.customer)
    key = verdict.subject_key or verdict.key
    return next((r for r in family if key is not None and key.value in r.values(key.kind)), family[0])


def _newcomer(txn: Txn, case: Case, digest: bytes) -> Customer:
    return Customer(id=newcomer_id(txn, case, digest), created_at=case.at, seen_at=case.at)


def newcomer_id(txn: Txn, case: Case, digest: bytes) -> str:
    """The id of the customer that an event makes, a ULID: 48 bits of time, so that new records lie side by side on
    disk, and 80 bits that nobody can guess, keyed by the store's own secret. The same at every rebuild and in every
    order of arrival.
    """
    return _id(txn, case.at, case.account.encode() + b"\0" + digest)


def created_id(txn: Txn, at: int, seq: int) -> str:
    """The id of the customer that a person enters by journal entry `seq`, at `at` (UNIX ms)."""
    return _id(txn, at, seq.to_bytes(8, "big"))


def _id(txn: Txn, at: int, name: bytes) -> str:
    return ulid(at, hashlib.blake2b(name, key=meta.id_key(txn), digest_size=10).digest())
