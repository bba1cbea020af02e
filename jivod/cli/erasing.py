"""Erasing: the store is folded anew without a person and takes its place, and its older copies are removed."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from jivod.cli import swap
from jivod.cli.deed import now, write
from jivod.cli.office import Office
from jivod.cli.renewal import NEW, OLD, renewal
from jivod.cli.twin import stepping
from jivod.flow import erase as flow
from jivod.flow.erase import Extent, Person
from jivod.flow.replay import Change
from jivod.flow.typed import demand_name
from jivod.model.audit import ERASED, READ
from jivod.model.entry import Entry
from jivod.model.errors import Refused
from jivod.store import keys, quarantine, replies, retention
from jivod.store.lmdb import LmdbEngine
from jivod.store.tables import REPLIES, REPLIES_BY_TIME

STOP_FIRST = "stop the daemon first (systemctl stop jivod), or use --dry-run, which only counts"
ANSWERS = (REPLIES, REPLIES_BY_TIME)  # of the API, of the last day: they may hold anybody
COPIES = (NEW, OLD, "data.schema-*", "before-restore-*")  # in the state directory: stores of earlier days


def measure(office: Office, id: str) -> tuple[Person, Extent]:
    """The person behind an id, and how much there is of him. Raises Refused where there is none."""
    with office.store(READ) as engine, stepping("Reading the journal", engine) as step:
        found = engine.read(lambda txn: flow.person(txn, id))
        office.touch(sorted(found.ids))
        return found, flow.extent(engine, found, step)


def erase(office: Office, person: Person, extent: Extent, reason: str, by: str, keep: Path | None = None) -> Entry:
    """Erase him; the proof. Of older copies only `keep`, which has nothing of him, is left. Raises Refused, and nothing
    was changed.
    """
    demand_name(by, flow.NAMELESS)
    flow.demand_reason(reason)

    def change_of(live: LmdbEngine) -> Change:
        _demand_same(live, person)
        return person.change

    with renewal(office, STOP_FIRST, action=ERASED, customers=(person.root,), change_of=change_of) as new:
        numbers = new.live.read(lambda txn: list(flow.in_quarantine(txn, person)))
        new.carry_over(but=ANSWERS, quarantined_but={keys.up(number) for number in numbers})
        write(new.twin, quarantine.recount)
        write(new.twin, replies.recount)
        write(new.twin, partial(retention.set_looked, seq=0))  # conversations may end earlier now
        proof = write(new.twin, lambda txn: flow.sign(txn, office.hand(txn, by, now()), person, reason, extent.entries))
        _demand_same(new.live, person)
        new.take_place()
        office.touch(sorted(person.ids), [proof.seq])
    _remove_copies(office.settings.state_dir, keep)
    return proof


def _demand_same(live: LmdbEngine, person: Person) -> None:
    """Raise Refused if more was told or decided of the person since it was measured."""
    if live.read(lambda txn: flow.person(txn, person.root)) != person:
        raise Refused("something came in of this person meanwhile, and nothing was changed; do this again")


def _remove_copies(state_dir: Path, keep: Path | None) -> None:
    for pattern in COPIES:
        for path in state_dir.glob(pattern):
            if path != keep:
                shutil.rmtree(path)
    swap.flush(state_dir)
