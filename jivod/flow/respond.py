"""Respond: the answer to an event, out of the store as it stands after it."""

from __future__ import annotations

from jivod.flow import doubts
from jivod.flow.attribution import Attribution
from jivod.flow.case import Case, Desk
from jivod.flow.people import People
from jivod.model.answer import OK, Answer, ContactInfo
from jivod.model.card import Card, Pair
from jivod.model.chat import Chat
from jivod.model.claim import DESCRIPTION, NAME
from jivod.model.contact import EMAIL, PHONE
from jivod.model.event import ChatAccepted, ChatUpdated
from jivod.model.reason import Reason
from jivod.policy import reply
from jivod.policy.evidence import Evidence
from jivod.policy.identity import KEY, TYPED
from jivod.policy.reply import Panel
from jivod.policy.rules import Rules
from jivod.store import cards, chats
from jivod.store.kv import Txn

REMEMBERED = 64  # values of each kind that one card remembers
_TOLD = frozenset({NAME, EMAIL, PHONE, DESCRIPTION})


def respond(txn: Txn, people: People, case: Case, reason: Reason, evidence: Evidence, desk: Desk) -> Panel | Answer:
    """What the full answer is made of, for the events whose answer Jivo shows; a plain ok for all others."""
    if not isinstance(case.event, (ChatAccepted, ChatUpdated)):
        return OK
    if reason.customer is None:
        return reply.stranger(desk.language)
    root = people.root(reason.customer)
    given = {kind: tuple(k.value for k in evidence.keys if k.kind == kind) for kind in (EMAIL, PHONE)}
    golden = people.golden(root, desk.rules)
    return Panel(
        golden=golden,
        rule=reason.rule,
        key_kind=reason.key.kind if reason.key and (reason.rule == KEY or reason.merged) else None,
        given=given,
        last_chat=_last_chat(txn, people, root, case),
        open_reviews=len(doubts.beside(txn, people, root)),
        link=desk.link(root),
        language=desk.language,
        verified=reason.proven,
        possible=len({people.root(r.customer) for r in reason.rivals if r.why == TYPED} - {root}),
    )


def told(people: People, case: Case, reason: Reason, rules: Rules) -> ContactInfo | None:
    """The part of the same answer that Jivo keeps."""
    if reason.customer is None or not isinstance(case.event, (ChatAccepted, ChatUpdated)):
        return None
    return reply.contact_info(people.golden(people.root(reason.customer), rules))


def remember(txn: Txn, case: Case, attribution: Attribution, answered: ContactInfo | None) -> None:
    """Keep what the card said by itself, and what was answered to it beyond that: when that comes back, it is no
    evidence.
    """
    known = attribution.card
    news = frozenset([(c.attribute, c.value) for c in attribution.evidence.claims if c.attribute in _TOLD])
    changed = (
        {attribute for attribute, _ in news} if known.told else ()
    )  # what the card says anew is no longer what we put there
    said = known.said | news
    ours = frozenset([pair for pair in known.told if pair[0] not in changed])
    if answered:
        ours |= _pairs(answered) - said
    if (said, ours) != (known.said, known.told):
        cards.put(txn, case.account, case.card, Card(said=_bounded(said), told=_bounded(ours)))


def _bounded(pairs: frozenset[Pair]) -> frozenset[Pair]:
    return pairs if len(pairs) <= REMEMBERED else frozenset(sorted(pairs)[:REMEMBERED])


def _pairs(info: ContactInfo) -> frozenset[Pair]:
    pairs = ((NAME, info.name), (EMAIL, info.email), (PHONE, info.phone), (DESCRIPTION, info.description))
    return frozenset([(attribute, value) for attribute, value in pairs if value])


def _last_chat(txn: Txn, people: People, root: str, case: Case) -> Chat | None:
    newest = [chats.last_other(txn, member.id, case.account, case.ref or "") for member in people.family(root)]
    return max([c for c in newest if c], key=lambda c: (c.at, c.account, c.ref), default=None)
