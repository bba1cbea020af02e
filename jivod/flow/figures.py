"""Figures: what the side file has counted, put together for the overview. Read only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate
from typing import Any

from jivod.flow import following
from jivod.model.errors import Refused
from jivod.model.figures import AgentFigures, Channel, Counts, Day, Figures, Top, Waits
from jivod.store import journal, tallies
from jivod.store.kv import Txn
from jivod.store.side import Rows, Side, Spoiled
from jivod.store.tallies import HOUR, OF_AGENT, OF_DAY, PAGE, SOURCE, WAIT, WAITS

LONGEST = 400  # days
AGENTS = 100  # that are told, those with the most chats
TOP = 10  # pages, and as many sources

Sums = dict[str, int]

_FIELDS = {
    "chats": "chats", "messages": "messages", "offline": "offline", "new": "fresh", "returning": "known",
    "unanswered": "unanswered", "rated_good": "rate_good", "rated_other": "rate_other", "rated_bad": "rate_bad",
    "calls_talked": "call_talked", "calls_missed": "call_missed", "calls_failed": "call_failed",
}  # fmt: skip


def figures(txn: Txn, file: Side | None, since: date, until: date, account: str | None = None) -> Figures:
    """Of the days from `since` to `until`, both within; all 0 while nothing is counted. Raises Refused for too many."""
    if not 0 <= (until - since).days < LONGEST:
        raise Refused(f"figures are of 1 to {LONGEST} days; name an earlier day first, and a later one behind it")
    try:
        found = None if file is None else file.read(lambda rows: _read(txn, rows, since, until, account))
    except Spoiled:
        found = None
    days, agents, pages, sources, behind = found or ([], [], [], [], None)
    total = _sum([sums for *_, sums in days])
    return Figures(
        since=since.isoformat(),
        until=until.isoformat(),
        zone=zone_of(file),
        account=account,
        behind=behind,
        total=_counts(total),
        waits=_waits(total),
        steps=tuple([total.get(name, 0) for name in WAIT]),
        days=tuple(_days(days, since, until)),
        channels=tuple(_channels(days)),
        agents=tuple([_agent(row) for row in agents]),
        pages=_top(pages, total.get("pages", 0)),
        sources=_top(sources, total.get("sources", 0)),
        hours=_hours(days),
    )


def zone_of(file: Side | None) -> str:
    """Where days begin."""
    return "UTC" if file is None else file.kind["zone"]


_Row = tuple[int, str, str, Sums]  # day, account, channel, what was counted


def _read(txn: Txn, rows: Rows, since: date, until: date, account: str | None) -> tuple[Any, ...]:
    first, last = since.toordinal(), until.toordinal()
    found = [
        (day, of, channel, dict(zip(OF_DAY, counts, strict=True)))
        for day, of, channel, *counts in tallies.days(rows, first, last, account)
    ]
    places = {(day, of) for day, of, _, _ in found}
    seen, end = following.noted(rows).seen, journal.last(txn)
    return (
        found,
        tallies.agents(rows, first, last, account, AGENTS),
        tallies.tops(rows, PAGE, places, TOP),
        tallies.tops(rows, SOURCE, places, TOP),
        end - min(seen, end),
    )


def _days(rows: Sequence[_Row], since: date, until: date) -> Iterable[Day]:
    by_day: dict[int, list[_Row]] = {}
    for row in rows:
        by_day.setdefault(row[0], []).append(row)
    for number in range(since.toordinal(), until.toordinal() + 1):
        there = by_day.get(number, [])
        sums = _sum([counts for *_, counts in there])
        channels: Sums = {}
        for _, _, channel, counts in there:
            channels[channel] = channels.get(channel, 0) + counts["chats"]
        yield Day(
            day=date.fromordinal(number).isoformat(),
            counts=_counts(sums),
            waits=_waits(sums),
            channels={channel: chats for channel, chats in sorted(channels.items()) if chats},
        )


def _channels(rows: Sequence[_Row]) -> Iterable[Channel]:
    by_channel: dict[tuple[str, str], list[Sums]] = {}
    for _, account, channel, counts in rows:
        by_channel.setdefault((account, channel), []).append(counts)
    for (account, channel), some in sorted(by_channel.items()):
        sums = _sum(some)
        yield Channel(account=account, channel=channel, counts=_counts(sums), waits=_waits(sums))


def _agent(row: Sequence[Any]) -> AgentFigures:
    sums = dict(zip(OF_AGENT, row[1:], strict=True))
    return AgentFigures(
        agent=row[0],
        chats=sums["chats"],
        waits=_waits(sums),
        rated_good=sums["rate_good"],
        rated_other=sums["rate_other"],
        rated_bad=sums["rate_bad"],
    )


def _top(values: Sequence[Sequence[Any]], total: int) -> Top:
    found = tuple([(value, count) for value, count in values])
    return Top(values=found, other=total - sum([count for _, count in found]))


def _hours(rows: Sequence[_Row]) -> tuple[tuple[int, ...], ...]:
    found = [[0] * len(HOUR) for _ in range(7)]
    for day, _, _, counts in rows:
        of_weekday = found[(day - 1) % 7]  # the first of all days was a Monday
        for hour, name in enumerate(HOUR):
            of_weekday[hour] += counts[name]
    return tuple([tuple(hours) for hours in found])


def _sum(some: Sequence[Sums]) -> Sums:
    if len(some) == 1:
        return some[0]
    return {name: sum(each) for name, each in zip(OF_DAY, zip(*[s.values() for s in some], strict=True), strict=False)}


def _counts(sums: Sums) -> Counts:
    return Counts(**{field: sums.get(name, 0) for field, name in _FIELDS.items()})


def _waits(sums: Sums) -> Waits:
    steps = [sums.get(name, 0) for name in WAIT]
    return Waits(answered=sum(steps), median=within(steps, 0.5), ninety=within(steps, 0.9))


def within(steps: Sequence[int], share: float) -> float | None:
    """The seconds within which this share of the answers came, None without any; where within its step is a guess."""
    reached = list(accumulate(steps))
    wanted = reached[-1] * share
    if not reached[-1]:
        return None
    place = next(place for place, count in enumerate(reached) if count >= wanted and steps[place])
    low, high = (0, *WAITS)[place], (*WAITS, WAITS[-1])[place]
    inside = (wanted - (reached[place] - steps[place])) / steps[place]
    return round(low + (high - low) * inside, 1)
