"""`jivod erase`: a person is forgotten, and no byte of him is left in any file of the state directory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from attrs import asdict

from jivod.cli import copies, erasing
from jivod.cli.deed import AS_JSON, BY, name_of
from jivod.cli.office import Office
from jivod.cli.screen import argument, confirmed, say, say_json
from jivod.cli.words import counted
from jivod.flow.erase import Extent
from jivod.model.errors import Refused


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

    The daemon may go on: the store is folded anew without the person beside it, and takes its place. Every older copy
    of it in the state directory is removed, with all that it holds. Backups elsewhere are not touched.
    """
    if not dry_run:
        if reason is None:
            raise click.UsageError("say why by --reason")
        if as_json and not yes:
            raise click.UsageError("say --yes with --json")
    try:
        person, extent = erasing.measure(office, argument(id))
    except Refused:
        if not dry_run:
            erasing.complete(office, argument(id))
        raise
    old = copies.found(office.settings.state_dir)
    shape = {"customer": person.root, **asdict(extent)}
    if dry_run:
        if as_json:
            say_json(shape)
        else:
            say(f"{_told(extent)} to erase{_with(old)}; nothing was changed")
        return
    if not yes and not confirmed(f"Erase {person.root} for ever: {_told(extent)}{_with(old)}?"):
        say("Nothing was changed.")
        return
    proof, extent = erasing.erase(office, person, extent, argument(reason or ""), name_of(by))
    if as_json:
        say_json({"customer": person.root, **asdict(extent), "entry": proof.seq})
        return
    say(f"{_told(extent)} erased; #{proof.seq} is the proof")
    for path in old:
        if not path.exists():
            say(f"removed, for it held the person: {path}")
    say("Backups made before still hold the person: remove them, or erase again after a restore.")


def _told(extent: Extent) -> str:
    parts = [counted(extent.records, "record"), counted(extent.entries, "entry", "entries") + " of the journal"]
    return ", ".join(parts) + (f", {extent.quarantined} in quarantine" if extent.quarantined else "")


def _with(old: Sequence[Path]) -> str:
    return f", and what else these copies hold: {', '.join([path.name for path in old])}" if old else ""
