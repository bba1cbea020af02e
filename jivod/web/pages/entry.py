"""Entry: what a browser is told when somebody has come in or gone, and the sentences for who does not get in."""

from __future__ import annotations

from math import ceil

from jivod.flow import password, staff
from jivod.model.errors import Refused
from jivod.model.user import Terms
from jivod.web.pages.page import Flaw, Moved, Unfit
from jivod.web.pages.words import _
from jivod.web.signin import cookies
from jivod.web.signin.clerk import Denied, Opened

_MINUTE = 60

SENTENCES = {
    password.TOO_SHORT: _("A password has at least 12 characters; a few unrelated words are easy to remember."),
    password.TOO_LONG: _("A password has at most 256 characters."),
    password.HAS_NAME: _("This password is little more than the user name; choose another."),
    password.TOO_COMMON: _("This password would be among the first to be guessed; take a few unrelated words."),
    password.UNFIT: _("This password has a character that cannot be used."),
    staff.BAD_NAME: _("A user name has 1 to 64 letters a-z, digits and . _ - + @, the first a letter or digit."),
    staff.NAME_TAKEN: _("There is a user of this name already."),
    staff.TOO_MANY: _("There are as many users as fit."),
    staff.NO_USER: _("There is no such user any more."),
    staff.LAST_ADMIN: _("Nobody could manage users any more; make somebody else an administrator first."),
    staff.DISABLED: _("This user is disabled; enable him first."),
    staff.BAD_LINK: _("This link was used, or is older than a day, or there is a newer one. Ask for another."),
}
"""What `flow` refuses -> the sentence for the page."""

PASSWORDS = frozenset({password.TOO_SHORT, password.TOO_LONG, password.HAS_NAME, password.TOO_COMMON, password.UNFIT})
NAMES = frozenset({staff.BAD_NAME, staff.NAME_TAKEN})
WRONG = _("The user name or the password is not right.")
WRONG_OLD = _("This is not your password.")
SLOW = _("Too many tries. Wait %(seconds)s seconds, then try again.")
VERY_SLOW = _("Too many tries. Wait %(minutes)s minutes, then try again.")


class Slowed(Unfit):
    """Too early."""

    status = 429


def came_in(opened: Opened, terms: Terms, location: str, done: str = "") -> Moved:
    """Go on, with the cookies of a session that has begun."""
    return Moved(
        location,
        done,
        headers=(
            ("Set-Cookie", cookies.keep(cookies.SESSION, opened.cookie, terms.absolute // 1000)),
            ("Set-Cookie", cookies.keep(cookies.DEVICE, str(opened.device), cookies.DEVICE_FOR)),
        ),
    )


def went_out(location: str) -> Moved:
    """Go on, without the cookie of the session and without anything that the browser kept of the pages."""
    return Moved(
        location,
        "signed_out",
        headers=(("Set-Cookie", cookies.drop(cookies.SESSION)), ("Clear-Site-Data", '"cache", "storage"')),
    )


def not_in(denied: Denied, field: str, wrong: str) -> Unfit:
    """What is said to who does not get in: the same whatever the reason, but for the time to wait."""
    if not denied.wait:
        return Unfit(**{field: wrong})
    if denied.wait <= _MINUTE:
        return Slowed(**{"": Flaw(SLOW, {"seconds": ceil(denied.wait)})})
    return Slowed(**{"": Flaw(VERY_SLOW, {"minutes": ceil(denied.wait / _MINUTE)})})


def unfit(refused: Refused, password_field: str = "password", name_field: str = "name") -> Refused:
    """What `flow` refused, at the field that it is about; the refusal itself where that is not known."""
    said = str(refused)
    field = password_field if said in PASSWORDS else name_field if said in NAMES else ""
    return Unfit(**{field: SENTENCES[said]}) if said in SENTENCES else refused
