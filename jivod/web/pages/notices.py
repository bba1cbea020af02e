"""Notices: what was done a moment ago, as a code in the address. The list is closed: no text comes from outside."""

from __future__ import annotations

from jivod.web.pages.words import _

CODE = "done"  # the parameter

NOTICES = {
    "saved": _("Saved."),
    "language": _("The language was changed."),
}
"""Code -> sentence; whoever brings a page adds what it does."""
