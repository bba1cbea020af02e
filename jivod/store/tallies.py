"""Tallies: what each conversation adds to the figures of its day, and their sums. Rows of the side file.

A sum is only ever changed by what a conversation added before and adds now, so it never has to be counted anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import orjson

from jivod.model.value import frozen
from jivod.store.side import Row, Rows

WAITS = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800, 3600)
"""Seconds up to which a first answer counts for each step; longer ones count for one more."""

RATES = ("rate_good", "rate_other", "rate_bad")
WAIT = tuple([f"wait_{step}" for step in range(len(WAITS) + 1)])
HOUR = tuple([f"hour_{hour}" for hour in range(24)])
CALLS = ("call_talked", "call_missed", "call_failed")
COUNTS = ("chats", "messages", "offline", "fresh", "known", "unanswered", "pages", "sources", *RATES, *CALLS)

OF_DAY = (*COUNTS, *WAIT, *HOUR)
OF_AGENT = ("chats", *RATES, *WAIT)

PAGE, SOURCE = "page", "source"
TOP = 10  # values of a day that are told; the rest is a sum

Counts = Mapping[str, int]


@frozen(kw_only=True)
class Tally:
    """What one conversation adds: to its `day` (as `date.toordinal` counts), to each of its `agents`, and to the
    `tops`: (kind, value). `maker`: the customer record that it made, None if it made none.
    """

    day: int
    account: str
    channel: str
    counts: Counts
    agents: Mapping[str, Counts]
    tops: tuple[tuple[str, str], ...]
    maker: str | None


def _columns(names: Iterable[str]) -> str:
    return ", ".join([f"{name} INTEGER NOT NULL DEFAULT 0" for name in names])


SCHEMA = (
    "CREATE TABLE tally (name TEXT PRIMARY KEY, maker TEXT, adds BLOB) WITHOUT ROWID",
    "CREATE INDEX tally_maker ON tally (maker) WHERE maker IS NOT NULL",
    f"CREATE TABLE of_day (day INTEGER, account TEXT, channel TEXT, {_columns(OF_DAY)},"
    " PRIMARY KEY (day, account, channel)) WITHOUT ROWID",
    f"CREATE TABLE of_agent (day INTEGER, account TEXT, agent TEXT, {_columns(OF_AGENT)},"
    " PRIMARY KEY (day, account, agent)) WITHOUT ROWID",
    "CREATE TABLE top (id INTEGER PRIMARY KEY, kind TEXT, account TEXT, day INTEGER, value TEXT,"
    " n INTEGER NOT NULL DEFAULT 0, UNIQUE (kind, account, day, value))",
    "CREATE INDEX top_n ON top (kind, account, day, n DESC, value)",
)


def put(rows: Rows, name: str, new: Tally | None) -> None:
    """Let the conversation `name` add what `new` says instead of what it added before; None: nothing."""
    old = get(rows, name)
    if old == new:
        return
    if old is not None:
        _add(rows, old, -1)
        rows.execute("DELETE FROM tally WHERE name = ?", (name,))
    if new is not None:
        _add(rows, new, 1)
        rows.execute("INSERT INTO tally VALUES (?, ?, ?)", (name, new.maker, _encode(new)))


def get(rows: Rows, name: str) -> Tally | None:
    """What a conversation adds now."""
    for maker, adds in rows.execute("SELECT maker, adds FROM tally WHERE name = ?", (name,)):
        return _decode(maker, adds)
    return None


def made_by(rows: Rows, record: str) -> list[str]:
    """The conversations that made a customer record."""
    return [name for (name,) in rows.execute("SELECT name FROM tally WHERE maker = ?", (record,))]


def days(rows: Rows, since: int, until: int, account: str | None) -> list[Row]:
    """(day, account, channel, then OF_DAY) of the days from `since` to `until`."""
    return list(rows.execute(f"SELECT * FROM of_day WHERE {_SPAN}", (since, until, account, account)))


def agents(rows: Rows, since: int, until: int, account: str | None, limit: int) -> list[Row]:
    """(agent, then OF_AGENT) over all of these days, those with the most conversations."""
    sums = ", ".join([f"sum({name})" for name in OF_AGENT])
    sql = f"SELECT agent, {sums} FROM of_agent WHERE {_SPAN} GROUP BY agent ORDER BY sum(chats) DESC, agent LIMIT ?"
    return list(rows.execute(sql, (since, until, account, account, limit)))


def tops(rows: Rows, kind: str, days: Iterable[tuple[int, str]], limit: int) -> list[Row]:
    """(value, how often) over all of these (day, account), the most frequent ones: of each day TOP are looked at."""
    sql = (
        "WITH wanted (day, account) AS (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')"
        " FROM json_each(?1)) SELECT top.value, sum(n) FROM wanted JOIN top ON top.id IN (SELECT id FROM top AS t"
        " WHERE t.kind = ?2 AND t.account = wanted.account AND t.day = wanted.day ORDER BY n DESC, value LIMIT ?3)"
        " GROUP BY top.value ORDER BY sum(n) DESC, top.value LIMIT ?4"
    )
    return list(rows.execute(sql, (orjson.dumps(sorted(days)).decode(), kind, TOP, limit)))


_SPAN = "day BETWEEN ? AND ? AND (? IS NULL OR account = ?)"


def _add(rows: Rows, tally: Tally, sign: int) -> None:
    place = (tally.day, tally.account)
    rows.execute(_TO_DAY, (*place, tally.channel, *_values(tally.counts, OF_DAY, sign)))
    rows.executemany(
        _TO_AGENT, [(*place, agent, *_values(counts, OF_AGENT, sign)) for agent, counts in tally.agents.items()]
    )
    for kind, value in tally.tops:
        key = (kind, tally.account, tally.day, value)
        rows.execute(_TO_TOP, (*key, sign))
        if sign < 0:
            rows.execute("DELETE FROM top WHERE kind = ? AND account = ? AND day = ? AND value = ? AND n = 0", key)


def _adding(table: str, key: tuple[str, ...], names: tuple[str, ...]) -> str:
    """One statement for all: a new one for each few columns would have to be understood anew each time."""
    marks = ", ".join("?" * (len(key) + len(names)))
    sums = ", ".join([f"{name} = {name} + excluded.{name}" for name in names])
    columns, place = ", ".join([*key, *names]), ", ".join(key)
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT ({place}) DO UPDATE SET {sums}"


_TO_DAY = _adding("of_day", ("day", "account", "channel"), OF_DAY)
_TO_AGENT = _adding("of_agent", ("day", "account", "agent"), OF_AGENT)
_TO_TOP = _adding("top", ("kind", "account", "day", "value"), ("n",))


def _values(counts: Counts, names: tuple[str, ...], sign: int) -> list[int]:
    return [sign * counts.get(name, 0) for name in names]


def _encode(tally: Tally) -> bytes:
    t = tally
    return orjson.dumps([t.day, t.account, t.channel, t.counts, t.agents, t.tops])


def _decode(maker: str | None, adds: bytes) -> Tally:
    day, account, channel, counts, agents, tops = orjson.loads(adds)
    return Tally(
        day=day,
        account=account,
        channel=channel,
        counts=counts,
        agents=agents,
        tops=tuple([(kind, value) for kind, value in tops]),
        maker=maker,
    )
