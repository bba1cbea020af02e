"""Deed: what somebody did about his own or another's way in. Whoever keeps a log of such things is told each, here."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

SIGNED_IN = "signed_in"
FAILED = "failed"  # a wrong password, or nobody's name
SLOWED = "slowed"  # a try before its time, which was not looked at
SIGNED_OUT = "signed_out"
SESSION_ENDED = "session_ended"  # one, from another browser, or all others
PASSWORD_SET = "password_set"
USER_ADDED = "user_added"
USER_CHANGED = "user_changed"
LINK_GIVEN = "link_given"


@frozen(kw_only=True)
class Deed:
    """`by`: the user, "" where a name was nobody's; `about`: another user, if it is about one."""

    what: str
    by: str
    address: str
    at: int
    about: str = ""


Tell = Callable[[Deed], None]
