"""Login: the way in, and out again. While there are no users, it says what to do."""

from __future__ import annotations

from attrs import frozen

from jivod.flow import password, staff
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.pages import entry
from jivod.web.pages.form import text
from jivod.web.pages.link import LONGEST, local
from jivod.web.pages.page import Ask, Call, Moved, Page, Shown
from jivod.web.signin.clerk import Clerk, Denied


@frozen(kw_only=True)
class Wanted:
    """Where to go then."""

    next: str | None = text(LONGEST, default=None)


@frozen(kw_only=True)
class Credentials:
    """Who wants in."""

    name: str = text(256)
    password: str = text(password.LONGEST)
    next: str = text(LONGEST, default="/")


def login(txn: Txn, ask: Ask) -> Shown | Moved:
    """What to do to get in; who is in goes on to where he wanted."""
    after = local(ask.typed.get("next", ask.query.next or urls.HOME))
    if ask.viewer.name and ask.query.next:
        return Moved(after)
    return Shown("login.html", {"next": after, "staffed": not staff.is_unstaffed(txn)})


async def sign_in(clerk: Clerk, call: Call) -> Moved:
    """Let somebody in."""
    asked: Credentials = call.form
    found = await clerk.sign_in(call.caller, asked.name, asked.password)
    if isinstance(found, Denied):
        raise entry.not_in(found, "", entry.WRONG)
    return entry.came_in(found, clerk.terms, local(asked.next))


async def sign_out(clerk: Clerk, call: Call) -> Moved:
    """Let somebody out."""
    await clerk.sign_out(call.caller, call.viewer.name)
    return entry.went_out(urls.LOGIN)


PAGES = (
    Page(path=urls.LOGIN, role=None, work=login, query=Wanted),
    Page(path=urls.LOGIN, method="POST", role=None, deed=sign_in, form=Credentials, again=login, query=Wanted),
    Page(path=urls.LOGOUT, method="POST", deed=sign_out),
)
