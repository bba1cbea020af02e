"""Card: what passed between one Jivo visitor card and us, so that our own words coming back are not taken for
evidence.
"""

from __future__ import annotations

from jivod.model.value import frozen

Pair = tuple[str, str]  # (attribute, value)


@frozen(kw_only=True)
class Card:
    """`said`: contact values that came from this card by themselves. `told`: those that we put on it by an answer."""

    said: frozenset[Pair] = frozenset()
    told: frozenset[Pair] = frozenset()

    @property
    def echoes(self) -> frozenset[Pair]:
        """What the card knows only from us."""
        return self.told - self.said
