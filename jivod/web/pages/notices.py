"""Notices: what was done a moment ago, as a code in the address. The list is closed: no text comes from outside."""

from __future__ import annotations

from jivod.web.pages.words import _

CODE = "done"  # the parameter

NOTICES = {
    "saved": _("Saved."),
    "confirmed": _("It counts as verified from now on."),
    "first": _("It stands first from now on."),
    "settled": _("Settled."),
    "noted": _("The note was kept."),
    "undone": _("Taken back."),
    "shared": _("Shared: it finds nobody from now on."),
    "detached": _("The conversation is a customer of its own now."),
    "merged": _("The two are one customer now. Undo stands beside it in the history."),
    "different": _("The two are different people; nobody is asked again."),
    "later": _("Put off; it will be asked again."),
    "answered": _("Answered. There may be more of this key: look below."),
    "language": _("The language was changed."),
    "signed_out": _("You are signed out."),
    "password": _("The password was changed. Everywhere else you are signed out."),
    "ended": _("That session has ended."),
    "tested": _("The test event was played. This is what the agent would see."),
    "retried": _("It could be read this time, and is part of the history now."),
    "sink": _("Done; the daemon takes it up within moments."),
    "user": _("The user was changed."),
}
"""Code -> sentence; whoever brings a page adds what it does."""
