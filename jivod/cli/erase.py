"""`jivod erase`: a person is forgotten, and no byte of him is left in any file of the state directory."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
from attrs import asdict

from jivod.cli import swap
from jivod.cli.deed import AS_JSON, BY, name_of, now, write
from jivod.cli.office import Office
from jivod.cli.renewal import NEW, OLD, renewal
from jivod.cli.screen import argument, say, say_json
from jivod.cli.twin import stepping
from jivod.cli.words import counted
from jivod.flow import erase as flow
from jivod.flow.erase import Extent, Person
from jivod.flow.replay import Change
from jivod.flow.typed import demand_name
from jivod.model.entry import Entry
from jivod.model.errors import Refused
from jivod.store import keys, quarantine, replies
from jivod.store.lmdb import LmdbEngine
from jivod.store.tables import REPLIES, REPLIES_BY_TIME

STOP_FIRST = "stop the daemon first (systemctl stop jivod), or use --dry-run, which only counts"
ANSWERS = (REPLIES, REPLIES_BY_TIME)  # of the API, of the last day: they may hold anybody
COPIES = (NEW, OLD, "data.schema-*")  # in the state directory: stores of earlier days, all with the person in them


@click.command()
@click.argument("id")
@click.option("--reason", metavar="TEXT", help="Why, in words that name nobody. It is kept, with who and when.")
@click.option("--dry-run", is_flag=True, help="Only tell how much there is of the person.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@BY
@AS_JSON
@click.pass_obj
def erase(
    office: Office, id: str, reason: str | None, dry_run: bool, yes: bool, by: str | None, as_json: bool
) -> None:
    """Erase customer ID with all that was merged into it: contacts, conversations, decisions, journal lines, and what
    waits in quarantine. It cannot be undone; `jivod show ID` or a copy for the person come first.

    Not while the daemon runs, unless --dry-run. The store is folded anew without the person, and every older copy of
    it in the state directory is removed. Backups elsewhere are not touched.
    """
    if not dry_run:
        if reason is None:
            raise click.UsageError("say why by --reason")
        if as_json and not yes:
            raise click.UsageError("say --yes with --json")
    of = argument(id)
    person, extent = _measure(office, of)
    shape = {"customer": person.root, **asdict(extent)}
    if dry_run:
        if as_json:
            say_json(shape)
        else:
            say(f"{_told(extent)} to erase; nothing was changed")
        return
    if not yes and not click.confirm(f"Erase {person.root} for ever: {_told(extent)}?"):
        say("Nothing was changed.")
        return
    proof = _erase(office, person, extent, argument(reason or ""), name_of(by))
    if as_json:
        say_json({**shape, "entry": proof.seq})
        return
    say(f"{_told(extent)} erased; #{proof.seq} is the proof")
    say("Backups made before still hold the person: remove them, or erase again after a restore.")


def _told(extent: Extent) -> str:
    parts = [counted(extent.records, "record"), counted(extent.entries, "entry", "entries") + " of the journal"]
    return ", ".join(parts) + (f", {extent.quarantined} in quarantine" if extent.quarantined else "")


def _measure(office: Office, id: str) -> tuple[Person, Extent]:
    with office.store() as engine, stepping("Reading the journal", engine) as step:
        found = engine.read(lambda txn: flow.person(txn, id))
        return found, flow.extent(engine, found, step)


def _erase(office: Office, person: Person, extent: Extent, reason: str, by: str) -> Entry:
    demand_name(by, flow.NAMELESS)
    flow.demand_reason(reason)

    def change_of(live: LmdbEngine) -> Change:
        _demand_same(live, person)
        return person.change

    with renewal(office, STOP_FIRST, change_of=change_of) as new:
        numbers = new.live.read(lambda txn: list(flow.in_quarantine(txn, person)))
        new.carry_over(but=ANSWERS, quarantined_but={keys.up(number) for number in numbers})
        write(new.twin, quarantine.recount)
        write(new.twin, replies.recount)
        proof = write(new.twin, lambda txn: flow.sign(txn, office.hand(txn, by, now()), person, reason, extent.entries))
        _demand_same(new.live, person)
        new.take_place()
    _remove_copies(office.settings.state_dir)
    return proof


def _demand_same(live: LmdbEngine, person: Person) -> None:
    """Raise Refused if more was told or decided of the person since it was measured."""
    if live.read(lambda txn: flow.person(txn, person.root)) != person:
        raise Refused("something came in of this person meanwhile, and nothing was changed; do this again")


def _remove_copies(state_dir: Path) -> None:
    for pattern in COPIES:
        for path in state_dir.glob(pattern):
            shutil.rmtree(path)
    swap.flush(state_dir)
