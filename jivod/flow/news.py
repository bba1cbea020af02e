"""News: what people want to hear of at once: what a journal entry tells, of whom, in a line. Read only.

Whoever listens says up to which journal number he has heard, and whom he asks about. Of all entries he hears in their
order, each once; where he has fallen too far behind, he is told so instead. Of one customer nobody falls behind while
little happens to that one, however much happens to others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice

from attrs import define, field

from jivod.flow import gist
from jivod.flow.case import open_case
from jivod.flow.people import People
from jivod.flow.reading import read
from jivod.model.customer import GoldenRecord
from jivod.model.decision import Decision, Detach, Different, Merge, Shared, Unmerge
from jivod.model.entry import DECISION, EVENT, IMPORT, Entry
from jivod.model.errors import Damaged
from jivod.model.event import CallEvent, ChatAccepted, ChatFinished, CrmEvent, Event, Foreign, OfflineMessage
from jivod.model.value import frozen
from jivod.policy.evidence import agent_label
from jivod.policy.rules import Rules
from jivod.store import decisions, edges, former, journal, reasons
from jivod.store.kv import Txn
from jivod.wire import decision as wire

CHAT, FINISHED, CALL, MESSAGE, EDIT, MERGE, UPDATE = "chat", "finished", "call", "message", "edit", "merge", "update"

LAG = 500  # entries that one may be behind
WINDOW = 2000  # entries that are looked at, rows of an import among them
PAGE = 100  # entries that are told at once

_BUDGET = 2 * PAGE  # items made for all who listen, at once
_SCAN = 100
_BETWEEN = frozenset(("agent_connected", "client_connected"))  # states of a call that are no news
UNSHARED = "unshared"  # instead of the name of a decision by which a contact is one customer's own again
_MERGES = (Merge, Unmerge, Detach, Different)


@frozen(kw_only=True)
class Item:
    """Journal entry `seq`, of `at` (UNIX ms). `customer` is as he is now, None where it is about nobody who is known;
    `by` the agent, or whoever decided; `deed` the name of a decision (or UNSHARED), or the state of a call. `line`: the
    first line of what was said. `joined`: it made records one. `account` and `ref` are of the conversation that it is
    part of ("": of none), `name` is the one that was given in it, which proves nothing.
    """

    seq: int
    at: int
    kind: str
    customer: GoldenRecord | None
    channel: str = ""
    line: str = ""
    by: str = ""
    deed: str = ""
    joined: bool = False
    account: str = ""
    ref: str = ""
    name: str = ""


@frozen
class Wish:
    """Everything behind entry `after` (None: from now on), or what is about the `customer` of this id, and about those
    who were merged into him.
    """

    after: int | None
    customer: str | None = None


@frozen(kw_only=True)
class Told:
    """What there was, up to entry `upto`; `more` is there already. `lost`: too much to tell."""

    upto: int
    items: tuple[Item, ...] = ()
    more: bool = False
    lost: bool = False


def hear(txn: Txn, wishes: Collection[Wish], rules: Rules) -> dict[Wish, Told]:
    """What there is for each. Those who have heard the most come first; for the others there may be nothing yet."""
    desk = _Desk(txn, People(txn), rules)
    last = journal.last(txn)
    told = {wish: Told(upto=last, lost=wish.after is not None) for wish in wishes}
    here = [wish for wish in wishes if wish.after is not None and wish.after <= last]
    here.sort(key=lambda wish: -(wish.after or 0))
    window = _window(txn, [wish.after or 0 for wish in here if wish.customer is None], last)
    for wish in here:
        if wish.customer is not None:
            told[wish] = desk.of_one(wish.customer, wish.after or 0, last)
        elif last - (wish.after or 0) <= WINDOW:
            told[wish] = desk.of_all(window, wish.after or 0, last)
    return told


def latest(txn: Txn, rules: Rules, limit: int, after: int = 0) -> list[Item]:
    """The last `limit` items behind entry `after`, the newest first. What is only an update is not among them. Fewer
    where the last entries are nothing of the kind.
    """
    desk = _Desk(txn, People(txn), rules)
    found: list[Item] = []
    before: int | None = None
    for _ in range(WINDOW // _SCAN):
        page = journal.before(txn, before, _SCAN)
        items = (desk.item(entry) for entry in page if entry.seq > after)
        found += islice((item for item in items if item is not None and item.kind != UPDATE), limit - len(found))
        before = page[-1].seq if page else 0
        if len(found) == limit or before <= after + 1:
            break
    return found


def _window(txn: Txn, afters: list[int], last: int) -> list[Entry]:
    near = [after for after in afters if last - after <= WINDOW]
    return journal.after(txn, min(near), WINDOW) if near and min(near) < last else []


@define(eq=False)
class _Desk:
    """Makes items, each once, however many listen."""

    txn: Txn
    people: People
    rules: Rules
    _made: dict[int, Item | None] = field(factory=dict)
    _customers: dict[str, GoldenRecord] = field(factory=dict)

    def of_all(self, window: list[Entry], after: int, last: int) -> Told:
        """What is in the window of the journal, without the rows of imports."""
        entries = [entry for entry in window if entry.seq > after and entry.kind != IMPORT]
        if len(entries) > LAG:
            return Told(upto=last, lost=True)
        whole = len(entries) <= PAGE
        end = max(after, window[-1].seq if window else last) if whole else entries[PAGE - 1].seq
        return self._tell(entries[:PAGE], after, end, more=end < last)

    def of_one(self, id: str, after: int, last: int) -> Told:
        """What is about a customer."""
        record = former.meant(self.txn, id)
        seqs = [] if record is None else self._seqs(edges.tree(self.txn, self.people.root(record)), after)
        if len(seqs) > LAG:
            return Told(upto=last, lost=True)
        whole = len(seqs) <= PAGE
        entries = (self._entry(seq) for seq in seqs[:PAGE])
        return self._tell(entries, after, last if whole else seqs[PAGE - 1], more=not whole)

    def item(self, entry: Entry) -> Item | None:
        """What an entry tells; None for what is nobody's business."""
        if entry.seq not in self._made:
            self._made[entry.seq] = self._make(entry)
        return self._made[entry.seq]

    def _tell(self, entries: Iterable[Entry], after: int, upto: int, *, more: bool) -> Told:
        if len(self._made) > _BUDGET:
            return Told(upto=after, more=True)
        items = tuple([item for entry in entries if (item := self.item(entry)) is not None])
        return Told(upto=upto, items=items, more=more)

    def _make(self, entry: Entry) -> Item | None:
        if entry.kind == DECISION:
            return self._of_decision(entry, wire.read(entry.body))
        if entry.kind not in (EVENT, IMPORT):
            return None
        event = read(entry).event
        return None if isinstance(event, (CrmEvent, Foreign)) else self._of_event(entry, event)

    def _of_event(self, entry: Entry, event: Event) -> Item:
        reason = reasons.get(self.txn, entry.seq)
        case = open_case(entry, event)
        agent = event.agents[-1] if event.agents else None
        return Item(
            seq=entry.seq,
            at=entry.received_at,
            kind=_kind(event),
            customer=self._golden(reason.customer if reason else None),
            channel=entry.origin.site or entry.origin.channel,
            line=gist.of_event(event),
            by=agent_label(agent) or "",
            deed=(event.call.status or "") if isinstance(event, CallEvent) else "",
            joined=bool(reason and reason.merged),
            account=case.account,
            ref=case.ref or "",
            name=event.visitor.name or "",
        )

    def _of_decision(self, entry: Entry, decision: Decision) -> Item:
        ids = (former.meant(self.txn, id) for id in wire.ids_of(decision))
        return Item(
            seq=entry.seq,
            at=entry.received_at,
            kind=MERGE if isinstance(decision, _MERGES) else EDIT,
            customer=self._golden(next((id for id in ids if id is not None), None)),
            line=gist.of_decision(decision),
            by=decision.by,
            deed=UNSHARED if isinstance(decision, Shared) and not decision.shared else wire.name_of(decision),
            joined=isinstance(decision, Merge),
        )

    def _golden(self, id: str | None) -> GoldenRecord | None:
        if id is None:
            return None
        root = self.people.root(id)
        if root not in self._customers:
            self._customers[root] = self.people.golden(root, self.rules)
        return self._customers[root]

    def _seqs(self, members: list[str], after: int) -> list[int]:
        most = LAG + 1
        found = [reasons.numbers(self.txn, id, after, most) + decisions.of(self.txn, id, after, most) for id in members]
        return sorted({seq for seqs in found for seq in seqs})

    def _entry(self, seq: int) -> Entry:
        entry = journal.get(self.txn, seq)
        if entry is None:
            raise Damaged("reasons: a record names a journal entry that is not there; run `jivod check`")
        return entry


def _kind(event: Event) -> str:
    match event:
        case ChatAccepted():
            return CHAT
        case ChatFinished():
            return FINISHED
        case OfflineMessage():
            return MESSAGE
        case CallEvent() if event.call.status not in _BETWEEN:
            return CALL
    return UPDATE
