"""Figures: what came in over some days, in sums."""

from __future__ import annotations

import re
from datetime import date, datetime

from attrs import asdict, frozen

from jivod.model.access import READ
from jivod.model.audit import OPENED
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api.body import unfit
from jivod.web.api.fields import number, text
from jivod.web.api.route import Ask, Done, Later, Route, done
from jivod.web.problem import Fault

LONGEST = 400  # days
_DAY = re.compile(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}", re.ASCII)


@frozen(kw_only=True)
class Span:
    """`days` up to `until` (a day, as 2026-11-26; without it: today), of one `account` or of all."""

    days: int = number(1, LONGEST, 30)
    until: str | None = text(10, default=None)
    account: str | None = text(64, default=None)


def read(txn: Txn, ask: Ask) -> Done:
    """Chats by day and channel, first answers, ratings, agents, new and returning customers, pages, sources, hours."""
    from jivod.flow import figures, following

    asked: Span = ask.query
    zone = following.zone_of(figures.zone_of(ask.file))
    until = datetime.fromtimestamp(ask.at / 1000, zone).date() if asked.until is None else _day(asked.until)
    since = date.fromordinal(until.toordinal() - asked.days + 1)  # no day is asked for that is too early for this
    return done(asdict(figures.figures(txn, ask.file, since, until, asked.account)))


def _day(given: str) -> date:
    try:
        if _DAY.fullmatch(given):
            return date.fromisoformat(given)
    except ValueError:
        pass
    raise unfit([Fault("parameter", "until", "is a day, like 2026-11-26")])


def _shape() -> type:
    from jivod.model.figures import Figures

    return Figures


ROUTES = (
    Route(
        method="GET", path=urls.FIGURES, scope=READ, summary="What came in, in sums", work=read, query=Span,
        answer=Later(_shape), action=OPENED,
    ),
)  # fmt: skip
