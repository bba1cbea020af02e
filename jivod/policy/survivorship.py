"""Survivorship: the golden record, which is what the agent sees, out of all claims of a customer."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from jivod.model.claim import (
    ASSIGNED_AGENT,
    ATTRIBUTE_PREFIX,
    DESCRIPTION,
    IMPORT,
    NAME,
    OPERATOR,
    ORGANIZATION,
    PRIMARY_PREFIX,
    REFUSED_PREFIX,
    SOCIAL,
    STATUS,
    TAG,
    VERIFIED,
    Claim,
)
from jivod.model.contact import EMAIL, KINDS, PHONE, TOKEN, VERIFIED_TOKEN, VISITOR
from jivod.model.customer import Contested, Customer, GoldenRecord
from jivod.model.living import living
from jivod.policy.precedence import is_contestable, join, order
from jivod.policy.rules import Rules, folded

_BRIDGE_NAME = re.compile(r".*\[[^\]]+\]")  # "Name [id]": a Chat API bridge hides its own id in the name
_NUMBERED = re.compile(r"\s*[#№]?\s*\d+$")  # "Visitor 4521"
_DIGITS = re.compile(r"[\d\s()+\-.]+")
_LIKE_A_CONTACT = re.compile(r"[@\d]")  # every e-mail and phone has one of them, few names do
_PROOF = frozenset((OPERATOR, VERIFIED))
_REFUSED = tuple(sorted([REFUSED_PREFIX + kind for kind in KINDS]))
_PRIMARY = {kind: PRIMARY_PREFIX + kind for kind in (EMAIL, PHONE)}

Ranked = dict[str, list[Claim]]  # the claims of each attribute, the winner first


def golden(customer: Customer, others: Iterable[Customer], rules: Rules) -> GoldenRecord:
    """The golden record of `customer`, the root, and of all `others` that were merged into it."""
    family = (customer, *others)
    claims = customer.claims if len(family) == 1 else join(*(c.claims for c in family))
    alive = living(claims)
    ranked = _ranked(alive, rules)
    contested = _settle(ranked, claims, rules)
    verified, verified_contacts = _proof(alive, ranked)
    return GoldenRecord(
        id=customer.id,
        name=_first(ranked, NAME),
        emails=_contacts(ranked, EMAIL),
        phones=_contacts(ranked, PHONE),
        description=_first(ranked, DESCRIPTION),
        attributes=_attributes(ranked),
        tags=_all(ranked, TAG),
        social=_all(ranked, SOCIAL),
        tokens=_all(ranked, VERIFIED_TOKEN) + _all(ranked, TOKEN),
        visitors=_all(ranked, VISITOR),
        others=tuple([v for a in _REFUSED for v in _all(ranked, a)]),
        contested=contested,
        verified=verified,
        verified_contacts=verified_contacts,
        sources=_sources(ranked),
        merged=tuple([c.id for c in family[1:]]),
        chats=sum([c.chats for c in family]),
        created_at=min([c.created_at for c in family]),
        seen_at=max([c.seen_at for c in family]),
    )


def witnesses(family: Iterable[Customer], rules: Rules) -> Ranked:
    """Everything that still stands of what was said of those who are one customer, the strongest word first."""
    return _ranked(living(join(*(one.claims for one in family))), rules)


def _ranked(claims: Iterable[Claim], rules: Rules) -> Ranked:
    ranked: Ranked = {}
    for claim in claims:
        ranked.setdefault(claim.attribute, []).append(claim)
    for group in ranked.values():
        if len(group) > 1:
            group.sort(key=lambda c: order(c, rules))
    return ranked


def _settle(ranked: Ranked, claims: Iterable[Claim], rules: Rules) -> tuple[Contested, ...]:
    """Leave of each single value its contenders only; returns those that lost."""
    doubtful = sorted([a for a, group in ranked.items() if len(group) > 1 and is_contestable(a)])
    for attribute in doubtful:
        group = ranked[attribute]
        ranked[attribute] = _contenders(_real(group, claims, rules) if attribute == NAME else group)
    return tuple([loser for attribute in doubtful for loser in _losers(ranked[attribute])])


def _contenders(group: list[Claim]) -> list[Claim]:
    """The winner, and behind it those that lost only by time or by alphabet, and that no operator has settled.

    His last word settles what was said by then: alone where his rank is the highest. Where it is not, it is policy that
    a value of his own loses; but one that he chose among those of the highest rank wins.
    """
    rivals = [c for c in group if c.source == group[0].source]
    if group[0].source == IMPORT:  # the company's own data change: what they said before is no doubt
        rivals = [c for c in rivals if c.last_at == group[0].last_at]
    word = next((c for c in group if c.source == OPERATOR), None)
    if word is None or all(c.value != word.value for c in rivals):
        return rivals
    return [c for c in rivals if c.value == word.value or c.first_at > word.last_at]


def is_placeholder(name: str, contacts: Container[str], rules: Rules) -> bool:
    """True for a name that says nothing: a stock word, the person's own phone or e-mail, a bridge's `Name [id]`.

    `contacts` holds e-mails and phones of the person, also as typed, in folded case.
    """
    if _NUMBERED.sub("", folded(name)) in rules.placeholder_names or _BRIDGE_NAME.fullmatch(name):
        return True
    return bool(_DIGITS.fullmatch(name)) or name.casefold() in contacts


def _real(names: list[Claim], claims: Iterable[Claim], rules: Rules) -> list[Claim]:
    """The names that say something, if any does. What an operator wrote does; a contact is none even if cleared."""
    contacts: set[str] = set()
    if any([_LIKE_A_CONTACT.search(c.value) for c in names]):
        contacts = {v.casefold() for c in claims if c.attribute in (EMAIL, PHONE) for v in (c.value, c.raw)}
    return [c for c in names if c.source == OPERATOR or not is_placeholder(c.value, contacts, rules)] or names


def _all(ranked: Ranked, attribute: str) -> tuple[str, ...]:
    claims = ranked.get(attribute)
    if not claims:
        return ()
    return (claims[0].value,) if len(claims) == 1 else tuple(dict.fromkeys([c.value for c in claims]))


def _first(ranked: Ranked, attribute: str) -> str | None:
    claims = ranked.get(attribute)
    return claims[0].value if claims else None


def _contacts(ranked: Ranked, kind: str) -> tuple[str, ...]:
    """All of a kind; first the one that was last called primary, if it still is one of them."""
    values = _all(ranked, kind)
    for claim in ranked.get(_PRIMARY[kind], ()):
        if claim.value in values:
            return (claim.value, *[v for v in values if v != claim.value])
    return values


def _proof(alive: Iterable[Claim], ranked: Ranked) -> tuple[bool, tuple[str, ...]]:
    """Whether there is any, and the contacts that have one."""
    sources = [c.source for c in alive]
    if _PROOF.isdisjoint(sources):
        return False, ()
    contacts = [c.value for kind in (EMAIL, PHONE) for c in ranked.get(kind, ()) if c.source in _PROOF]
    return bool(contacts) or VERIFIED in sources, tuple(dict.fromkeys(contacts))


def _sources(ranked: Ranked) -> dict[str, str]:
    found = {NAME: ranked[NAME][0].source} if NAME in ranked else {}
    for kind in (EMAIL, PHONE):
        for claim in ranked.get(kind, ()):
            found.setdefault(claim.value, claim.source)
    return found


def _attributes(ranked: Ranked) -> dict[str, str]:
    """The account's own attributes by their names, and Jivo's organisation, status and responsible agent."""
    found = {a: ranked[a][0].value for a in (ORGANIZATION, STATUS, ASSIGNED_AGENT) if a in ranked}
    for attribute in sorted([a for a in ranked if a.startswith(ATTRIBUTE_PREFIX)]):
        found[attribute.removeprefix(ATTRIBUTE_PREFIX)] = ranked[attribute][0].value
    return found


def _losers(contenders: list[Claim]) -> list[Contested]:
    first, *rest = contenders
    return [
        Contested(attribute=c.attribute, value=c.value, source=c.source, last_at=c.last_at)
        for c in rest
        if c.value.casefold() != first.value.casefold()
    ]
