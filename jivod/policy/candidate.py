"""Candidate: a customer whom a key of an event found, with all that tells whether he is the one."""

from __future__ import annotations

from jivod.model.contact import EMAIL, PHONE, VISITOR, Key
from jivod.model.value import frozen
from jivod.policy.veto import Held


@frozen(kw_only=True)
class Candidate:
    """A living customer that some key of the event found: all keys it holds, its last activity (UNIX ms).

    `trusted`: those keys that more than a visitor's word speaks for. `apart`: the living customers that a person called
    different from this one.
    """

    id: str
    held: Held
    seen_at: int
    trusted: frozenset[Key] = frozenset()
    apart: frozenset[str] = frozenset()

    @property
    def is_browser_only(self) -> bool:
        """Known by nothing but Jivo's card number: provisional."""
        return not any(self.held.get(kind) for kind in self.held if kind != VISITOR)


def told_apart(key: Key, holders: list[Candidate]) -> set[str]:
    """Of those who have an e-mail or a phone, whom a person called different from another of them: it may be either, so
    that it is neither, but for whom it is proven to be his.
    """
    if len(holders) < 2 or key.kind not in (EMAIL, PHONE):
        return set()
    ids = {one.id for one in holders}
    return {one.id for one in holders if key not in one.trusted and not one.apart.isdisjoint(ids)}
