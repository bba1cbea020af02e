"""`jivod quarantine`: bodies that could not be read, kept raw: list, show, retry."""

from __future__ import annotations

import click
from attrs import asdict

from jivod.cli.office import Office
from jivod.cli.screen import clean_lines, field, moment, say, say_json
from jivod.cli.shapes import quarantined
from jivod.flow import inbox
from jivod.flow.ingest import Ingested
from jivod.model.audit import READ, RETRIED
from jivod.model.entry import Quarantined
from jivod.model.errors import Refused, Unreadable
from jivod.store import quarantine as items
from jivod.store.lmdb import LmdbEngine

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def quarantine() -> None:
    """Bodies that reached a webhook and could not be read. The oldest go when there are too many."""


@quarantine.command("list")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="At most so many.")
@click.option("--after", default=0, metavar="NUMBER", help="Only those behind this number.")
@AS_JSON
@click.pass_obj
def list_(office: Office, limit: int, after: int, as_json: bool) -> None:
    """List what is kept, oldest first."""
    with office.store() as engine:
        found = engine.read(lambda txn: items.listed(txn, limit, after))
    if as_json:
        say_json([quarantined(item, whole=False) for item in found])
        return
    for item in found:
        where = f"{moment(item.received_at)}  {item.origin.channel}  {len(item.body)} bytes"
        say(f"{item.number:>6}  {where}  {item.message}")
    say(f"{len(found)} listed")


@quarantine.command()
@click.argument("number", type=click.IntRange(1))
@AS_JSON
@click.pass_obj
def show(office: Office, number: int, as_json: bool) -> None:
    """Show the body NUMBER as it came."""
    with office.store(READ) as engine:
        item = engine.read(lambda txn: items.get(txn, number))
    if item is None:
        raise Refused(f"there is no item {number} in quarantine; `jivod quarantine list` shows what there is")
    if as_json:
        say_json(quarantined(item, whole=True))
        return
    field("received", [f"{moment(item.received_at)} UTC"])
    field("channel", [item.origin.channel])
    field("fault", [item.message])
    for line in clean_lines(item.body.decode("utf-8", "backslashreplace")):
        say(line)


@quarantine.command()
@click.argument("number", type=click.IntRange(1), nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Try all of them.")
@AS_JSON
@click.pass_context
def retry(ctx: click.Context, number: tuple[int, ...], everything: bool, as_json: bool) -> None:
    """Read bodies again, say after an upgrade; what works now becomes history as of its first receipt.

    Exit code 1 if one of them still cannot be read.
    """
    if bool(number) == everything:
        raise click.UsageError("name the NUMBERs to try, or say --all")
    office = ctx.find_object(Office)
    assert office is not None
    with office.store(RETRIED) as engine:
        chosen = number or tuple(item.number for item in _everything(engine))
        results = [(n, _retry(office, engine, n)) for n in chosen]
    if as_json:
        say_json([_shape(n, result) for n, result in results])
    for n, result in () if as_json else results:
        say(f"{n:>6}  {_words(result)}")
    ctx.exit(0 if all(isinstance(result, Ingested) for _, result in results) else 1)


def _everything(engine: LmdbEngine) -> list[Quarantined]:
    return engine.read(lambda txn: items.listed(txn, items.COUNT_MAX))


def _retry(office: Office, engine: LmdbEngine, number: int) -> Ingested | Unreadable:
    (outcome,) = engine.write([lambda txn: inbox.retry(txn, number, office.desk_now(txn))])
    if outcome.error is None:
        ingested: Ingested = outcome.value
        office.touch([ingested.customer] if ingested.customer else [], [ingested.seq])
        return ingested
    if isinstance(outcome.error, Unreadable):
        return outcome.error
    raise outcome.error


def _words(result: Ingested | Unreadable) -> str:
    if isinstance(result, Unreadable):
        return str(result)
    return f"entry {result.seq}, customer {result.customer or 'unknown'}"


def _shape(number: int, result: Ingested | Unreadable) -> dict[str, object]:
    if isinstance(result, Unreadable):
        return {"number": number, "error": {"code": result.code, "message": str(result)}}
    return {"number": number, **asdict(result)}
