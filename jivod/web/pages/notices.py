"""Notices: what was done a moment ago, as a code in the address. The list is closed: no text comes from outside."""

from __future__ import annotations

from jivod.web.pages.words import _

CODE = "done"  # the parameter

NOTICES = {
    "saved": _("Saved."),
    "language": _("The language was changed."),
    "signed_out": _("You are signed out."),
    "password": _("The password was changed. Everywhere else you are signed out."),
    "ended": _("That session has ended."),
    "user": _("The user was changed."),
}
"""Code -> sentence; whoever brings a page adds what it does."""
