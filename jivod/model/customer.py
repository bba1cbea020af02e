"""Customer: a set of claims with an id, the edges that merge customers, and what the policy makes of them."""

from __future__ import annotations

from jivod.model.claim import Claim
from jivod.model.value import frozen


@frozen(kw_only=True)
class Customer:
    """One customer as it arrived; a merge adds an `Edge` and leaves this record alone.

    `claims` are sorted by `Claim.identity`. `chats` counts the chats attributed to this record, `events` the journal
    entries. Times are UNIX milliseconds: the first and the last event that spoke of this customer.
    """

    id: str
    created_at: int
    seen_at: int
    chats: int = 0
    events: int = 0
    claims: tuple[Claim, ...] = ()

    def values(self, attribute: str) -> frozenset[str]:
        """Every value claimed for `attribute`."""
        return frozenset(c.value for c in self.claims if c.attribute == attribute)


@frozen(kw_only=True)
class Edge:
    """`loser` is part of `winner`, since journal entry `seq` (time `at`, UNIX ms), by `rule`. Reversible: it moves
    nothing.
    """

    loser: str
    winner: str
    rule: str
    seq: int
    at: int


@frozen(kw_only=True)
class Contested:
    """A living value of a single-valued attribute that lost to another of equal rank."""

    attribute: str
    value: str
    source: str
    last_at: int


@frozen(kw_only=True)
class GoldenRecord:
    """What the policy makes of all claims of a customer and of those merged into it. `emails[0]`, `phones[0]` are the
    primary ones.

    `sources` tells who speaks for the name (under "name") and for each of `emails` and `phones` (under its value).
    `verified_contacts` are those of `emails` and `phones` that an operator confirmed or a signed token came with;
    `verified`: there is such a proof of anything.
    """

    id: str
    name: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    description: str | None = None
    attributes: dict[str, str] = {}
    tags: tuple[str, ...] = ()
    social: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    visitors: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    contested: tuple[Contested, ...] = ()
    verified: bool = False
    verified_contacts: tuple[str, ...] = ()
    sources: dict[str, str] = {}
    merged: tuple[str, ...] = ()
    chats: int = 0
    created_at: int = 0
    seen_at: int = 0

    @property
    def ids(self) -> tuple[str, ...]:
        """Its own id, and those of all that were merged into it."""
        return (self.id, *self.merged)
