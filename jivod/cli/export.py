"""`jivod export`: the whole store, a list of customers, or everything of one person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from jivod.cli.office import Office
from jivod.cli.output import Write, output
from jivod.cli.screen import argument, harmless_json
from jivod.cli.twin import moment_of, stepping
from jivod.flow import listing, query, whole
from jivod.flow.dossier import dossier
from jivod.flow.regime import in_force
from jivod.model.audit import ALL, EXPORTED
from jivod.store import journal
from jivod.store.lmdb import LmdbEngine

ROOM = 1.1  # the copy that is written from, as a share of the store


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--format", "kind", type=click.Choice(["jsonl", "csv", "vcard"]), default="jsonl", show_default=True,
    help="jsonl: the whole store; csv, vcard: the customers.",
)  # fmt: skip
@click.option("--person", metavar="ID", help="Everything that is kept of the customer ID, as JSON.")
@click.pass_obj
def export(office: Office, file: Path | None, kind: str, person: str | None) -> None:
    """Write the store as it is at this moment to FILE, or to the standard output.

    The format jsonl holds everything, the key of all ids too: keep it as safe as the store. `jivod import` takes it
    into an empty store. In csv, what a spreadsheet would take for a formula stands behind an apostrophe.
    """
    if person is not None:
        with office.store(EXPORTED) as engine:
            found = engine.read(lambda txn: dossier(txn, argument(person)))
            office.touch(_ids(engine, argument(person)))
            with output(file) as write:  # while it is not on record yet that it was done
                write(harmless_json(found).encode() + b"\n")
        return
    with moment_of(office, "export", ROOM, EXPORTED) as (engine, _):
        office.touch(about=ALL)
        with output(file) as write:
            _FORMATS[kind](engine, write)


def _ids(engine: LmdbEngine, id: str) -> tuple[str, ...]:
    golden = engine.read(lambda txn: query.show(txn, id, in_force(txn)))
    return golden.ids if golden else ()


def _whole(engine: LmdbEngine, write: Write) -> None:
    with stepping("Exporting", engine) as step:
        for line in whole.lines(engine, step):
            write(line)


def _csv(engine: LmdbEngine, write: Write) -> None:
    write(b"\xef\xbb\xbf")  # or a spreadsheet takes it for another encoding
    with _pages(engine) as step:
        for line in listing.table(engine, step):
            write(line.encode())


def _vcard(engine: LmdbEngine, write: Write) -> None:
    from jivod.wire import vcard

    with _pages(engine) as step:
        for one in listing.everybody(engine, step):
            write(vcard.write(one.golden).encode())


@contextmanager
def _pages(engine: LmdbEngine) -> Iterator[Callable[[], None]]:
    """What to call after each page of customers."""
    total, done = max(1, engine.read(journal.last)), 0
    with stepping("Exporting", engine) as step:

        def page() -> None:
            nonlocal done
            done = min(total, done + listing.PAGE)
            step(done, total)

        yield page


_FORMATS: dict[str, Callable[[LmdbEngine, Write], None]] = {"jsonl": _whole, "csv": _csv, "vcard": _vcard}
