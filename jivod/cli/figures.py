"""`jivod figures`: what came in over the last days, in sums."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import click
from attrs import asdict

from jivod.cli.deed import now
from jivod.cli.office import Office
from jivod.cli.screen import argument, say, say_json
from jivod.flow import figures as flow
from jivod.flow.following import make_side, zone_of
from jivod.model.figures import Counts, Figures, Top, Waits

NOT_YET = "nothing is counted yet: the daemon does it, which takes a while for a long history"


@click.command()
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, flow.LONGEST), help="So many.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Up to this day, instead of today.")
@click.option("--account", metavar="NAME", help="Of this Jivo account alone.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def figures(office: Office, days: int, until: datetime | None, account: str | None, as_json: bool) -> None:
    """Chats, first answers, ratings, agents, pages: what came in over the last days.

    A day begins where `zone` under [pages] of the configuration says.
    """
    settings = office.settings
    last = until.date() if until else datetime.fromtimestamp(now() / 1000, zone_of(settings.zone)).date()
    first = date.fromordinal(max(1, last.toordinal() - days + 1))
    account = None if account is None else argument(account)
    with office.store() as engine:
        file = make_side(settings.state_dir, settings.zone)
        found = engine.read(lambda txn: flow.figures(txn, file, first, last, account))
        file.close()
    if as_json:
        say_json(asdict(found))
    else:
        for line in _lines(found):
            say(line)
    if found.behind is None:
        click.echo(f"jivod: {NOT_YET}", err=True)


def _lines(found: Figures) -> Iterable[str]:
    yield f"{found.since} to {found.until} ({found.zone})"
    yield _line("all", found.total, found.waits)
    for channel in found.channels:
        yield _line(f"{channel.account}/{channel.channel}", channel.counts, channel.waits)
    for agent in found.agents:
        rates = f"rated +{agent.rated_good} {agent.rated_other} -{agent.rated_bad}"
        yield f"  {agent.agent}: {agent.chats} chats, {_waited(agent.waits)}, {rates}"
    yield from _top("pages", found.pages)
    yield from _top("sources", found.sources)


def _line(name: str, counts: Counts, waits: Waits) -> str:
    calls = f"calls {counts.calls_talked} talked {counts.calls_missed} missed {counts.calls_failed} failed"
    rates = f"rated +{counts.rated_good} {counts.rated_other} -{counts.rated_bad}"
    people = f"{counts.new} new {counts.returning} returning"
    said = f"{counts.chats} chats, {counts.offline} offline, {counts.messages} messages"
    return f"  {name}: {said}, {people}, {_waited(waits)}, {counts.unanswered} unanswered, {rates}, {calls}"


def _waited(waits: Waits) -> str:
    if waits.median is None:
        return "no first answer"
    return f"first answer {waits.median:g} s (nine of ten {waits.ninety:g} s)"


def _top(name: str, top: Top) -> Iterable[str]:
    if top.values:
        rest = [("other", top.other)] if top.other else []
        yield f"  {name}: " + ", ".join([f"{value} {count}" for value, count in (*top.values, *rest)])
