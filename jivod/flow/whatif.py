"""Whatif: who would be one, who would be several, and what would look different, if another policy had been in force
from the first entry on. Two stores are compared that were folded from one journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from attrs import define

from jivod.flow import regime
from jivod.flow.people import People
from jivod.model.customer import GoldenRecord
from jivod.model.value import frozen
from jivod.policy.rules import Rules
from jivod.store import customers, decisions, edges, journal, reasons
from jivod.store.kv import Engine, Txn

MERGE = "merge"  # several customers would be one
SPLIT = "split"  # one customer would be several
CHANGE = "change"  # a customer would look different
VANISH = "vanish"  # of a customer nothing would be left but history that is nobody's
APPEAR = "appear"  # history that is nobody's would be a customer
KINDS = (MERGE, SPLIT, CHANGE, VANISH, APPEAR)

PAGE = 200  # customers that are looked at in one transaction; see `flow.replay.BATCH`
MANY = 1 << 20  # decisions about one record

Change = tuple[Any, Any]  # what is seen now, what would be; None, text, a list of texts, texts by name


@frozen(kw_only=True)
class Face:
    """By what a person knows a customer again."""

    id: str
    name: str | None
    emails: tuple[str, ...]
    phones: tuple[str, ...]


@frozen(kw_only=True)
class Finding:
    """`kind` is one of KINDS; `now` are the living customers as they are, `then` what they would be. `changes` tells,
    by field, what would look different.
    """

    kind: str
    now: tuple[Face, ...] = ()
    then: tuple[Face, ...] = ()
    changes: dict[str, Change] = {}


def compare(live: Engine, other: Engine, since: int | None, progress: Callable[[int, int], None]) -> Iterator[Finding]:
    """What differs about customers of whom entries were received from `since` on (UNIX ms; None: about all).

    `progress` gets (done, of) between transactions.
    """
    total, done = 2 * live.read(journal.last), 0
    for engine, look in ((live, _look_at_now), (other, _look_at_then)):
        for ids in _pages(engine):
            view = _View(ids, look, since)
            yield from live.read(lambda mine, view=view: other.read(lambda theirs: view(mine, theirs)))  # type: ignore[misc]
            done = min(total, done + view.looked_at)
            progress(done, total)
    progress(total, total)


def _pages(engine: Engine) -> Iterator[list[str]]:
    """The ids of all records, the newest first, in pages."""
    before = None
    while ids := engine.read(lambda txn, before=before: customers.newest(txn, PAGE, before)):  # type: ignore[misc]
        yield ids
        before = ids[-1]


@define(eq=False)
class _View:
    """A page of customers, looked at in both stores. `looked_at` counts their entries."""

    ids: list[str]
    look: _Look
    since: int | None
    looked_at: int = 0

    def __call__(self, mine: Txn, theirs: Txn) -> list[Finding]:
        now, then = _Side.of(mine), _Side.of(theirs)
        found = [finding for id in self.ids for finding in self.look(now, then, id, self.since)]
        self.looked_at = now.looked_at + then.looked_at
        return found


@define(eq=False)
class _Side:
    """One of the two stores, as a page of customers looks at it. `looked_at` counts entries."""

    txn: Txn
    people: People
    rules: Rules
    looked_at: int = 0

    @classmethod
    def of(cls, txn: Txn) -> _Side:
        return cls(txn, People(txn), regime.in_force(txn))

    def is_living(self, id: str) -> bool:
        return edges.get(self.txn, id) is None and customers.get(self.txn, id) is not None

    def entries(self, root: str) -> list[int]:
        """The numbers of all entries of a living customer."""
        return [seq for id in edges.tree(self.txn, root) for seq in reasons.numbers(self.txn, id)]

    def owners(self, seqs: Iterable[int]) -> list[str]:
        """The living customers to whom these entries belong, each once."""
        told = [reasons.get(self.txn, seq) for seq in seqs]
        homes = dict.fromkeys([reason.customer for reason in told if reason is not None and reason.customer])
        return list(dict.fromkeys([self.people.root(home) for home in homes]))

    def golden(self, root: str) -> GoldenRecord:
        return self.people.golden(root, self.rules)

    def faces(self, roots: Iterable[str]) -> tuple[Face, ...]:
        found = [self.golden(root) for root in sorted(roots)]
        return tuple([Face(id=g.id, name=g.name, emails=g.emails, phones=g.phones) for g in found])

    def is_recent(self, roots: Iterable[str], since: int | None) -> bool:
        """Whether an entry of these customers, or a decision about them, was received from `since` on."""
        if since is None:
            return True
        ids = [id for root in roots for id in edges.tree(self.txn, root)]
        seqs = [seq for id in ids for seq in (*reasons.numbers(self.txn, id), *decisions.of(self.txn, id, 0, MANY))]
        entries = (journal.get(self.txn, seq) for seq in sorted(seqs, reverse=True))
        return any(entry is not None and entry.received_at >= since for entry in entries)


_Look = Callable[[_Side, _Side, str, int | None], Iterator[Finding]]


def _look_at_now(now: _Side, then: _Side, id: str, since: int | None) -> Iterator[Finding]:
    """What would become of the customer `id`."""
    if not now.is_living(id):
        return
    seqs = now.entries(id)
    now.looked_at += len(seqs)
    successors = [id] if _is_the_same(then, id, seqs) else then.owners(seqs)
    if len(successors) == 1:
        yield from _look_at_values(now, then, id, successors[0], since)
    elif seqs and now.is_recent([id], since):
        kind = SPLIT if successors else VANISH
        yield Finding(kind=kind, now=now.faces([id]), then=then.faces(successors))


def _look_at_then(now: _Side, then: _Side, id: str, since: int | None) -> Iterator[Finding]:
    """Of whom the customer `id` would be made."""
    if not then.is_living(id):
        return
    seqs = then.entries(id)
    then.looked_at += len(seqs)
    forerunners = [id] if _is_the_same(now, id, seqs) else now.owners(seqs)
    if len(forerunners) > 1 and now.is_recent(forerunners, since):
        yield Finding(kind=MERGE, now=now.faces(forerunners), then=then.faces([id]))
    elif seqs and not forerunners and then.is_recent([id], since):
        yield Finding(kind=APPEAR, then=then.faces([id]))


def _look_at_values(now: _Side, then: _Side, id: str, successor: str, since: int | None) -> Iterator[Finding]:
    """What would look different about a customer who stays alone."""
    mine, theirs = visible(now.golden(id)), visible(then.golden(successor))
    if mine == theirs or now.owners(then.entries(successor)) != [id] or not now.is_recent([id], since):
        return
    changes = {field: (mine[field], theirs[field]) for field in mine if mine[field] != theirs[field]}
    yield Finding(kind=CHANGE, now=now.faces([id]), then=then.faces([successor]), changes=changes)


def _is_the_same(side: _Side, id: str, seqs: list[int]) -> bool:
    """Whether the customer of this id has just these entries there too. Nearly all have, under most policies."""
    return side.is_living(id) and side.entries(id) == seqs


def visible(golden: GoldenRecord) -> dict[str, Any]:
    """What people see of a customer, the important first. The first e-mail and phone are the primary ones."""
    return {
        "name": golden.name,
        "emails": golden.emails,
        "phones": golden.phones,
        "description": golden.description,
        "attributes": golden.attributes,
        "tags": golden.tags,
        "contested": tuple([(c.attribute, c.value) for c in golden.contested]),
    }
