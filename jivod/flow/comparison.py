"""Comparison: two customers who may be one, side by side: what is equal, what differs, what speaks for one and against
it, and what would stand there after a merge.
"""

from __future__ import annotations

from collections.abc import Iterator

from jivod.flow.doubts import Values, favour, fields
from jivod.flow.people import People
from jivod.model.contact import KINDS, Key
from jivod.model.customer import GoldenRecord
from jivod.model.value import frozen
from jivod.policy import survivorship
from jivod.policy.rules import Rules, folded
from jivod.policy.veto import Held
from jivod.store import customers, shared
from jivod.store.kv import Txn

EQUAL, DIFFERING, ONE_SIDED = "equal", "differing", "one-sided"
KEY_DISAGREES, TOO_COMMON, CALLED_SHARED, NAMES_DIFFER = "key", "common", "shared", "names"
"""What stands against a merge; the first three are about a key or a kind of key."""


@frozen(kw_only=True)
class Line:
    """What the two say of a field, and what would be shown after a merge."""

    field: str
    mark: str
    a: Values
    b: Values
    after: Values

    @property
    def both(self) -> frozenset[str]:
        """What both say."""
        return frozenset(self.a) & frozenset(self.b)


@frozen(kw_only=True)
class Objection:
    """What stands against a merge: a word above, and the kind of key or the key that it is about."""

    ground: str
    kind: str = ""
    value: str = ""


@frozen(kw_only=True)
class Comparison:
    """`winner` is the one that should stay, by the word `ground`; `after` is he with the other one in him. `shared` are
    the keys that both hold, strongest kind first.
    """

    a: GoldenRecord
    b: GoldenRecord
    winner: GoldenRecord
    loser: GoldenRecord
    ground: str
    after: GoldenRecord
    lines: tuple[Line, ...]
    shared: tuple[Key, ...]
    against: tuple[Objection, ...]

    @property
    def brings(self) -> tuple[tuple[str, Values], ...]:
        """What the winner would have that he has not now, by field."""
        now = fields(self.winner)
        then = fields(self.after).items()
        news = [(name, tuple([v for v in values if v not in now.get(name, ())])) for name, values in then]
        return tuple([(name, values) for name, values in news if values])


def compare(txn: Txn, people: People, a: str, b: str, rules: Rules) -> Comparison:
    """The living customers `a` and `b`, who are two."""
    mine, theirs = people.golden(a, rules), people.golden(b, rules)
    winner, loser, ground = favour(mine, theirs)
    after = merged(people, winner.id, loser.id, rules)
    ours, others = (people.candidate(id, alone=True).held for id in (a, b))
    keys = tuple([Key(kind, value) for kind in rules.kinds for value in sorted(_common(kind, ours, others))])
    return Comparison(
        a=mine,
        b=theirs,
        winner=winner,
        loser=loser,
        ground=ground,
        after=after,
        lines=tuple(_lines(mine, theirs, after)),
        shared=keys,
        against=tuple([*_disagreeing(ours, others), *_weak(txn, keys, rules), *_names(mine, theirs)]),
    )


def merged(people: People, winner: str, loser: str, rules: Rules) -> GoldenRecord:
    """What `winner` would be with `loser` in him. Nothing is written."""
    first, *rest = people.family(winner)
    return survivorship.golden(first, (*rest, *people.family(loser)), rules)


def _lines(a: GoldenRecord, b: GoldenRecord, after: GoldenRecord) -> Iterator[Line]:
    ours, theirs, then = fields(a), fields(b), fields(after)
    for field in dict.fromkeys([*ours, *theirs]):
        mine, other = ours.get(field, ()), theirs.get(field, ())
        if mine or other:
            yield Line(field=field, mark=_mark(mine, other), a=mine, b=other, after=then.get(field, ()))


def _mark(a: Values, b: Values) -> str:
    if not (a and b):
        return ONE_SIDED
    return EQUAL if {*a} == {*b} else DIFFERING


def _common(kind: str, a: Held, b: Held) -> frozenset[str]:
    return a.get(kind, frozenset()) & b.get(kind, frozenset())


def _disagreeing(a: Held, b: Held) -> Iterator[Objection]:
    """Kinds of which both have keys and none in common. Everybody has several browsers: they say nothing."""
    for kind in KINDS[:-1]:
        ours, theirs = a.get(kind), b.get(kind)
        if ours and theirs and not ours & theirs:
            yield Objection(ground=KEY_DISAGREES, kind=kind)


def _weak(txn: Txn, keys: tuple[Key, ...], rules: Rules) -> Iterator[Objection]:
    for key in keys:
        word = shared.get(txn, key)
        if word:
            yield Objection(ground=CALLED_SHARED, kind=key.kind, value=key.value)
        elif word is None and len(customers.having(txn, key, rules.too_common)) >= rules.too_common:
            yield Objection(ground=TOO_COMMON, kind=key.kind, value=key.value)


def _names(a: GoldenRecord, b: GoldenRecord) -> Iterator[Objection]:
    if a.name and b.name and not _words(a.name) & _words(b.name):
        yield Objection(ground=NAMES_DIFFER)


def _words(name: str) -> frozenset[str]:
    return frozenset(folded(name).split())
