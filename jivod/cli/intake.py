"""`jivod import`: customers from a file of the company's own, while the daemon runs."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count, islice
from pathlib import Path
from typing import BinaryIO

import click
from attrs import define

from jivod.cli import restore_whole
from jivod.cli.deed import AS_JSON, name_of, now, write
from jivod.cli.office import Office
from jivod.cli.refused import RefusedRows
from jivod.cli.screen import Progress, argument, say, say_json, wrong_use
from jivod.cli.source import open_source
from jivod.cli.tally import Tally
from jivod.cli.twin import moment_of
from jivod.flow import transfer
from jivod.flow.whole import is_whole
from jivod.model.errors import Refused
from jivod.model.event import ImportedRow
from jivod.store.kv import Txn
from jivod.store.lmdb import LmdbEngine
from jivod.wire import row as rows
from jivod.wire.columns import mapping
from jivod.wire.guess import ENCODINGS, FORMATS, SEPARATORS
from jivod.wire.item import Item
from jivod.wire.upload import How, Upload, open_upload

TURN = 0.010  # seconds that a batch may take: a webhook may have to wait for it
PAUSE = 0.003  # seconds between two, in which whoever waits gets his turn
SELDOM = 100  # batches after which the memory of what was read is given back
_FOREVER = float("inf")
_REGION = re.compile(r"[A-Za-z]{2}", re.ASCII)

Given = tuple[Item, ImportedRow | None, str]  # the row as read, as it would be kept, why it cannot be


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only tell what would come of it; change nothing.")
@click.option("--key", type=click.Choice(tuple(rows.FINDING)), help="Find customers by this kind of key alone.")
@click.option("--map", "said", multiple=True, metavar="COLUMN=FIELD", help="What a column holds; may be repeated.")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="Instead of what the file looks like.")
@click.option("--encoding", type=click.Choice(ENCODINGS), help="Instead of what the file looks like.")
@click.option("--separator", type=click.Choice([*SEPARATORS, "tab"]), help="Instead of what the file looks like.")
@click.option("--region", metavar="XX", help="The country of phones without a code. Without it that of the channels.")
@click.option("--refused", type=click.Path(path_type=Path), metavar="FILE", help="Where refused rows go to.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(0, 10_000), help="Rows shown of each kind.")
@click.option("--by", metavar="NAME", help="Who imports. Without it the login name.")
@AS_JSON
@click.pass_context
def import_(
    ctx: click.Context, file: Path, dry_run: bool, key: str | None, said: tuple[str, ...], kind: str | None,
    encoding: str | None, separator: str | None, region: str | None, refused: Path | None, limit: int, by: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Bring in the customers in FILE: CSV, JSON Lines or vCard. Also what `jivod export` wrote, into an empty store.

    FIELD is email, phone, id, signed_id, name, last_name, description, organization, status, assigned_agent, tag,
    social, attr:<name>, or - for none. Columns that are none of these become attributes. The same file twice changes
    nothing. Exit code 1 if rows were refused: they stand in FILE.refused.csv, to be mended and imported again.
    """
    office = ctx.find_object(Office)
    assert office is not None
    with open_source(file) as source:
        if is_whole(source):
            if dry_run or key or said:
                raise click.UsageError("this file is a whole export: it takes neither --dry-run nor --key nor --map")
            restore_whole.restore(office, source, as_json=as_json)
            return
        if region is not None and not _REGION.fullmatch(region):
            raise click.UsageError('--region is two letters, like "TR"')
        channels = office.settings.channels
        signs = any(channel.token_secret is not None for channel in channels)
        try:
            how = How(
                format=kind, encoding=encoding, separator={"tab": "\t"}.get(separator or "", separator),
                said=mapping([argument(text) for text in said]), signs=signs,
            )  # fmt: skip
            upload = open_upload(source, how)
        except Refused as error:
            raise wrong_use(str(error)) from None
        _tell(upload, file, as_json=as_json)
        origin = rows.Source(
            by=name_of(by), file=argument(file.name)[:200], finding=rows.FINDING[key] if key else ()
        )  # fmt: skip
        intake = Intake(
            upload=upload, source=origin, at=now(), region=region.upper() if region else _region(office), limit=limit
        )
        place = refused or _beside(file, upload)
        tally = intake.rehearse(office, source) if dry_run else intake.run(office, source, place)
    if as_json:
        say_json({"dry_run": dry_run, **tally.shape()})
    else:
        tally.tell(dry_run=dry_run)
    ctx.exit(1 if tally.refused else 0)


