"""Undo: what was merged and what was added to a customer because of one key, in pages; and to take a page of it back.

A page goes on behind `after`, the `place` of the last one of the page before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from jivod.flow import regime, steward
from jivod.flow.detach import LONGEST, Told, entered_at, told
from jivod.flow.enact import BY_PERSON
from jivod.model.claim import OPERATOR
from jivod.model.contact import KINDS, Key
from jivod.model.customer import Customer, Edge
from jivod.model.entry import Entry
from jivod.model.errors import Damaged
from jivod.model.value import frozen
from jivod.policy.identity import DETACHED, KEY, NEW
from jivod.store import customers, edges, journal, reasons, shared
from jivod.store.kv import Txn
from jivod.wire import decision as wire

PAGE = steward.MOST

_FOUNDING = (NEW, DETACHED)


@frozen(kw_only=True)
class Merged:
    """A merge as it stands. `keys` led to it: the one that found the loser, the one that decided. Where a person did it
    there are none, and `by` is his name.
    """

    edge: Edge
    keys: tuple[Key, ...] = ()
    by: str = ""

    @property
    def place(self) -> str:
        """Where it stands among all merges."""
        return self.edge.loser


@frozen(kw_only=True)
class Attachment:
    """Conversations that are in the record `record` of the living customer `customer` for no reason but one key, and
    belong to one another by other keys. `at`: UNIX ms of the first.

    `seqs` are their journal entries, `refs` their (account, ref). Both are empty for a record that has more entries
    than can be read at once: nobody can tell.
    """

    customer: str
    record: str
    at: int
    seqs: tuple[int, ...] = ()
    refs: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands among all that a key attached."""
        return self.record, self.seqs[0] if self.seqs else 0


def merges(
    txn: Txn,
    *,
    rule: str | None = None,
    key: Key | None = None,
    since: int | None = None,
    until: int | None = None,
    by: str | None = None,
    after: str = "",
    limit: int = PAGE,
) -> list[Merged]:
    """The merges by this `rule` of an edge, because of this `key`, of events from `since` on and before `until` (UNIX
    ms), decided `by` this person; all that is given must hold.
    """
    found = (
        merged(txn, edge)
        for edge in _edges(txn, after)
        if rule in (None, edge.rule) and _is_within(edge.at, since, until)
    )
    chosen = (merge for merge in found if (key is None or key in merge.keys) and by in (None, merge.by))
    return list(islice(chosen, limit))


def attachments(
    txn: Txn,
    key: Key,
    *,
    since: int | None = None,
    until: int | None = None,
    after: tuple[str, int] = ("", 0),
    limit: int = PAGE,
) -> list[Attachment]:
    """What was added to customers only because of `key`, by events from `since` on and before `until` (UNIX ms)."""
    found = (one for id in _holders(txn, key, after[0]) for one in _attached(txn, id, key))
    chosen = (one for one in found if one.place > after and _is_within(one.at, since, until))
    return list(islice(chosen, limit))


def take_back_merges(txn: Txn, hand: steward.Hand, page: Iterable[Merged]) -> tuple[Entry | None, list[Merged]]:
    """Unmerge those that still stand, at most PAGE, in one decision; the decision and those it took back."""
    there = [merge for merge in page if edges.get(txn, merge.edge.loser) == merge.edge]
    losers = tuple([merge.edge.loser for merge in there])
    return (steward.unmerge(txn, hand, losers) if losers else None), there


def take_back_attachment(txn: Txn, hand: steward.Hand, one: Attachment) -> tuple[Entry, str]:
    """Make a customer of its own of it; the decision and the new customer's id. Raises Refused."""
    entry = steward.detach(txn, hand, one.record, one.seqs)
    reason = reasons.get(txn, one.seqs[0])
    if reason is None or reason.customer is None:
        raise Damaged("reasons: what was detached belongs to nobody; run `jivod check`")
    return entry, reason.customer


def _is_within(at: int, since: int | None, until: int | None) -> bool:
    return (since is None or since <= at) and (until is None or at < until)


def _edges(txn: Txn, after: str) -> Iterator[Edge]:
    while page := edges.listed(txn, PAGE, after):
        yield from page
        after = page[-1].loser


def merged(txn: Txn, edge: Edge) -> Merged:
    """What led to this merge."""
    if edge.rule == BY_PERSON:
        entry = journal.get(txn, edge.seq)
        if entry is None:
            raise Damaged("edges: a record names a journal entry that is not there; run `jivod check`")
        return Merged(edge=edge, by=wire.read(entry.body).by)
    reason = reasons.get(txn, edge.seq)
    if reason is None:
        raise Damaged("edges: a record names a reason that is not there; run `jivod check`")
    keys = [rival.key for rival in reason.rivals if rival.customer == edge.loser]
    return Merged(edge=edge, keys=tuple(dict.fromkeys([*keys, *([reason.key] if reason.key else [])])))


def _holders(txn: Txn, key: Key, start: str) -> Iterator[str]:
    """The records that hold the key, from `start` on."""
    after = ""
    if start:
        yield start
        after = start
    while page := customers.having(txn, key, PAGE, after):
        yield from page
        after = page[-1]


def _attached(txn: Txn, id: str, key: Key) -> list[Attachment]:
    """What `key` added to one record, in the order of the journal."""
    record = customers.get(txn, id)
    if record is None:
        raise Damaged("customers: an index names a record that is not there; run `jivod check`")
    root = edges.root(txn, id)
    if record.events > LONGEST:
        return [Attachment(customer=root, record=id, at=record.seen_at)]
    groups = _groups(txn, record, told(txn, record, regime.in_force(txn)), key)
    return [
        Attachment(
            customer=root,
            record=id,
            at=min(t.at for t in group),
            seqs=tuple([t.reason.seq for t in group]),
            refs=tuple(dict.fromkeys([t.conversation for t in group])),
        )
        for group in groups
        if any(t.reason.rule == KEY and t.reason.key == key for t in group)
    ]


def _groups(txn: Txn, record: Customer, entries: list[Told], key: Key) -> list[list[Told]]:
    """The entries in groups that no key but `key` ties to one another, nor to what made the record."""
    own = _Ties()
    founding = [t for t in entries if t.reason.rule in _FOUNDING]
    if not founding and entered_at(txn, record) is None:
        founding = entries[:1]
    for t in founding:
        own.tie("", t.conversation)
    for claim in record.claims:
        if claim.source == OPERATOR and claim.attribute in KINDS and Key(claim.attribute, claim.value) != key:
            own.tie("", Key(claim.attribute, claim.value))
    for t in entries:
        dropped = {k for k, _ in t.reason.dropped}
        for k in t.keys:
            if k != key and k not in dropped and not shared.get(txn, k):
                own.tie(t.conversation, k)
    groups: dict[object, list[Told]] = {}
    for t in entries:
        groups.setdefault(own.top(t.conversation), []).append(t)
    groups.pop(own.top(""), None)
    return list(groups.values())


class _Ties:
    """What belongs together, by whatever ties it."""

    def __init__(self) -> None:
        self._up: dict[object, object] = {}

    def top(self, one: object) -> object:
        """The same for all that belong together."""
        while (above := self._up.get(one, one)) != one:
            self._up[one] = self._up.get(above, above)
            one = above
        return one

    def tie(self, one: object, other: object) -> None:
        self._up[self.top(one)] = self.top(other)
