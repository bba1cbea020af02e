"""Survivorship: the golden record, which is what the agent sees, out of all claims of a customer."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jivod.model.claim import (
    ASSIGNED_AGENT,
    ATTRIBUTE_PREFIX,
    DESCRIPTION,
    NAME,
    ORGANIZATION,
    REFUSED_PREFIX,
    SOCIAL,
    STATUS,
    TAG,
    VERIFIED,
    Claim,
)
from jivod.model.contact import EMAIL, PHONE, TOKEN, VERIFIED_TOKEN, VISITOR
from jivod.model.customer import Contested, Customer, GoldenRecord
from jivod.policy.precedence import is_contestable, join, order
from jivod.policy.rules import Rules, folded

_BRIDGE_NAME = re.compile(r".*\[[^\]]+\]")  # "Name [id]": a Chat API bridge hides its own id in the name
_NUMBERED = re.compile(r"\s*[#№]?\s*\d+$")  # "Visitor 4521"
_DIGITS = re.compile(r"[\d\s()+\-.]+")


def golden(customer: Customer, others: Iterable[Customer], rules: Rules) -> GoldenRecord:
    """The golden record of `customer`, the root, and of all `others` that were merged into it."""
    family = (customer, *others)
    claims = customer.claims if len(family) == 1 else join(*(c.claims for c in family))
    by_attribute = _ranked(claims, rules)
    if len(by_attribute.get(NAME, ())) > 1:
        by_attribute[NAME] = _real_first(by_attribute[NAME], by_attribute, rules)
    refused = sorted([a for a in by_attribute if a.startswith(REFUSED_PREFIX)])
    return GoldenRecord(
        id=customer.id,
        name=_first(by_attribute, NAME),
        emails=_all(by_attribute, EMAIL),
        phones=_all(by_attribute, PHONE),
        description=_first(by_attribute, DESCRIPTION),
        attributes=_attributes(by_attribute),
        tags=_all(by_attribute, TAG),
        social=_all(by_attribute, SOCIAL),
        tokens=_all(by_attribute, VERIFIED_TOKEN) + _all(by_attribute, TOKEN),
        visitors=_all(by_attribute, VISITOR),
        others=tuple([v for a in refused for v in _all(by_attribute, a)]),
        contested=_contested(by_attribute),
        verified=VERIFIED in [c.source for c in claims],
        merged=tuple([c.id for c in family[1:]]),
        chats=sum([c.chats for c in family]),
        created_at=min([c.created_at for c in family]),
        seen_at=max([c.seen_at for c in family]),
    )


def _ranked(claims: Iterable[Claim], rules: Rules) -> dict[str, list[Claim]]:
    """The claims of each attribute, the winner first."""
    by_attribute: dict[str, list[Claim]] = {}
    for claim in claims:
        by_attribute.setdefault(claim.attribute, []).append(claim)
    for group in by_attribute.values():
        if len(group) > 1:
            group.sort(key=lambda c: order(c, rules))
    return by_attribute


def is_placeholder(name: str, by_attribute: dict[str, list[Claim]], rules: Rules) -> bool:
    """True for a name that says nothing: a stock word, the person's own phone or e-mail, a bridge's `Name [id]`."""
    if _NUMBERED.sub("", folded(name)) in rules.placeholder_names or _BRIDGE_NAME.fullmatch(name):
        return True
    if _DIGITS.fullmatch(name):
        return True
    contacts = {v.casefold() for kind in (EMAIL, PHONE) for c in by_attribute.get(kind, ()) for v in (c.value, c.raw)}
    return name.casefold() in contacts


def _real_first(names: list[Claim], by_attribute: dict[str, list[Claim]], rules: Rules) -> list[Claim]:
    return [c for c in names if not is_placeholder(c.value, by_attribute, rules)] or names


def _all(by_attribute: dict[str, list[Claim]], attribute: str) -> tuple[str, ...]:
    claims = by_attribute.get(attribute)
    return tuple(dict.fromkeys([c.value for c in claims])) if claims else ()


def _first(by_attribute: dict[str, list[Claim]], attribute: str) -> str | None:
    claims = by_attribute.get(attribute)
    return claims[0].value if claims else None


def _attributes(by_attribute: dict[str, list[Claim]]) -> dict[str, str]:
    """The account's own attributes by their names, and Jivo's organisation, status and responsible agent."""
    found = {a: by_attribute[a][0].value for a in (ORGANIZATION, STATUS, ASSIGNED_AGENT) if a in by_attribute}
    for attribute in sorted([a for a in by_attribute if a.startswith(ATTRIBUTE_PREFIX)]):
        found[attribute.removeprefix(ATTRIBUTE_PREFIX)] = by_attribute[attribute][0].value
    return found


def _contested(by_attribute: dict[str, list[Claim]]) -> tuple[Contested, ...]:
    several = sorted([a for a, claims in by_attribute.items() if len(claims) > 1 and is_contestable(a)])
    return tuple([found for a in several for found in _losers(by_attribute[a])])


def _losers(claims: list[Claim]) -> list[Contested]:
    """The values that lost to the first only by time or by alphabet."""
    first = claims[0]
    return [
        Contested(attribute=c.attribute, value=c.value, source=c.source, last_at=c.last_at)
        for c in claims[1:]
        if c.source == first.source and c.value.casefold() != first.value.casefold()
    ]
