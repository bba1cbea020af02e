"""Record: write down what was decided: the customer's claims, the conversation's row, edges, reviews, the reason."""

from __future__ import annotations

from attrs import evolve

from jivod.flow import brake, doubts
from jivod.flow.attribution import Attribution, evidence_of
from jivod.flow.case import Case, open_case
from jivod.flow.people import People
from jivod.flow.reading import read
from jivod.model.chat import Chat
from jivod.model.claim import VISITOR_TYPED, Claim
from jivod.model.contact import Key
from jivod.model.customer import Customer, Edge
from jivod.model.errors import Damaged
from jivod.model.event import CallEvent, ChatFinished, OfflineMessage
from jivod.model.reason import Reason
from jivod.policy.evidence import agent_label
from jivod.policy.identity import LATER
from jivod.policy.limits import within
from jivod.policy.precedence import join, latest
from jivod.policy.rules import STRONGEST, Rules
from jivod.store import chats, journal, merges, reasons
from jivod.store.kv import Txn

Dropped = tuple[tuple[Key, str], ...]

PROVISIONAL = "provisional"  # the loser was known by nothing but this browser or this chat
CONFLICT = "conflict"  # the policy merges whoever shares a key


def record(txn: Txn, people: People, case: Case, attribution: Attribution, rules: Rules) -> Reason:
    """Write everything the attribution means; returns the stored reason."""
    merged = _merge(txn, people, case, attribution, rules)  # first: the limits are those of all who are one by now
    home, refused = _fill_home(txn, people, case, attribution, rules)
    _put_chat(txn, case, attribution.chat, home)
    reason = _reason(case, attribution, home, refused, merged)
    reasons.put(txn, None, reason)
    if home is not None and attribution.verdict.rivals and rules.on_conflict != STRONGEST:
        doubts.raise_all(txn, people, home.id, attribution.verdict.rivals, case.entry.seq, case.at)
    return reason


def _fill_home(
    txn: Txn, people: People, case: Case, attribution: Attribution, rules: Rules
) -> tuple[Customer | None, Dropped]:
    home, chat = attribution.home, attribution.chat
    if home is None:
        return None, ()
    waiting = _waiting(txn, chat, home.id, rules)
    said = attribution.evidence.claims if not waiting else join(attribution.evidence.claims, *waiting)
    family = [home] if attribution.is_new else people.family(people.root(home.id))
    claims, refused = within([claim for record in family for claim in record.claims], said, rules)
    times = (case.at, home.created_at, home.seen_at, *((chat.opened_at, chat.at) if chat and waiting else ()))
    filled = Customer(
        id=home.id,
        created_at=min(times),
        seen_at=max(times),
        chats=home.chats + (1 if case.ref and (chat is None or chat.customer is None) else 0),
        events=home.events + 1 + len(waiting),
        claims=join(home.claims, claims),
    )
    people.put(None if attribution.is_new else home, filled)
    return filled, tuple(refused)


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
        claims.append(evidence_of(txn, open_case(entry, read(entry).event), rules).claims)
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
    elif isinstance(event, CallEvent):
        said += [("call", event.call.status or "yes")]
    elif isinstance(event, OfflineMessage):
        said += [("message", "yes")]
    return tuple(Claim(a, v, VISITOR_TYPED, "", case.at, case.at, case.entry.seq) for a, v in said if v)


def _merge(txn: Txn, people: People, case: Case, attribution: Attribution, rules: Rules) -> tuple[str, ...]:
    """Add the edges that the verdict asks for; those of a conflict as far as the brake allows. Returns the losers."""
    verdict = attribution.verdict
    if verdict.winner is None or not (verdict.absorbed or verdict.merging):
        return ()
    winner = _record_of_winner(people, attribution)
    for loser in verdict.absorbed:
        people.join(_edge(case, loser, winner, PROVISIONAL))
    merged = []
    for number, rival in enumerate(verdict.merging):
        if brake.is_on(txn, people, winner, rival.customer, case.at, rules):
            continue
        people.join(_edge(case, rival.customer, winner, CONFLICT))
        merges.note(txn, case.at, case.entry.seq, number)
        merged.append(rival.customer)
    return (*verdict.absorbed, *merged)


def _record_of_winner(people: People, attribution: Attribution) -> str:
    """The one of the winner's records that holds the deciding key: whoever is parted from the others later takes along
    what came because of him.
    """
    verdict, home = attribution.verdict, attribution.home
    assert verdict.winner is not None
    if home is not None and verdict.customer == verdict.winner:
        return home.id
    key = verdict.key
    holding = (r.id for r in people.family(verdict.winner) if key is not None and key.value in r.values(key.kind))
    return next(holding, verdict.winner)


def _edge(case: Case, loser: str, winner: str, rule: str) -> Edge:
    return Edge(loser=loser, winner=winner, rule=rule, seq=case.entry.seq, at=case.at)


def _reason(
    case: Case, attribution: Attribution, home: Customer | None, refused: Dropped, merged: tuple[str, ...]
) -> Reason:
    verdict = attribution.verdict
    return Reason(
        seq=case.entry.seq,
        customer=home.id if home else None,
        rule=verdict.rule,
        key=verdict.key or verdict.subject_key,
        rivals=verdict.rivals,
        dropped=attribution.evidence.dropped + refused,
        merged=merged,
        proven=attribution.proven,
    )
