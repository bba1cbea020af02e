"""Limits: how many contacts of a kind one customer may hold. One more is kept and shown, but is no key any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jivod.model.claim import REFUSED_PREFIX, Claim
from jivod.model.contact import KINDS, Key
from jivod.policy.rules import Rules


def within(held: Sequence[Claim], added: Iterable[Claim], rules: Rules) -> tuple[list[Claim], list[tuple[Key, str]]]:
    """The claims to add to a customer who has `held`, those beyond a limit as refused ones; and the keys refused, with
    the reason.
    """
    claims = list(added)
    counts = _counts(held, claims)
    full = {kind for kind, count in counts.items() if count > rules.limit(kind)}
    if not full:
        return claims, []
    return _refuse(held, claims, full, rules)


def _counts(held: Sequence[Claim], claims: list[Claim]) -> dict[str, int]:
    """How many claims of each kind there would be: at least as many as values."""
    counts: dict[str, int] = {}
    for claim in (*held, *claims):
        if claim.attribute in KINDS:
            counts[claim.attribute] = counts.get(claim.attribute, 0) + 1
    return counts


def _refuse(
    held: Sequence[Claim], claims: list[Claim], full: set[str], rules: Rules
) -> tuple[list[Claim], list[tuple[Key, str]]]:
    there: dict[str, set[str]] = {kind: {c.value for c in held if c.attribute == kind} for kind in full}
    kept: list[Claim] = []
    refused: dict[Key, str] = {}
    for c in claims:
        kind = c.attribute
        if kind in full and c.value not in there[kind] and len(there[kind]) >= rules.limit(kind):
            refused[Key(kind, c.value)] = f"more than {rules.limit(kind)} for one customer"
            kept.append(Claim(REFUSED_PREFIX + kind, c.value, c.source, c.raw, c.first_at, c.last_at, c.seq))
        else:
            if kind in full:
                there[kind].add(c.value)
            kept.append(c)
    return kept, list(refused.items())
