"""Living: what is left of the claims when a person has taken some away. Nothing is lost: a clearing is a claim too."""

from __future__ import annotations

from collections.abc import Iterable

from jivod.model.claim import CLEARED_PREFIX, IMPORT, OPERATOR, Claim, is_union
from jivod.model.value import frozen

_RESTORERS = (OPERATOR, IMPORT)

_Identity = tuple[str, str, str]  # as `Claim.identity`
_Fact = tuple[str, str]  # attribute, value; the value "" of a clearing stands for all
_Moment = tuple[int, int]  # UNIX ms of the last sighting, then the journal number


def living(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The claims that count, in the order given: neither blank nor cleared; clearings stay. The same tuple where there
    is nothing to leave out. One claim may come in parts, as the records of one customer hold it.

    Where a customer may have several values, a cleared one is gone for good, whoever says it again, until an operator
    or an import does so later; a clearing of all means those seen up to then. Of single values a clearing takes what
    was said up to then.
    """
    every = tuple(claims)
    for claim in every:
        if not claim.value or claim.attribute.startswith(CLEARED_PREFIX):
            memory = _remember(every)
            return tuple([c for c in every if memory.lives(c)])
    return every


@frozen
class _Memory:
    """When each claim was last made, each fact first said, each fact last cleared."""

    last: dict[_Identity, _Moment]
    first: dict[_Fact, int]
    cleared: dict[_Fact, _Moment]

    def lives(self, claim: Claim) -> bool:
        if claim.attribute.startswith(CLEARED_PREFIX):
            return True
        if not claim.value:
            return False
        several = is_union(claim.attribute)
        cleared = self._cleared(claim, several)
        witnesses = [(claim.attribute, claim.value, by) for by in _RESTORERS] if several else [claim.identity]
        return not cleared or any(i in self.last and self.last[i] > max(cleared) for i in witnesses)

    def _cleared(self, claim: Claim, several: bool) -> list[_Moment]:
        """The clearings that mean this claim."""
        fact = (claim.attribute, claim.value)
        moments = [self.cleared[fact]] if fact in self.cleared else []
        of_all = self.cleared.get((claim.attribute, ""))
        if of_all and (not several or self.first[fact] <= of_all[0]):
            moments.append(of_all)
        return moments


def _remember(claims: Iterable[Claim]) -> _Memory:
    memory = _Memory({}, {}, {})
    for c in claims:
        at, seq = memory.last.get(c.identity, (c.last_at, c.seq))
        memory.last[c.identity] = (max(at, c.last_at), min(seq, c.seq))
        fact = (c.attribute, c.value)
        memory.first[fact] = min(c.first_at, memory.first.get(fact, c.first_at))
    for (attribute, value, _), moment in memory.last.items():
        if attribute.startswith(CLEARED_PREFIX):
            fact = (attribute.removeprefix(CLEARED_PREFIX), value)
            memory.cleared[fact] = max(moment, memory.cleared.get(fact, moment))
    return memory
