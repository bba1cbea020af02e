"""`jivod sinks`: who is told of changes, how far each is, what was given up; to tell again, to pause, to go on."""

from __future__ import annotations

from typing import Any

import click
from attrs import asdict

from jivod.cli.deed import AS_JSON, write
from jivod.cli.instant import Instant
from jivod.cli.office import Office
from jivod.cli.screen import argument, moment, say, say_json
from jivod.cli.words import counted
from jivod.config.settings import Sink
from jivod.flow import dispatch
from jivod.model.change import Dead, Standing
from jivod.store import outbox
from jivod.store import sinks as standings
from jivod.store.kv import Job, Txn

NAME = click.argument("name")


class Since(click.ParamType[tuple[str, int]]):
    """The number of a change, or a time: ("number" or "at", value)."""

    name = "number|time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
            return "number", int(value)
        return "at", Instant().convert(value, param, ctx)


@click.group()
def sinks() -> None:
    """Who is told of changes: the [[sink]]s of the configuration."""


@sinks.command("list")
@AS_JSON
@click.pass_obj
def list_(office: Office, as_json: bool) -> None:
    """List the sinks and how far each is."""
    configured = {sink.name: sink for sink in office.settings.sinks}
    with office.store() as engine:
        found = engine.read(lambda txn: [_state(txn, standing, configured) for standing in standings.listed(txn)])
    known = {state["name"] for state in found}
    found += [{"name": name, "state": "waits for a start of the daemon"} for name in configured if name not in known]
    if as_json:
        say_json(found)
        return
    for state in found:
        say(_line(state))
    if not found:
        say("There is no [[sink]] in the configuration.")


@sinks.command("dead")
@NAME
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="At most so many.")
@click.option("--after", default=0, metavar="NUMBER", type=click.IntRange(0), help="Only those behind this number.")
@AS_JSON
@click.pass_obj
def dead(office: Office, name: str, limit: int, after: int, as_json: bool) -> None:
    """List the changes that the sink NAME did not take, oldest first. The latest 10,000 are kept."""

    def job(txn: Txn) -> list[Dead]:
        dispatch.load(txn, argument(name))
        return standings.dead(txn, argument(name), limit, after)

    with office.store() as engine:
        found = engine.read(job)
    if as_json:
        say_json([asdict(letter) for letter in found])
        return
    for letter in found:
        change = letter.change
        what = f"{change.kind}  {change.customer or '(nobody)'}  {letter.why}, {counted(letter.attempts, 'attempt')}"
        say(f"{change.number:>8}  {moment(letter.at)}  {what}")
    say(f"{len(found)} listed")


@sinks.command("replay")
@NAME
@click.option("--since", type=Since(), metavar="NUMBER|TIME", help="Everything from this change or time on.")
@click.option("--dead", "is_dead", is_flag=True, help="What was given up, at most 1,000 at once.")
@AS_JSON
@click.pass_obj
def replay(office: Office, name: str, since: tuple[str, int] | None, is_dead: bool, as_json: bool) -> None:
    """Tell the sink NAME once more, each change under the webhook-id that it had.

    TIME is UTC, like 2026-11-20 or 2026-11-20T14:30. Changes that all sinks were told are kept for seven days, and
    never more than 100,000.
    """
    if is_dead == (since is not None):
        raise click.UsageError("say --since NUMBER or TIME, or --dead")

    def job(txn: Txn) -> int:
        if since is None:
            return dispatch.revive(txn, argument(name), dispatch.REVIVED)
        kind, value = since
        return dispatch.tell_again(txn, argument(name), value if kind == "number" else outbox.since(txn, value))

    changes = _change(office, job)
    if as_json:
        say_json({"name": name, "changes": changes})
    else:
        say(f"{counted(changes, 'change')} will be told to {name}")


@sinks.command("pause")
@NAME
@AS_JSON
@click.pass_obj
def pause(office: Office, name: str, as_json: bool) -> None:
    """Tell the sink NAME nothing for now. What happens meanwhile waits for it."""
    _change(office, lambda txn: dispatch.pause(txn, argument(name)))
    _tell_state(office, argument(name), as_json)


@sinks.command("resume")
@NAME
@AS_JSON
@click.pass_obj
def resume(office: Office, name: str, as_json: bool) -> None:
    """Go on telling the sink NAME, now, whether it was paused, said that it is gone (410), or fails."""
    _change(office, lambda txn: dispatch.resume(txn, argument(name)))
    _tell_state(office, argument(name), as_json)


def _change(office: Office, job: Job[Any]) -> Any:
    with office.store() as engine:
        return write(engine, job)


def _tell_state(office: Office, name: str, as_json: bool) -> None:
    configured = {sink.name: sink for sink in office.settings.sinks}
    with office.store() as engine:
        state = engine.read(lambda txn: _state(txn, dispatch.load(txn, name)[0], configured))
    if as_json:
        say_json(state)
    else:
        say(_line(state))


def _state(txn: Txn, standing: Standing, configured: dict[str, Sink]) -> dict[str, Any]:
    sink = configured.get(standing.name)
    state = "not configured" if sink is None else standing.halted or "open"
    return {
        "name": standing.name,
        "state": state,
        "host": sink.host if sink else None,
        "events": sorted(sink.events) if sink else [],
        "told": standing.told,
        "backlog": dispatch.backlog(txn, standing),
        "dead": standing.dead,
        "lost": standing.lost,
    }


def _line(state: dict[str, Any]) -> str:
    if "told" not in state:
        return f"{state['name']:<16} {state['state']}"
    counts = f"told up to {state['told']}, {state['backlog']} wait, {state['dead']} given up, {state['lost']} lost"
    return f"{state['name']:<16} {state['state']:<14} {state['host'] or '-'}  {counts}"
