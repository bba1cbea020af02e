"""Welcome: the one-time link by which somebody sets his password, or makes himself the first user of all."""

from __future__ import annotations

from attrs import frozen

from jivod.flow import password, staff
from jivod.model.errors import Refused
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.pages import entry
from jivod.web.pages.form import text
from jivod.web.pages.page import Ask, Call, Moved, Page, Shown
from jivod.web.signin.clerk import Clerk


@frozen(kw_only=True)
class Chosen:
    """The password, and for the first user his name."""

    first: bool = False
    name: str = text(staff.LONGEST_NAME, default="")
    password: str = text(password.LONGEST)


def welcome(txn: Txn, ask: Ask) -> Shown:
    """Whom the link is for. To look at it does not use it up: mail programs follow links too."""
    link = ask.path["link"]
    user = staff.whose_link(txn, link, ask.at)
    is_first = staff.is_first_link(txn, link, ask.at)
    values = {"first": is_first, "name": user.name if user else "", "good": user is not None or is_first}
    return Shown("welcome.html", values, status=200 if values["good"] else 404)


async def accept(clerk: Clerk, call: Call) -> Moved:
    """Set the password, and let him in."""
    asked: Chosen = call.form
    link = call.path["link"]
    try:
        if asked.first:
            opened = await clerk.found(call.caller, link, asked.name, asked.password)
        else:
            opened = await clerk.use_link(call.caller, link, asked.password)
    except Refused as refused:
        raise entry.unfit(refused) from None
    return entry.came_in(opened, clerk.terms, urls.HOME)


PAGES = (
    Page(path=urls.WELCOME, role=None, work=welcome),
    Page(path=urls.WELCOME, method="POST", role=None, deed=accept, form=Chosen, again=welcome),
)
