"""History: the timeline of a customer as his page shows it: a page of items, each with what may be done about it."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from jivod.flow import retract, timeline
from jivod.flow.glimpse import Glimpse, Purse
from jivod.flow.people import People
from jivod.flow.timeline import Item, Place
from jivod.model.access import Role
from jivod.model.decision import Decision, Retract
from jivod.store.kv import Txn
from jivod.web.api import page as cursors
from jivod.web.pages.page import Ask
from jivod.wire import decision as wire

MANY = 20  # items of one page
AGENTS = 5


@frozen(kw_only=True)
class Line:
    """An item; what a list shows of its conversation; the name of the decision, and of the one that it takes back;
    whether the viewer may undo it.
    """

    item: Item
    glimpse: Glimpse | None = None
    deed: str = ""
    taken: str = ""
    undo: bool = False


def lines(txn: Txn, ask: Ask, root: str, kind: str | None, cursor: str | None) -> tuple[list[Line], str | None]:
    """The items of the living customer `root` behind the cursor, and the cursor of the page after."""
    found = timeline.page(txn, root, MANY, kind, _place(cursor))
    teller = _Teller(People(txn), ask, root, Purse())
    return [teller.line(item) for item in found.items], _cursor(found.after)


def agents(lines: Iterable[Line]) -> list[str]:
    """Who spoke with the customer in these, the last one first."""
    facts = [fact for line in lines if line.item.chat is not None for fact in line.item.chat.facts]
    return list(dict.fromkeys([fact.value for fact in facts if fact.attribute == "agent"]))[:AGENTS]


def may_undo(txn: Txn, ask: Ask, decision: Decision) -> bool:
    """Whether the viewer may take back a decision of this kind."""
    return ask.viewer.role.covers(Role.STEWARD) or retract.is_of_data(txn, decision)


@frozen
class _Teller:
    """Tells of the living customer `root` what happened."""

    people: People
    ask: Ask
    root: str
    purse: Purse

    def line(self, item: Item) -> Line:
        if item.chat is not None:
            return Line(item=item, glimpse=self.purse.glimpse(self.people.txn, item.chat))
        if item.decided is None:
            return Line(item=item)
        decision, txn = item.decided.decision, self.people.txn
        undo = may_undo(txn, self.ask, decision) and retract.opposite(self.people, self.root, item.decided) is not None
        return Line(item=item, deed=wire.name_of(decision), taken=_taken(txn, decision), undo=undo)


def _taken(txn: Txn, decision: Decision) -> str:
    found = retract.decided(txn, decision.of) if isinstance(decision, Retract) else None
    return "" if found is None else wire.name_of(found.decision)


def _cursor(place: Place | None) -> str | None:
    """A place as one list of texts and numbers; what nothing came before yet is a blank."""
    if place is None:
        return None
    at, account, ref = place.chat or (0, "", "")
    edge_at, loser = place.edge or (0, "")
    return cursors.write("history", at, account, ref, place.seq or 0, edge_at, loser)


def _place(cursor: str | None) -> Place | None:
    found = cursors.read(cursor, "history", int, str, str, int, int, str)
    if found is None:
        return None
    at, account, ref, seq, edge_at, loser = found
    return Place(
        chat=(at, account, ref) if ref else None, seq=seq or None, edge=(edge_at, loser) if loser else None
    )
