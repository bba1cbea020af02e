"""Overview: what came in over some days, in sums and charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from attrs import frozen

from jivod.flow import figures, following
from jivod.model.figures import Counts, Day, Figures
from jivod.store import journal
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.pages import chart
from jivod.web.pages.form import choice, text
from jivod.web.pages.page import Ask, Moved, Page, Shown

DAYS = ("7", "30", "90")
SERIES = 5  # channels that have a shade of their own; the others share one
_ALL = 64  # characters of an account


@frozen(kw_only=True)
class Span:
    """So many days up to today, of one account or of all."""

    days: str = choice(*DAYS, default="30")
    account: str | None = text(_ALL, default=None)


def home(txn: Txn, ask: Ask) -> Moved:
    """Where the day begins."""
    return Moved(urls.OVERVIEW)


def overview(txn: Txn, ask: Ask) -> Shown:
    """The figures, and what is drawn of them."""
    asked: Span = ask.query
    found = figures.figures(txn, ask.file, *span(ask, int(asked.days)), asked.account)
    values = {
        "figures": found,
        "asked": asked,
        "spans": DAYS,
        "accounts": ask.accounts,
        "is_new": journal.last(txn) == 0,
        "is_empty": found.total == Counts(),
        **drawn(found),
    }
    return Shown("overview.html", values)


def span(ask: Ask, days: int) -> tuple[date, date]:
    """The first and the last of so many days up to today, where days begin for the figures."""
    zone = following.zone_of(figures.zone_of(ask.file))
    today = datetime.fromtimestamp(ask.at / 1000, zone).date()
    return date.fromordinal(today.toordinal() - days + 1), today


def drawn(found: Figures) -> dict[str, Any]:
    """The charts, and what they need to be read."""
    channels, rows = by_channel(found)
    total = found.total
    return {
        "channels": channels,
        "rows": rows,
        "chats": chart.bars(rows),
        "waits": chart.lines([[day.waits.median for day in found.days], [day.waits.ninety for day in found.days]]),
        "people": chart.bars([(day.counts.returning, day.counts.new) for day in found.days]),
        "offline": chart.bars([(day.counts.offline,) for day in found.days]),
        "rates": chart.shares([total.rated_good, total.rated_other, total.rated_bad]),
        "calls": chart.shares([total.calls_talked, total.calls_missed, total.calls_failed]),
        "hours": chart.outlines(chart.cells(found.hours)),
        "busiest": busiest(found.hours),
        "part": chart.part,
        "box": (chart.WIDTH, chart.HEIGHT),
    }


def by_channel(found: Figures) -> tuple[tuple[str, ...], list[list[int]]]:
    """The channels with the most chats, and of each day the chats by each of them, behind them all others together."""
    sums: dict[str, int] = {}
    for each in found.channels:
        sums[each.channel] = sums.get(each.channel, 0) + each.counts.chats
    there = [name for name in sorted(sums, key=lambda name: (-sums[name], name)) if sums[name]]
    shown, others = there[:SERIES], there[SERIES:]
    return tuple(shown), [_row(day, shown, bool(others)) for day in found.days]


def _row(day: Day, shown: Sequence[str], others: bool) -> list[int]:
    row = [day.channels.get(name, 0) for name in shown]
    return [*row, day.counts.chats - sum(row)] if others else row


def busiest(hours: Sequence[Sequence[int]]) -> tuple[int, int] | None:
    """The weekday and the hour in which most came; None where nobody did."""
    most = max([number for row in hours for number in row], default=0)
    places = [(day, hour) for day, row in enumerate(hours) for hour, number in enumerate(row) if number == most]
    return places[0] if most else None


PAGES = (
    Page(path=urls.HOME, work=home),
    Page(path=urls.OVERVIEW, work=overview, query=Span, menu="overview"),
)
