"""Erasing: the store is folded anew without a person and takes its place, and its older copies are removed.

What comes in of him while that is under way is erased with the rest; what comes after the exchange is of somebody new.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial
from itertools import count
from pathlib import Path

from attrs import define, field

from jivod.cli import copies
from jivod.cli.deed import now, write
from jivod.cli.office import Office
from jivod.cli.renewal import renewal, turn
from jivod.cli.twin import stepping
from jivod.flow import erase as flow
from jivod.flow.erase import Extent, Person
from jivod.flow.typed import demand_name
from jivod.model.audit import ERASED, READ
from jivod.model.entry import Entry
from jivod.model.errand import IMPORT
from jivod.model.errors import Refused
from jivod.store import erased, errands, journal, quarantine, replies, retention, side
from jivod.store.archive import Row
from jivod.store.kv import Txn
from jivod.store.lmdb import LmdbEngine
from jivod.store.mirror import Judge
from jivod.store.tables import ERRANDS, QUARANTINE, REPLIES, REPLIES_BY_TIME

STOP_FIRST = "stop the daemon first (systemctl stop jivod), or use --dry-run, which only counts"
TRIES = 5


class Overtaken(Refused):
    """More was learned of the person than an entry behind those that were folded: it has to begin anew."""


@define(eq=False, slots=False)
class Forgetting:
    """What is left out of the new store. `emptied`: the journal entries that spoke of the person."""

    person: Person
    emptied: set[int] = field(factory=set)
    quarantined: dict[bytes, bool] = field(factory=dict)
    done: int = 0

    def change(self, txn: Txn, entry: Entry) -> Entry:
        """See `flow.replay.Change`."""
        left = self.person.change(txn, entry)
        if left is not entry:
            self.emptied.add(entry.seq)
        return left

    def look(self, live: LmdbEngine) -> int:
        """See who he is by now, up to which journal entry. Raises Overtaken where that is not what was folded, Refused
        where he is nobody, or part of somebody else.
        """
        last, found = live.read(lambda txn: (journal.last(txn), flow.person(txn, self.person.root)))
        if found.root != self.person.root:
            raise Refused("this customer became part of another one, and nothing was changed; look at them again")
        if self.done and not found.continues(self.person, self.done):
            raise Overtaken("more was learned of the person")
        self.person, self.done = found, last
        return last

    @cached_property
    def without(self) -> Mapping[str, Judge]:
        """Answers of the API, and what imports left, may hold anybody."""
        return {
            REPLIES: lambda row: True,
            REPLIES_BY_TIME: lambda row: True,
            ERRANDS: _is_import,
            QUARANTINE: self._is_named_in,
        }

    def extent(self, first: Extent) -> Extent:
        """How much it was in the end."""
        return Extent(records=first.records, entries=len(self.emptied), quarantined=sum(self.quarantined.values()))

    def _is_named_in(self, row: Row) -> bool:
        key, record = row
        if key not in self.quarantined:
            self.quarantined[key] = self.person.is_named_in(quarantine.decode(record))
        return self.quarantined[key]


def measure(office: Office, id: str) -> tuple[Person, Extent]:
    """The person behind an id, and how much there is of him. Raises Refused where there is none."""
    with office.store(READ) as engine, stepping("Reading the journal", engine) as step:
        found = engine.read(lambda txn: flow.person(txn, id))
        office.touch(sorted(found.ids))
        return found, flow.extent(engine, found, step)


def complete(office: Office, id: str) -> None:
    """Where whoever had this id was erased already, by a process that was killed behind that, remove what it left."""
    with office.store() as engine:
        was_erased = engine.read(lambda txn: erased.by(txn, id)) is not None
    if was_erased:
        state_dir = office.settings.state_dir
        with turn(state_dir):
            side.remove(state_dir / side.NAME)
            copies.remove_holding(office.settings, id)


def erase(
    office: Office, person: Person, extent: Extent, reason: str, by: str, keep: Path | None = None
) -> tuple[Entry, Extent]:
    """Erase him; the proof, and how much it was. Older copies that may hold him are removed, but not `keep`, which has
    nothing of him. Raises Refused, and nothing was changed.
    """
    demand_name(by, flow.NAMELESS)
    flow.demand_reason(reason)
    for attempt in count(1):
        try:
            return _erase(office, person, extent, reason, by, keep)
        except Overtaken:
            if attempt == TRIES:
                raise Refused(
                    "more and more is learned of this person, and nothing was changed; do this again when he is quiet"
                ) from None
            person, extent = measure(office, person.root)
    raise AssertionError  # the last attempt has an end


def _erase(
    office: Office, person: Person, extent: Extent, reason: str, by: str, keep: Path | None
) -> tuple[Entry, Extent]:
    gone = Forgetting(person=person)
    with renewal(
        office, STOP_FIRST, action=ERASED, customers=(person.root,),
        change=gone.change, look=gone.look, without=gone.without,
    ) as new:  # fmt: skip
        proofs: list[Entry] = []

        def finish() -> None:
            write(new.twin, quarantine.recount)
            write(new.twin, replies.recount)
            write(new.twin, partial(retention.set_looked, seq=0))  # conversations may end earlier now
            entries = len(gone.emptied)
            proofs.append(
                write(new.twin, lambda txn: flow.sign(txn, office.hand(txn, by, now()), gone.person, reason, entries))
            )

        new.take_place(finish)
        office.touch(sorted(gone.person.ids), [proofs[0].seq])
        copies.remove_holding(office.settings, person.root, keep)  # before it is another one's turn
    return proofs[0], gone.extent(extent)


def _is_import(row: Row) -> bool:
    errand = errands.decode(row[1])
    return errand.kind == IMPORT and errand.is_over
