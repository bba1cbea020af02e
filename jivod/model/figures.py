"""Figures: what came in over some days, as the overview shows it."""

from __future__ import annotations

from jivod.model.value import frozen


@frozen(kw_only=True)
class Counts:
    """How often; of a day, a channel, or all of it.

    `new`: conversations in which a customer became known, `returning`: those of customers who were. Conversations of
    nobody are neither. `unanswered`: a visitor wrote and no agent did. Of ratings and calls, what came of each.
    """

    chats: int = 0
    messages: int = 0
    offline: int = 0
    new: int = 0
    returning: int = 0
    unanswered: int = 0
    rated_good: int = 0
    rated_other: int = 0
    rated_bad: int = 0
    calls_talked: int = 0
    calls_missed: int = 0
    calls_failed: int = 0


@frozen(kw_only=True)
class Waits:
    """How soon visitors had their first answer: how many had one, and the seconds in which half of them, and nine of
    ten, had it (None where there was none); told to about a step of `figures.WAITS`.
    """

    answered: int = 0
    median: float | None = None
    ninety: float | None = None


@frozen(kw_only=True)
class Day:
    """A day, as 2026-11-26; `channels`: the chats by each."""

    day: str
    counts: Counts
    waits: Waits
    channels: dict[str, int]


@frozen(kw_only=True)
class Channel:
    """All of one channel."""

    account: str
    channel: str
    counts: Counts
    waits: Waits


@frozen(kw_only=True)
class AgentFigures:
    """All of one agent: the chats that ended with him, how soon he gave a first answer, how his chats were rated."""

    agent: str
    chats: int
    waits: Waits
    rated_good: int
    rated_other: int
    rated_bad: int


@frozen(kw_only=True)
class Top:
    """The most frequent values, each with how often; `other`: all the rest together."""

    values: tuple[tuple[str, int], ...] = ()
    other: int = 0


@frozen(kw_only=True)
class Figures:
    """Of the days from `since` to `until`, both within, as they are in `zone`; of one account, or all.

    `steps`: how many first answers took each of the steps. `hours`: of each weekday, Monday first, the chats and
    offline messages of each hour. `behind`: so many entries of the journal are not counted yet; None: nothing is.
    """

    since: str
    until: str
    zone: str
    account: str | None
    behind: int | None
    total: Counts
    waits: Waits
    steps: tuple[int, ...]
    days: tuple[Day, ...]
    channels: tuple[Channel, ...]
    agents: tuple[AgentFigures, ...]
    pages: Top
    sources: Top
    hours: tuple[tuple[int, ...], ...]
