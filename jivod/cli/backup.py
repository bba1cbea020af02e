"""`jivod backup`: the whole store and the generated secrets in one file, or what came since; checked once written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jivod.cli.deed import AS_JSON
from jivod.cli.keeping import Keeping
from jivod.cli.office import Office
from jivod.cli.report import counted_entries
from jivod.cli.screen import moment, say, say_json
from jivod.model.audit import ALL, EXPORTED
from jivod.model.errors import Refused
from jivod.store import shelf
from jivod.store.manifest import TAIL
from jivod.store.shelf import Kept


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--keep", metavar="N", type=click.IntRange(1, 100_000), help="Then remove all but the newest N backups.")
@click.option("--tail", is_flag=True, help="Only what came since the last backup or tail in DIR.")
@AS_JSON
@click.pass_context
def backup(ctx: click.Context, directory: Path, keep: int | None, tail: bool, as_json: bool) -> None:
    """Write a backup to DIR while the daemon works: the store as it is at this moment, and the secrets that jivod made.

    The file is unpacked and checked before it gets its name; only then does --keep remove older ones, with the tails
    behind them. --tail is quick, and good for every hour: what came since the newest file in DIR. A backup is as secret
    as the store. Exit code 1 also if the store has faults: the backup has them too, and nothing older is removed.
    """
    office = ctx.find_object(Office)
    assert office is not None
    if tail and keep is not None:
        raise click.UsageError("--keep counts whole backups: use it without --tail")
    if directory.resolve().is_relative_to(office.settings.data_dir):
        raise Refused(f"{directory} is the store itself: name another directory, best on another disk")
    with office.store(EXPORTED) as live, shelf.turn(directory):
        office.touch(about=ALL)
        work = Keeping(office.settings, live, directory)
        kept, faults = (work.tail(), 0) if tail else work.whole()
        gone = shelf.thin(directory, kept.manifest.store, keep) if keep and kept and not faults else []
    if as_json:
        found = _shape(kept) if kept else {"file": None}
        say_json({**found, "faults": faults, "removed": [str(path) for path in gone]})
    else:
        _tell(kept, gone)
    if faults:
        click.echo("jivod: the store has faults, and this backup of it has them too; see: jivod check", err=True)
    ctx.exit(1 if faults else 0)


def _tell(kept: Kept | None, gone: list[Path]) -> None:
    if kept is None:
        say("nothing came since the last one")
        return
    say(f"{kept.path}: {_entries(kept)}, {_size(kept)}, checked")
    for path in gone:
        say(f"{path} removed")


def _entries(kept: Kept) -> str:
    m = kept.manifest
    if not m.last:
        return "no entries yet"
    what = counted_entries(m.last - m.since) + (f" behind number {m.since}" if m.kind == TAIL else "")
    return f"{what}, up to {moment(m.last_at)} UTC"


def _size(kept: Kept) -> str:
    size = kept.path.stat().st_size
    return f"{size / (1 << 20):.1f} MiB" if size >= 1 << 20 else f"{-(-size // 1024)} KiB"


def _shape(kept: Kept) -> dict[str, Any]:
    m = kept.manifest
    return {
        "file": str(kept.path), "kind": m.kind, "since": m.since, "last": m.last, "last_at": m.last_at,
        "rows": m.rows, "size": kept.path.stat().st_size,
    }  # fmt: skip