def _region(office: Office) -> str | None:
    """That of the channels, if they have one in common."""
    return office.regions[0] if len(office.regions) == 1 else None


def _beside(file: Path, upload: Upload) -> Path:
    """A name that is free: in an earlier file of refused rows somebody may be at work."""
    suffix = {"vcard": "vcf"}.get(upload.format, upload.format)
    names = (file.with_name(f"{file.name}.refused{mark}.{suffix}") for mark in ("", *[f"-{n}" for n in range(2, 1000)]))
    return next((name for name in names if not os.path.lexists(name)), file.with_name(f"{file.name}.refused.{suffix}"))


def _tell(upload: Upload, file: Path, *, as_json: bool) -> None:
    """What the file was taken for, before anything is written."""
    if as_json:
        return
    separator = {"\t": "a tab", None: ""}.get(upload.separator, upload.separator)
    between = f", columns separated by {separator}" if separator else ""
    say(f"{file.name}: {upload.format}, {upload.encoding}{between}")
    for header, field in upload.columns:
        say(f"  {header.strip():<24} {'(left out)' if field == rows.IGNORED else field}")


@define(eq=False)
class Intake:
    """One import. `at`: UNIX ms of all its rows; `limit`: rows that are shown of each kind."""

    upload: Upload
    source: rows.Source
    at: int
    region: str | None
    limit: int

    def run(self, office: Office, file: BinaryIO, refused: Path) -> Tally:
        """Import it, in batches so short that webhooks come in between."""
        with office.store() as engine, closing(RefusedRows(refused, self.upload)) as out:
            return self._carry(engine, file, out, turn=TURN, pause=PAUSE)

    def rehearse(self, office: Office, file: BinaryIO) -> Tally:
        """Import it into a copy of the store, which is thrown away."""
        with moment_of(office, "import", 1.5) as (copy, _):
            return self._carry(copy, file, None, turn=_FOREVER, pause=0)

    def _carry(
        self, engine: LmdbEngine, file: BinaryIO, out: RefusedRows | None, *, turn: float, pause: float
    ) -> Tally:
        tally = Tally(limit=self.limit, place=out)
        given = self._given()
        waiting: list[Given] = []
        with _progress(file, engine) as step:
            while True:
                waiting += islice(given, transfer.BATCH - len(waiting))
                if not waiting:
                    return tally
                done = self._batch(engine, waiting, tally, turn)
                waiting = waiting[done:]
                step()
                time.sleep(pause)

    def _batch(self, engine: LmdbEngine, waiting: list[Given], tally: Tally, turn: float) -> int:
        """Keep the first of those that wait, and count them; how many."""
        good = [(item, row) for item, row, _ in waiting if row is not None]

        def job(txn: Txn) -> list[transfer.Taken]:
            ends = time.monotonic() + turn  # from here on others wait
            return transfer.take_in(
                txn, [row for _, row in good], at=self.at, region=self.region, is_due=lambda: time.monotonic() > ends
            )

        taken = iter(write(engine, job) if good else ())
        settled = 0
        for item, row, why in waiting:
            if row is None:
                tally.refuse(self.upload, item, why)
            elif (one := next(taken, None)) is None:
                break
            elif one.outcome == transfer.REFUSED:
                tally.refuse(self.upload, item, one.why)
            else:
                tally.count(item, one)
            settled += 1
        return settled

    def _given(self) -> Iterator[Given]:
        for item in self.upload.rows:
            if item.fault:
                yield item, None, item.fault
                continue
            try:
                yield item, rows.make(item.said, self.source, item.line), ""
            except Refused as error:
                yield item, None, str(error)


@contextmanager
def _progress(file: BinaryIO, engine: LmdbEngine) -> Iterator[Callable[[], None]]:
    """What to call between batches: it shows how much of the file was read, and keeps memory flat."""
    size, steps = os.fstat(file.fileno()).st_size, count(1)
    with closing(Progress("Importing")) as progress:

        def step() -> None:
            if next(steps) % SELDOM == 0:
                engine.unmap()
            progress(file.tell(), size)

        yield step
