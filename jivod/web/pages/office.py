"""Office: how the daemon is doing, for administrators: the webhook URLs, the store, the sinks, and what was refused."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from jivod.flow import dispatch, following
from jivod.model.access import Role
from jivod.model.change import Standing
from jivod.model.errors import JivodError
from jivod.store import journal, logbook, quarantine
from jivod.store import sinks as standings
from jivod.store.kv import Size, Txn
from jivod.store.side import Side
from jivod.web import urls
from jivod.web.pages.form import choice
from jivod.web.pages.page import Ask, Moved, Page, Shown
from jivod.web.pages.premises import Premises

REPLAY, PAUSE, RESUME = "replay", "pause", "resume"


@frozen(kw_only=True)
class Health:
    """How the store is. `last_at`: when the last entry came (UNIX ms), `behind`: so many of them are not searched by
    words yet, None: no word is; `audited`: the number of the last record of the audit log. None: nobody knows.
    """

    entries: int
    last_at: int | None
    size: Size | None
    behind: int | None
    is_stopped: bool
    audited: int | None


@frozen(kw_only=True)
class Sink:
    """A sink: where it is, None if it is configured no more; how it stands, None before the first start with it."""

    name: str
    host: str | None
    standing: Standing | None
    backlog: int


@frozen(kw_only=True)
class Change:
    """What is to be done about a sink."""

    do: str = choice(REPLAY, PAUSE, RESUME)


def office(txn: Txn, ask: Ask) -> Shown:
    """All of it on one page."""
    premises = ask.premises
    count, held = quarantine.held(txn)
    values = {
        "addresses": premises.addresses,
        "health": health(txn, ask, premises),
        "sinks": sinks(txn, premises),
        "refused": count,
        "refused_size": held,
    }
    return Shown("office.html", values)


def change(txn: Txn, ask: Ask) -> Moved:
    """Tell a sink once more what was given up, or nothing for now, or go on."""
    deeds: dict[str, Any] = {
        REPLAY: lambda name: dispatch.revive(txn, name, dispatch.REVIVED),
        PAUSE: lambda name: dispatch.pause(txn, name),
        RESUME: lambda name: dispatch.resume(txn, name),
    }
    deeds[ask.form.do](ask.path["name"])
    return Moved(f"{urls.OFFICE}#sinks", done="sink")


def health(txn: Txn, ask: Ask, premises: Premises) -> Health:
    """How the store is right now."""
    last = journal.last(txn)
    entry = journal.get(txn, last) if last else None
    seen = None if ask.file is None else _seen(ask.file)
    return Health(
        entries=last,
        last_at=None if entry is None else entry.received_at,
        size=premises.size(),
        behind=None if seen is None else last - min(seen, last),
        is_stopped=premises.is_stopped(),
        audited=_audited(premises),
    )


def sinks(txn: Txn, premises: Premises) -> list[Sink]:
    """Those that are configured, and those that once were."""
    known = {standing.name: standing for standing in standings.listed(txn)}
    names = dict.fromkeys([*premises.sinks, *known])
    return [_sink(txn, name, premises.sinks.get(name), known.get(name)) for name in names]


def _sink(txn: Txn, name: str, host: str | None, standing: Standing | None) -> Sink:
    backlog = 0 if standing is None else dispatch.backlog(txn, standing)
    return Sink(name=name, host=host, standing=standing, backlog=backlog)


def _seen(file: Side) -> int | None:
    try:
        return file.read(lambda rows: following.noted(rows).seen)
    except JivodError:  # whoever follows the journal makes it anew, and says so
        return None


def _audited(premises: Premises) -> int | None:
    try:
        newest = None if premises.audit is None else logbook.newest(premises.audit)
        if newest is None:
            return None
        with logbook.open_file(newest.path) as file:
            last = logbook.tail(file).last
        return None if last is None else last.number
    except (JivodError, OSError):
        return None


PAGES = (
    Page(path=urls.OFFICE, role=Role.ADMIN, work=office, menu="admin"),
    Page(
        path=urls.OFFICE_SINK, method="POST", role=Role.ADMIN, work=change, form=Change, again=office, writes=True,
        menu="admin",
    ),
)  # fmt: skip
