"""Feed: what of an event or of a decision others may want to hear, noted in the transaction of the thing itself.

While nobody listens there is no `Ear`, and nothing is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import define

from jivod.flow.attribution import Attribution
from jivod.flow.case import Case
from jivod.flow.people import People
from jivod.flow.whatif import visible
from jivod.model.change import CALL_ENDED, CHAT_FINISHED, CREATED, ERASED, MERGED, OFFLINE_MESSAGE, UNMERGED, UPDATED
from jivod.model.decision import Create, Decision, Detach, Merge, Unmerge
from jivod.model.entry import Entry
from jivod.model.event import CallEvent, ChatFinished, Event, OfflineMessage
from jivod.model.reason import Reason
from jivod.policy.rules import Rules
from jivod.store import customers, outbox
from jivod.store.kv import Txn

_ENDS = frozenset({"end", "error"})  # states behind which there is no other one of a call

Faces = dict[str, Any]  # living customer -> what people see of him


@define(eq=False)
class Ear:
    """Notes what happens to customers from here to the end of the transaction. `before`: how they looked."""

    txn: Txn
    people: People
    rules: Rules
    before: Faces

    def event(self, case: Case, attribution: Attribution, reason: Reason) -> None:
        """An event was recorded."""
        home = self.people.root(reason.customer) if reason.customer else ""
        if attribution.is_new and reason.customer:
            self._note(case.entry, CREATED, reason.customer)
        for loser in reason.merged:
            self._note(case.entry, MERGED, home, loser)
        self._note_seen(case.entry, [home])
        kind = _kind_of(case.event)
        if kind is not None:
            self._note(case.entry, kind, home)

    def decision(self, entry: Entry, decision: Decision, touched: tuple[str, ...]) -> None:
        """A decision was carried out; it was about the records `touched`."""
        if isinstance(decision, Merge):
            loser, winner = touched
            self._note(entry, MERGED, self.people.root(winner), loser)
        elif isinstance(decision, Unmerge):
            for loser, winner in decision.parted:
                self._note(entry, UNMERGED, loser, winner)
        elif isinstance(decision, Create | Detach):
            self._note(entry, CREATED, touched[-1])
        self._note_seen(entry, [self.people.root(id) for id in touched])

    def _note_seen(self, entry: Entry, roots: Iterable[str]) -> None:
        """Tell of those who were there before and look different now."""
        for root in dict.fromkeys(roots):
            if root in self.before and self.before[root] != _face(self.people, root, self.rules):
                self._note(entry, UPDATED, root)

    def _note(self, entry: Entry, kind: str, customer: str, other: str = "") -> None:
        outbox.note(self.txn, kind, customer, other=other, seq=entry.seq, at=entry.received_at)


def listen_to_event(txn: Txn, people: People, attribution: Attribution, rules: Rules) -> Ear | None:
    """What hears of an event, before it is recorded; None while nobody listens."""
    wanted = outbox.wanted(txn)
    if not wanted:
        return None
    home, verdict = attribution.home, attribution.verdict
    ids = [home.id] if home is not None and not attribution.is_new else []
    if verdict.winner is not None and (home is None or verdict.winner != home.id):
        ids.append(verdict.winner)
    return Ear(txn, people, rules, _faces(people, ids, rules) if UPDATED in wanted else {})


def listen_to_decision(txn: Txn, people: People, ids: Iterable[str], rules: Rules) -> Ear | None:
    """What hears of a decision about the records `ids`, before it is carried out; None while nobody listens."""
    wanted = outbox.wanted(txn)
    if not wanted:
        return None
    there = [id for id in ids if customers.get(txn, id) is not None]  # one who is to be created is not, yet
    return Ear(txn, people, rules, _faces(people, there, rules) if UPDATED in wanted else {})


def note_erased(txn: Txn, id: str, entry: Entry) -> None:
    """Nothing is left of the customer `id`, who was living until `entry`."""
    outbox.note(txn, ERASED, id, seq=entry.seq, at=entry.received_at)


def _faces(people: People, ids: Iterable[str], rules: Rules) -> Faces:
    return {root: _face(people, root, rules) for root in dict.fromkeys([people.root(id) for id in ids])}


def _face(people: People, root: str, rules: Rules) -> Any:
    golden = people.golden(root, rules)
    return visible(golden), golden.social, golden.verified, golden.verified_contacts


def _kind_of(event: Event) -> str | None:
    if isinstance(event, ChatFinished):
        return CHAT_FINISHED
    if isinstance(event, OfflineMessage):
        return OFFLINE_MESSAGE
    return CALL_ENDED if isinstance(event, CallEvent) and event.call.status in _ENDS else None
