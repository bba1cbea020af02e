"""`jivod import`: customers from a file of the company's own, while the daemon runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import click

from jivod.cli import restore_whole
from jivod.cli.carrier import Carrier
from jivod.cli.deed import AS_JSON, name_of, now
from jivod.cli.office import Office, become_owner_of
from jivod.cli.refused import Refusals, RefusedRows, RefusedText
from jivod.cli.screen import argument, say, say_json, wrong_use
from jivod.cli.source import STANDARD_INPUT, open_source
from jivod.flow.whole import is_whole
from jivod.model import region as regions
from jivod.model.errors import Refused
from jivod.wire.columns import mapping
from jivod.wire.guess import ENCODINGS, FORMATS, SEPARATORS
from jivod.wire.row import FINDING, IGNORED, Source
from jivod.wire.upload import How, Upload, open_upload

_SEPARATORS = {{"\t": "tab"}.get(character, character): character for character in SEPARATORS}


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option("--dry-run", is_flag=True, help="Only tell what would come of it; change nothing.")
@click.option("--key", type=click.Choice(tuple(FINDING)), help="Find customers by this kind of key alone.")
@click.option("--map", "said", multiple=True, metavar="COLUMN=FIELD", help="What a column holds; may be repeated.")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="Instead of what the file looks like.")
@click.option("--encoding", type=click.Choice(ENCODINGS), help="Instead of what the file looks like.")
@click.option("--separator", type=click.Choice(tuple(_SEPARATORS)), help="Instead of what the file looks like.")
@click.option("--region", metavar="XX", help="The country of phones without a code. Without it that of the channels.")
@click.option("--refused", type=click.Path(path_type=Path), metavar="FILE", help="Place of refused rows; -: the JSON.")
@click.option("--name", metavar="NAME", help="What the history calls the file.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(0, 10_000), help="Rows shown of each kind.")
@click.option("--by", metavar="NAME", help="Who imports. Without it the login name.")
@AS_JSON
@click.pass_context
def import_(
    ctx: click.Context, file: Path, dry_run: bool, key: str | None, said: tuple[str, ...], kind: str | None,
    encoding: str | None, separator: str | None, region: str | None, refused: Path | None, name: str | None, limit: int,
    by: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Bring in the customers in FILE (- takes a file as standard input): CSV, JSON Lines or vCard. Also what `jivod
    export` wrote, into an empty store.

    FIELD is email, phone, id, signed_id, name, last_name, description, organization, status, assigned_agent, tag,
    social, attr:<name>, or - for none. Columns that are none of these become attributes. The same file twice changes
    nothing. Exit code 1 if rows were refused: they stand in FILE.refused.csv, to be mended and imported again.
    """
    office = ctx.find_object(Office)
    assert office is not None
    if refused == STANDARD_INPUT and not as_json:
        raise click.UsageError("--refused - goes with --json")
    if region is not None and (fault := regions.wrong(region.upper())):
        raise wrong_use("--region: " + "; ".join(fault))
    with open_source(file) as source:
        if is_whole(source):
            if dry_run or key or said:
                raise click.UsageError("this file is a whole export: it takes neither --dry-run nor --key nor --map")
            restore_whole.restore(office, source, as_json=as_json)
            return
        upload = _open(office, source, said, format=kind, encoding=encoding, separator=separator)
        if not as_json:
            _tell(upload, file)
        carrier = Carrier(
            upload=upload, at=now(), region=region.upper() if region else _region(office), limit=limit,
            source=Source(by=name_of(by), file=argument(name or file.name)[:200], finding=FINDING[key] if key else ()),
        )  # fmt: skip
        place = _place(office, upload, file, refused, dry_run=dry_run)
        rehearse = carrier.rehearse
        tally = rehearse(office, source, place) if place is None or dry_run else carrier.run(office, source, place)
    if as_json:
        say_json({"dry_run": dry_run, **tally.shape()})
    else:
        tally.tell(dry_run=dry_run)
    ctx.exit(1 if tally.refused else 0)


def _open(
    office: Office, source: BinaryIO, said: tuple[str, ...], *, separator: str | None, **how: str | None
) -> Upload:
    """What is in the file. Raises UsageError for what cannot be used."""
    signs = any(channel.token_secret is not None for channel in office.settings.channels)
    try:
        return open_upload(
            source,
            How(
                said=mapping([argument(text) for text in said]),
                signs=signs,
                separator=separator and _SEPARATORS[separator],
                **how,
            ),
        )
    except Refused as error:
        raise wrong_use(str(error)) from None


def _place(office: Office, upload: Upload, file: Path, refused: Path | None, *, dry_run: bool) -> Refusals | None:
    """Where refused rows go. Raises UsageError where that cannot be, before anything is taken in."""
    if refused == STANDARD_INPUT:  # the same sign for the output
        return RefusedText(upload)
    if dry_run:
        return None
    become_owner_of(office.settings.state_dir)  # as whom they are written
    return RefusedRows(refused or _beside(file, upload), upload)


def _region(office: Office) -> str | None:
    """That of the channels, if they have one in common."""
    return office.regions[0] if len(office.regions) == 1 else None


def _beside(file: Path, upload: Upload) -> Path:
    """A name that is free: in an earlier file of refused rows somebody may be at work."""
    suffix = {"vcard": "vcf"}.get(upload.format, upload.format)
    names = (file.with_name(f"{file.name}.refused{mark}.{suffix}") for mark in ("", *[f"-{n}" for n in range(2, 1000)]))
    return next((name for name in names if not os.path.lexists(name)), file.with_name(f"{file.name}.refused.{suffix}"))


def _tell(upload: Upload, file: Path) -> None:
    """What the file was taken for, before anything is written."""
    separator = {"\t": "a tab", None: ""}.get(upload.separator, upload.separator)
    between = f", columns separated by {separator}" if separator else ""
    say(f"{file.name}: {upload.format}, {upload.encoding}{between}")
    for header, field in upload.columns:
        say(f"  {header.strip():<24} {'(left out)' if field == IGNORED else field}")
