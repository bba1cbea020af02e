"""Correction: of what came while a chat went on, what corrects something, and what merely stood in the body once more.

Jivo sends all that a card holds whenever one field of it changes; what a form was filled with comes in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable

from jivod.model.claim import DESCRIPTION, NAME, PROFILE, REVISED, VISITOR_TYPED, Claim
from jivod.model.contact import EMAIL, PHONE
from jivod.policy.precedence import join

CORRECTED = frozenset({NAME, DESCRIPTION, EMAIL, PHONE})  # what visitors type, and agents mend
_TYPED = (VISITOR_TYPED, PROFILE)


def sober(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """The claims; but where several values were said, one that came during a chat is the visitor's own word if he gave
    it before, or if there was nothing to correct. Said again behind a correction it takes that back, unless he himself
    had said it again meanwhile.
    """
    doubtful = {c.attribute for c in claims if c.source == REVISED and c.attribute in CORRECTED}
    if not doubtful:
        return claims
    told = []
    for attribute in sorted(doubtful):
        group = [c for c in claims if c.attribute == attribute]
        told += _judged(group) if len({c.value for c in group}) > 1 else group
    return join([c for c in claims if c.attribute not in doubtful], told)


def _judged(group: list[Claim]) -> list[Claim]:
    """What was said of one attribute."""
    corrections = [c for c in group if c.source == REVISED and _corrects(c, group)]
    return [
        c if c.source != REVISED or c in corrections or _takes_back(c, corrections, group) else _typed(c, group)
        for c in group
    ]


def _corrects(claim: Claim, group: Iterable[Claim]) -> bool:
    """Whether the visitor had not said it, and something else had been said."""
    return not _before(claim, group) and any(c.value != claim.value and c.first_at < claim.first_at for c in group)


def _takes_back(claim: Claim, corrections: Iterable[Claim], group: Iterable[Claim]) -> bool:
    corrected_at = max([c.first_at for c in corrections if c.first_at <= claim.last_at], default=None)
    return corrected_at is not None and all(c.last_at < corrected_at for c in _before(claim, group))


def _typed(claim: Claim, group: Iterable[Claim]) -> Claim:
    """The same as the visitor said it, or his profile."""
    before = _before(claim, group)
    source = before[0].source if before else VISITOR_TYPED
    return Claim(claim.attribute, claim.value, source, claim.raw, claim.first_at, claim.last_at, claim.seq)


def _before(claim: Claim, group: Iterable[Claim]) -> list[Claim]:
    """When the visitor, or his profile, said the same before; the first first."""
    same = [c for c in group if c.source in _TYPED and c.value == claim.value and c.first_at <= claim.first_at]
    return sorted(same, key=lambda c: (c.first_at, c.source))
