"""`jivod audit`: who read or changed whom: list, verify, head."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from attrs import asdict

from jivod.cli.deed import AS_JSON
from jivod.cli.instant import Instant
from jivod.cli.office import Office, become_owner_of
from jivod.cli.screen import argument, moment, say, say_json
from jivod.cli.words import counted
from jivod.model.audit import AUDITED, BEGUN
from jivod.store import chain, logbook
from jivod.store import verdict as verdicts
from jivod.store.chain import Kept
from jivod.store.logbook import Wanted
from jivod.store.verdict import Head, Verdict

PAGE = 10_000
SHOWN = 3  # ids of a line
_HEAD = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", re.ASCII)


class Noted(click.ParamType[Head]):
    """A head as `jivod audit head` prints it."""

    name = "number:digest"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        match = _HEAD.fullmatch(value)
        if match is None:
            self.fail("write what `jivod audit head` printed, a number and a digest, like 4711:9f86d0...", param, ctx)
        return Head(int(match[1]), match[2])


@click.group()
def audit() -> None:
    """Who read or changed whom: by the API, the command line and the pages. Customers are named by their ids alone."""


@audit.command("list")
@click.option("--of", metavar="ID", help="Only what was done with this customer.")
@click.option("--by", metavar="NAME", help="Only what this token, operator or user did.")
@click.option("--since", type=Instant(), metavar="T", help="Only from T on, like 2026-11-20T14:30 (UTC).")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000), help="Only the last so many.")
@AS_JSON
@click.pass_obj
def list_(office: Office, of: str | None, by: str | None, since: int | None, limit: int, as_json: bool) -> None:
    """List the last records, the newest at the end. To have looked is on record too."""
    wanted = Wanted(of=argument(of) if of else None, by=argument(by) if by else None, since=since)
    directory = _directory(office)
    with office.noted(AUDITED):
        found = deque(_records(directory, wanted), limit)
    if as_json:
        say_json([chain.shape(kept) for kept in found])
        return
    ended = {kept.record.of for kept in found}
    shown = [kept for kept in found if kept.record.result != BEGUN or kept.number not in ended]  # told by how it ended
    for kept in shown:
        say(_line(kept))
    say(f"{counted(len(shown), 'record')}" + (" or more: --limit" if len(found) == limit else ""))


@audit.command()
@click.option("--head", "noted", type=Noted(), metavar="N:DIGEST", help="A head that was noted: is it part of the log?")
@AS_JSON
@click.pass_context
def verify(ctx: click.Context, noted: Head | None, as_json: bool) -> None:
    """Verify that no record was changed, taken out or put in. Exit code 1 if there is a fault; the first one is named.

    That the end was not cut, nor the whole made anew, is proven only by a head that was noted elsewhere.
    """
    office = ctx.find_object(Office)
    assert office is not None
    found = verdicts.verify(_directory(office), noted)
    if as_json:
        say_json(asdict(found))
    else:
        for fault in found.faults:
            say(str(fault))
        for torn in found.torn:
            say(f"note: {torn}")
        say(_verdict(found))
    ctx.exit(1 if found.faults else 0)


@audit.command()
@AS_JSON
@click.pass_obj
def head(office: Office, as_json: bool) -> None:
    """Print the number and the digest of the last record, to be noted where nobody can change it."""
    found = verdicts.head(_directory(office))
    if as_json:
        say_json(asdict(found))
    else:
        say(f"{found.number}:{found.digest}")


def _directory(office: Office) -> Path:
    become_owner_of(office.settings.state_dir)
    return office.settings.audit_dir


def _records(directory: Path, wanted: Wanted) -> Iterator[Kept]:
    place = None if wanted.since is None else logbook.start_of(directory, wanted.since)
    after: int | None = place or 0
    while after is not None:
        found, after = logbook.page(directory, wanted, after, PAGE)
        yield from found


def _line(kept: Kept) -> str:
    record = kept.record
    more = len(record.customers) - SHOWN
    ids = [*record.customers[:SHOWN], f"and {more} more" if more > 0 else ""]
    entries = [f"#{seq}" for seq in record.entries[:SHOWN]]
    counts = [str(record.count)] if record.count else []
    what = [record.action, record.result] if record.result != "done" else [record.action]
    parts = [", ".join(what), record.verb, record.about, *counts, *ids, *entries]
    return f"{kept.number:>8}  {moment(record.at)}  {record.door:<4}  {record.by}  " + "  ".join(filter(None, parts))


def _verdict(found: Verdict) -> str:
    if not found.records:
        return "there are no records yet"
    faults = "no fault" if not found.faults else counted(len(found.faults), "fault")
    return f"records {found.first} to {found.head.number}, {faults}; head {found.head.number}:{found.head.digest}"
