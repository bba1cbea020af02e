"""Record: write down what was decided: the customer's claims, the conversation's row, edges, reviews, the reason."""

from __future__ import annotations

from attrs import evolve

from jivod.flow.attribution import Attribution, evidence_of
from jivod.flow.case import Case, open_case
from jivod.flow.people import People
from jivod.model.chat import Chat
from jivod.model.claim import VISITOR_TYPED, Claim
from jivod.model.contact import EMAIL, PHONE, TOKEN, VERIFIED_TOKEN, VISITOR
from jivod.model.customer import Customer, Edge
from jivod.model.errors import Damaged
from jivod.model.event import ChatFinished
from jivod.model.reason import Reason, Review, Rival
from jivod.policy.evidence import agent_label
from jivod.policy.identity import LATER
from jivod.policy.precedence import join, latest
from jivod.policy.rules import Rules
from jivod.store import chats, journal, reasons, reviews
from jivod.store.kv import Txn
from jivod.wire import jivo

_NOUNS = {
    VERIFIED_TOKEN: "a signed token",
    TOKEN: "a token",
    EMAIL: "an e-mail",
    PHONE: "a phone",
    VISITOR: "a browser",
}


def record(txn: Txn, people: People, case: Case, attribution: Attribution, rules: Rules) -> Reason:
    """Write everything the attribution means; returns the stored reason."""
    home = _fill_home(txn, people, case, attribution, rules)
    _put_chat(txn, case, attribution.chat, home)
    _merge_provisional(people, case, attribution)
    reason = _reason(case, attribution, home)
    reasons.put(txn, None, reason)
    if home is not None:
        _open_reviews(txn, people, case, attribution, home)
    return reason


def _fill_home(txn: Txn, people: People, case: Case, attribution: Attribution, rules: Rules) -> Customer | None:
    home, chat = attribution.home, attribution.chat
    if home is None:
        return None
    waiting = _waiting(txn, chat, home.id, rules)
    times = (case.at, home.created_at, home.seen_at, *((chat.opened_at, chat.at) if chat and waiting else ()))
    filled = Customer(
        id=home.id,
        created_at=min(times),
        seen_at=max(times),
        chats=home.chats + (1 if case.ref and (chat is None or chat.customer is None) else 0),
        events=home.events + 1 + len(waiting),
        claims=join(home.claims, attribution.evidence.claims, *waiting),
    )
    people.put(None if attribution.is_new else home, filled)
    return filled


def _waiting(txn: Txn, chat: Chat | None, customer: str, rules: Rules) -> list[tuple[Claim, ...]]:
    """The claims of a conversation's earlier events that nobody could be found for: they are his who is known now."""
    if chat is None or chat.customer is not None:
        return []
    claims = []
    for seq in chat.seqs:
        entry, old = journal.get(txn, seq), reasons.get(txn, seq)
        if entry is None or old is None:
            raise Damaged("chats: a row names a journal entry that is not there; run `jivod check`")
        reasons.put(txn, old, evolve(old, customer=customer, rule=LATER))
        claims.append(evidence_of(txn, open_case(entry, jivo.read(entry.body).event), rules).claims)
    return claims


def _put_chat(txn: Txn, case: Case, old: Chat | None, home: Customer | None) -> None:
    if case.ref is None:
        return
    facts = _facts(case)
    if old is None:
        new = Chat(
            account=case.account, ref=case.ref, customer=home.id if home else None,
            opened_at=case.at, at=case.at, seqs=(case.entry.seq,), facts=latest(facts),
        )  # fmt: skip
    else:
        new = Chat(
            account=old.account,
            ref=old.ref,
            customer=old.customer or (home.id if home else None),
            opened_at=min(old.opened_at, case.at),
            at=max(old.at, case.at),
            seqs=(*old.seqs, case.entry.seq),
            facts=latest(old.facts + facts),
        )
    chats.put(txn, old, new)


def _facts(case: Case) -> tuple[Claim, ...]:
    event = case.event
    said: list[tuple[str, str | None]] = [
        ("agent", agent_label(event.agents[-1]) if event.agents else None),
        ("department", event.department),
        ("topic", event.topic),
    ]
    if isinstance(event, ChatFinished):
        said += [("rate", event.rate), ("finished", "yes")]
    return tuple(Claim(a, v, VISITOR_TYPED, "", case.at, case.at, case.entry.seq) for a, v in said if v)


def _merge_provisional(people: People, case: Case, attribution: Attribution) -> None:
    verdict = attribution.verdict
    for loser in verdict.absorbed:
        assert verdict.winner is not None
        people.join(Edge(loser=loser, winner=verdict.winner, rule="provisional", seq=case.entry.seq, at=case.at))


def _reason(case: Case, attribution: Attribution, home: Customer | None) -> Reason:
    verdict = attribution.verdict
    return Reason(
        seq=case.entry.seq,
        customer=home.id if home else None,
        rule=verdict.rule,
        key=verdict.key or verdict.subject_key,
        rivals=verdict.rivals,
        dropped=attribution.evidence.dropped,
        merged=verdict.absorbed,
    )


def _open_reviews(txn: Txn, people: People, case: Case, attribution: Attribution, home: Customer) -> None:
    mine = people.root(home.id)
    for rival in attribution.verdict.rivals:
        theirs = people.root(rival.customer)
        if theirs != mine:
            a, b = sorted((mine, theirs))
            review = Review(a=a, b=b, why=_why(rival), key=rival.key, seq=case.entry.seq, at=case.at)
            reviews.open_review(txn, review)


def _why(rival: Rival) -> str:
    return f"The two share {_NOUNS[rival.key.kind]}; {rival.why}."
