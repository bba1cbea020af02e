"""Portrait: a customer as his page shows him: each value with who said it and when, why the first of several stands
first, what is in doubt, who was merged into him, and why his last event is his.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator

from attrs import evolve

from jivod.flow import query, undo
from jivod.flow.doubts import beside
from jivod.flow.people import People
from jivod.flow.steward import shown
from jivod.model.claim import (
    ASSIGNED_AGENT,
    ATTRIBUTE_PREFIX,
    DESCRIPTION,
    NAME,
    OPERATOR,
    ORGANIZATION,
    PRIMARY_PREFIX,
    SOCIAL,
    STATUS,
    TAG,
    VERIFIED,
    Claim,
)
from jivod.model.contact import EMAIL, PHONE, TOKEN, VERIFIED_TOKEN, VISITOR
from jivod.model.customer import Customer, GoldenRecord
from jivod.model.reason import Reason
from jivod.model.value import frozen
from jivod.policy import survivorship
from jivod.policy.identity import LATER, SUBJECT
from jivod.policy.rules import OLDEST, Rules
from jivod.policy.survivorship import Ranked
from jivod.store import edges, reasons
from jivod.store.kv import Txn

CHOSEN, IMPORTED, BETTER, FIRST, LAST = "chosen", "imported", "better source", "seen first", "seen last"
"""Why a value stands before others of its kind."""

MERGED_SHOWN = 50
VALUES_SHOWN = 100  # of one kind
OWN_SHOWN = 200  # attributes of the company's own
LOOKED_AT = 10  # reasons among which is one that names a key

_PROOF = frozenset((OPERATOR, VERIFIED))
_UNIONS = (EMAIL, PHONE, TAG, SOCIAL, VERIFIED_TOKEN, TOKEN, VISITOR)
_SINGLES = (NAME, DESCRIPTION, ORGANIZATION, STATUS, ASSIGNED_AGENT)


@frozen(kw_only=True)
class Value:
    """Who says `value` of `attribute`: `sources`, the strongest first, between `first_at` and `last_at` (UNIX ms).

    `raw` is how it was typed where that differs, `by` the name of the person who said so if one did, `seq` the journal
    entry that said it first. `why` is a word above for the first of several, else "".
    """

    attribute: str
    value: str
    sources: tuple[str, ...]
    first_at: int
    last_at: int
    seq: int
    raw: str = ""
    by: str = ""
    verified: bool = False
    why: str = ""

    @property
    def source(self) -> str:
        """The strongest one."""
        return self.sources[0]


@frozen(kw_only=True)
class Fact:
    """A single value as it is shown (None: nothing is), those that contest it, and those that lost to it."""

    attribute: str
    shown: Value | None
    contested: tuple[Value, ...] = ()
    former: tuple[Value, ...] = ()


@frozen(kw_only=True)
class Joined:
    """A record that is part of this customer, and what it looked like by itself."""

    merge: undo.Merged
    alone: GoldenRecord


@frozen(kw_only=True)
class Portrait:
    """`several`: values by attribute; `facts`: the single ones, those that everybody has first, then the account's own
    by name. `beside`: the living customers that an open review sets beside him.
    """

    golden: GoldenRecord
    several: dict[str, tuple[Value, ...]]
    facts: tuple[Fact, ...]
    merged: tuple[Joined, ...]
    reason: Reason | None
    beside: tuple[str, ...]


def portrait(txn: Txn, people: People, root: str, rules: Rules) -> Portrait:
    """Of the living customer `root`."""
    family = people.family(root)
    golden, ranked = people.golden(root, rules), survivorship.witnesses(family, rules)
    return Portrait(
        golden=golden,
        several={attribute: _several(txn, attribute, golden, ranked, rules) for attribute in _UNIONS},
        facts=tuple(_facts(txn, golden, ranked)),
        merged=tuple(_joined(txn, family[1 : MERGED_SHOWN + 1], rules)),
        reason=_reason(txn, family),
        beside=tuple(sorted(beside(txn, people, root))),
    )


def _several(
    txn: Txn, attribute: str, golden: GoldenRecord, ranked: Ranked, rules: Rules
) -> tuple[Value, ...]:
    claims = ranked.get(attribute, [])
    order = {EMAIL: golden.emails, PHONE: golden.phones}.get(attribute) or dict.fromkeys([c.value for c in claims])
    values = [_value(txn, value, [c for c in claims if c.value == value]) for value in list(order)[:VALUES_SHOWN]]
    if len(values) > 1 and attribute in (EMAIL, PHONE):
        values[0] = evolve(values[0], why=_why_first(values, ranked, attribute, rules))
    return tuple(values)


def _value(txn: Txn, value: str, claims: list[Claim]) -> Value:
    """`claims` are those of this value, the strongest first."""
    said = next((c for c in claims if c.source == OPERATOR), None)
    return Value(
        attribute=claims[0].attribute,
        value=value,
        sources=tuple(dict.fromkeys([c.source for c in claims])),
        first_at=min(c.first_at for c in claims),
        last_at=max(c.last_at for c in claims),
        seq=min(c.seq for c in claims),
        raw=next((c.raw for c in claims if c.raw), ""),
        by="" if said is None else query.decision(txn, said.seq).decision.by,
        verified=any(c.source in _PROOF for c in claims),
    )


def _why_first(values: list[Value], ranked: Ranked, kind: str, rules: Rules) -> str:
    first, second = values[0], values[1]
    said = next((c for c in ranked.get(PRIMARY_PREFIX + kind, ()) if c.value == first.value), None)
    if said is not None:
        return CHOSEN if said.source == OPERATOR else IMPORTED
    if rules.rank(kind, first.source) < rules.rank(kind, second.source):
        return BETTER
    return FIRST if rules.tie_of(kind) == OLDEST else LAST


def _facts(txn: Txn, golden: GoldenRecord, ranked: Ranked) -> Iterator[Fact]:
    doubtful = {one.attribute for one in golden.contested}
    own = [attribute for attribute in ranked if attribute.startswith(ATTRIBUTE_PREFIX)]
    own = sorted(sorted(own, key=lambda a: (a not in doubtful, a))[:OWN_SHOWN])  # what is in doubt is among them
    for attribute in (*_SINGLES, *own):
        claims = ranked.get(attribute)
        if claims:
            yield _fact(txn, attribute, shown(golden, attribute), claims, golden)


def _fact(txn: Txn, attribute: str, value: str | None, claims: list[Claim], golden: GoldenRecord) -> Fact:
    by_value: dict[str, list[Claim]] = {} if value is None else {value: []}
    for claim in claims:
        by_value.setdefault(claim.value, []).append(claim)
    values = {said: _value(txn, said, those) for said, those in list(by_value.items())[:VALUES_SHOWN] if those}
    contested = [c.value for c in golden.contested if c.attribute == attribute]
    return Fact(
        attribute=attribute,
        shown=values.get(value) if value is not None else None,
        contested=tuple([values[said] for said in dict.fromkeys(contested) if said in values]),
        former=tuple([one for said, one in values.items() if said != value and said not in contested]),
    )


def _joined(txn: Txn, records: Iterable[Customer], rules: Rules) -> Iterator[Joined]:
    for record in records:
        edge = edges.get(txn, record.id)
        if edge is not None:
            yield Joined(merge=undo.merged(txn, edge), alone=survivorship.golden(record, (), rules))


def _reason(txn: Txn, family: list[Customer]) -> Reason | None:
    """The last one that says more than that the conversation was his already, if there is one among the last few."""
    last = list(
        heapq.merge(*[reasons.newest(txn, one.id, LOOKED_AT) for one in family], key=lambda r: r.seq, reverse=True)
    )[:LOOKED_AT]
    telling = (one for one in last if one.rule not in (SUBJECT, LATER))
    return next(telling, last[0] if last else None)
