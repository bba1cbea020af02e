"""Account: what somebody decides about himself: password, language, zone, and where he is signed in."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from attrs import frozen

from jivod.config.settings import LANGUAGES
from jivod.flow import password, sessions, staff
from jivod.model.errors import Refused
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.pages import entry
from jivod.web.pages.form import choice, text
from jivod.web.pages.page import Ask, Call, Moved, Page, Shown, Unfit
from jivod.web.pages.words import _
from jivod.web.signin.clerk import Clerk, Denied

OTHERS = "others"
_CONTINENTS = (
    "Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/",
)  # fmt: skip
NO_ZONE = _("Choose one of those that are offered.")


@frozen(kw_only=True)
class Taste:
    """What to read in; blank: what the browser says."""

    language: str | None = choice("", *LANGUAGES, default=None)
    zone: str | None = text(64, default=None)


@frozen(kw_only=True)
class Exchange:
    """One password for another."""

    old: str = text(password.LONGEST)
    new: str = text(password.LONGEST)


@frozen(kw_only=True)
class Ending:
    """The session that is to end, or all others."""

    session: str = text(64)


def account(txn: Txn, ask: Ask) -> Shown:
    """Everything about the viewer himself."""
    user = staff.known(txn, ask.viewer.name)
    values = {
        "user": user,
        "zones": zones(),
        "here": ask.viewer.session,
        "sessions": sessions.listed(txn, user.name, ask.terms, ask.at),
    }
    return Shown("account.html", values)


def choose(txn: Txn, ask: Ask) -> Moved:
    """Remember what the viewer wants to read in."""
    asked: Taste = ask.form
    zone = asked.zone or None
    if zone is not None and zone not in zones():
        raise Unfit(zone=NO_ZONE)
    staff.set_taste(txn, ask.viewer.name, asked.language or None, zone)
    return Moved(urls.ACCOUNT, "saved")


async def change_password(clerk: Clerk, call: Call) -> Moved:
    """Set another password."""
    asked: Exchange = call.form
    try:
        found = await clerk.change_password(call.caller, call.viewer.name, asked.old, asked.new)
    except Refused as refused:
        raise entry.unfit(refused, "new") from None
    if isinstance(found, Denied):
        raise entry.not_in(found, "old", entry.WRONG_OLD)
    return entry.came_in(found, clerk.terms, urls.ACCOUNT, "password")


async def end(clerk: Clerk, call: Call) -> Moved:
    """End a session of the viewer, or all but this one."""
    asked: Ending = call.form
    if asked.session == OTHERS:
        await clerk.end_others(call.caller, call.viewer.name)
    else:
        await clerk.end_session(call.caller, call.viewer.name, asked.session)
    return Moved(urls.ACCOUNT, "ended")


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The names of all time zones that a person may live in."""
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(_CONTINENTS)))


PAGES = (
    Page(path=urls.ACCOUNT, work=account),
    Page(path=urls.ACCOUNT, method="POST", work=choose, form=Taste, again=account, writes=True),
    Page(path=urls.PASSWORD, method="POST", deed=change_password, form=Exchange, again=account),
    Page(path=urls.SESSIONS, method="POST", deed=end, form=Ending, again=account),
)
