"""Users: who may come in, as which, and the links by which they set their passwords."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from jivod.flow import sessions, staff
from jivod.model.access import Role
from jivod.model.errors import Refused
from jivod.model.user import User
from jivod.store import users
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.pages import entry
from jivod.web.pages.form import choice, text
from jivod.web.pages.page import Ask, Call, Moved, Page, Shown, Told, Unfit
from jivod.web.pages.words import _
from jivod.web.signin.clerk import Clerk

ROLES = tuple([role.value for role in Role])
ACTIVE, INVITED, DISABLED, STALE = "active", "invited", "disabled", "stale"
LINK, ENABLE, DISABLE = "link", "enable", "disable"
NOT_SELF = _("You cannot change your own role, nor shut yourself out; let another administrator do it.")


@frozen
class Row:
    """A user, how he stands, and when he was seen last; None: he is signed in nowhere."""

    user: User
    state: str
    seen_at: int | None


@frozen
class Link:
    """The secret of a one-time link, for whom and until when: shown once."""

    user: User
    path: str


@frozen(kw_only=True)
class Newcomer:
    """Somebody new."""

    name: str = text(staff.LONGEST_NAME)
    role: str = choice(*ROLES)


@frozen(kw_only=True)
class Change:
    """What is to be done about a user: one of the deeds, or a role."""

    do: str = choice(LINK, ENABLE, DISABLE, *ROLES)


def listed(txn: Txn, ask: Ask) -> Shown:
    """Everybody."""
    rows = [_row(txn, ask, user) for user in users.listed(txn)]
    link = f"{ask.desk.public_url}{ask.told.path}" if isinstance(ask.told, Link) else ""
    told = ask.told.user if isinstance(ask.told, Link) else None
    return Shown("users.html", {"rows": rows, "roles": ROLES, "link": link, "told": told})


async def add(clerk: Clerk, call: Call) -> Told:
    """Let there be a user, and tell the link."""
    asked: Newcomer = call.form
    try:
        user, link = await clerk.add(call.caller, call.viewer.name, asked.name, Role(asked.role))
    except Refused as refused:
        raise entry.unfit(refused) from None
    return Told(Link(user, _path(link)))


async def change(clerk: Clerk, call: Call) -> Moved | Told:
    """Do something about a user."""
    name, do = call.path["name"], call.form.do
    try:
        if do == LINK:
            user, link = await clerk.give_link(call.caller, call.viewer.name, name)
            return Told(Link(user, _path(link)))
        if staff.name_of(name) == call.viewer.name:
            raise Unfit(**{"": NOT_SELF})
        await clerk.change(call.caller, call.viewer.name, _work(name, do))
    except Refused as refused:
        raise entry.unfit(refused) from None
    return Moved(urls.USERS, "user")


def _work(name: str, do: str) -> Callable[[Txn], User]:
    if do == DISABLE:
        return lambda txn: staff.disable(txn, name)
    if do == ENABLE:
        return lambda txn: staff.enable(txn, name)
    return lambda txn: staff.set_role(txn, name, Role(do))


def _row(txn: Txn, ask: Ask, user: User) -> Row:
    there = sessions.listed(txn, user.name, ask.terms, ask.at)
    return Row(user, _state(user, ask.at), there[0].seen_at if there else None)


def _state(user: User, at: int) -> str:
    if user.disabled:
        return DISABLED
    if user.password:
        return ACTIVE
    return INVITED if at < user.link_until else STALE


def _path(link: str) -> str:
    return urls.WELCOME.replace("<link>", link)


PAGES = (
    Page(path=urls.USERS, role=Role.ADMIN, work=listed, menu="admin"),
    Page(path=urls.USERS, method="POST", role=Role.ADMIN, deed=add, form=Newcomer, again=listed, menu="admin"),
    Page(path=urls.USER, method="POST", role=Role.ADMIN, deed=change, form=Change, again=listed, menu="admin"),
)
