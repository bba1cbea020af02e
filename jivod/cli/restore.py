"""`jivod restore`: a backup takes the place of the store, once it is a sound store itself; what was there is kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from jivod.cli import copies, erasing
from jivod.cli.deed import AS_JSON
from jivod.cli.instant import Instant
from jivod.cli.office import Office, demand_owner_of
from jivod.cli.report import counted_entries
from jivod.cli.restoring import End, Restored, Restoring
from jivod.cli.screen import moment, say, say_json
from jivod.cli.words import counted
from jivod.model.audit import RESTORED

_DIGITS = 19  # of the highest number that there can be


class Until(click.ParamType[End]):
    """A time as ISO 8601 writes it, or the number of a journal entry."""

    name = "time or number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> End:
        if isinstance(value, End):
            return value
        if value.isascii() and value.isdigit():
            return End(number=int(value[:_DIGITS]))
        return End(moment=Instant().convert(value, param, ctx))


@click.command()
@click.argument("source", metavar="FILE|DIR", type=click.Path(path_type=Path, exists=True))
@click.option("--until", metavar="DATE|NUMBER", type=Until(), default=End(), help="Only what came up to then (UTC).")
@click.option("--force", is_flag=True, help="Also over entries that the backup has not, and over other secrets.")
@AS_JSON
@click.pass_obj
def restore(office: Office, source: Path, until: End, force: bool, as_json: bool) -> None:
    """Put a backup in the place of the store, or where there is none yet. Not while the daemon runs.

    Of a directory it is the newest backup with all tails behind it; of a tail, all up to it. Everything is unpacked and
    checked before anything is changed. The store that was there is kept, in before-restore-... in the state directory.
    With --until the history ends at a moment, or behind a journal entry. Who was erased in the store that was there and
    is still in the backup is erased again.
    """
    settings = office.look()
    demand_owner_of(settings.state_dir)
    done = Restoring(settings, force, partial(office.noted, RESTORED, at=settings.audit_dir)).restore(source, until)
    old = copies.found(settings.state_dir)
    for person in done.gone:
        found, extent = erasing.measure(office, person.id)
        erasing.erase(office, found, extent, person.reason, person.by, keep=done.aside)
    removed = [path for path in old if not path.exists()]
    if as_json:
        say_json({**_shape(done), "removed": [str(path) for path in removed]})
    else:
        _tell(done, removed)


def _tell(done: Restored, removed: Sequence[Path]) -> None:
    base, *tails = done.files
    came_from = base.name + (f" and {counted(len(tails), 'tail')}" if tails else "")
    up_to = f", up to {moment(done.last_at)} UTC" if done.last_at is not None else ""
    say(f"{counted_entries(done.entries)}{up_to}, restored from {came_from} and checked")
    if done.left_out:
        say(f"{counted_entries(done.left_out)} of the backup left out, as --until says")
    if done.aside is not None:
        say(f"what was there is kept in {done.aside}")
    if done.gone:
        say(f"{counted(len(done.gone), 'person', 'people')} erased again, as in the store that was there")
    for path in removed:
        say(f"removed, for it held who was erased: {path}")
    if done.newer:
        say(f"{counted_entries(done.newer)} of it not in the backup")


def _shape(done: Restored) -> dict[str, Any]:
    return {
        "files": [str(path) for path in done.files], "entries": done.entries, "last_at": done.last_at,
        "left_out": done.left_out, "kept": str(done.aside) if done.aside else None, "newer": done.newer,
        "secrets": list(done.secrets), "erased_again": [person.id for person in done.gone],
    }  # fmt: skip
