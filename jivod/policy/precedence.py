"""Precedence: the total order in which claims win. Equal only for the same claim, so joins and picks never depend on
arrival.
"""

from __future__ import annotations

from collections.abc import Iterable

from jivod.model.claim import ATTRIBUTE_PREFIX, DESCRIPTION, NAME, OPERATOR, Claim
from jivod.policy.attribute import is_union
from jivod.policy.rules import OLDEST, Rules


def is_contestable(attribute: str) -> bool:
    """True where a second living value is a doubt to settle, not just an older state of Jivo's card."""
    return attribute in (NAME, DESCRIPTION) or attribute.startswith(ATTRIBUTE_PREFIX)


def order(claim: Claim, rules: Rules) -> tuple[int, int, int, str]:
    """The sort key: the smallest wins. Rank first, then the oldest or the newest sighting as the policy ties, then the
    value. Of what operators decided for a single value the last word counts, whatever the tie.
    """
    attribute, last_at = claim.attribute, claim.last_at
    rank = rules.rank(attribute, claim.source)
    if claim.source == OPERATOR and not is_union(attribute):
        return (rank, -last_at, -claim.seq, claim.value)
    return (rank, claim.first_at if rules.tie_of(attribute) == OLDEST else -last_at, 0, claim.value)


def join(*groups: Iterable[Claim]) -> tuple[Claim, ...]:
    """All claims of all groups, each once: idempotent, commutative, associative. Sorted by identity."""
    joined: dict[tuple[str, str, str], Claim] = {}
    for group in groups:
        for claim in group:
            identity = (claim.attribute, claim.value, claim.source)  # as Claim.identity, without a call for each
            known = joined.get(identity)
            joined[identity] = claim if known is None else _both(known, claim)
    return tuple([joined[identity] for identity in sorted(joined)])


def latest(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The newest claim of each attribute (then the smaller value): for facts of which only the last state matters."""
    newest: dict[str, Claim] = {}
    for claim in sorted(claims, key=lambda c: (-c.last_at, c.value, c.seq)):
        newest.setdefault(claim.attribute, claim)
    return tuple([newest[attribute] for attribute in sorted(newest)])


def _both(a: Claim, b: Claim) -> Claim:
    first = a if (a.first_at, a.raw) <= (b.first_at, b.raw) else b
    last_at, seq = max(a.last_at, b.last_at), min(a.seq, b.seq)
    if (first.last_at, first.seq) == (last_at, seq):
        return first
    return Claim(first.attribute, first.value, first.source, first.raw, first.first_at, last_at, seq)
