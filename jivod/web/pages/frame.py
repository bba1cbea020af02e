"""Frame: what every page shows around its own: the rail with its counts, the search, who looks, what was just done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from jivod.config.settings import LANGUAGES
from jivod.flow import backlog
from jivod.model.access import Role
from jivod.store import journal
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.pages.notices import NOTICES
from jivod.web.pages.page import Ask
from jivod.web.pages.words import _

MANY = 100  # reviews; more are not counted

NAMES = {"en": "English", "es": "Español", "pt": "Português", "ru": "Русский", "tr": "Türkçe"}
"""What each language calls itself."""


@frozen
class Entry:
    """A place in the rail. `menu`: what a `Page` says to belong there."""

    menu: str
    title: str
    path: str
    role: Role = Role.AGENT


RAIL = (
    Entry("overview", _("Overview"), urls.OVERVIEW),
    Entry("now", _("Now"), urls.NOW),
    Entry("customers", _("Customers"), urls.PEOPLE),
    Entry("reviews", _("Reviews"), urls.DOUBTS, Role.STEWARD),
    Entry("admin", _("Admin"), urls.OFFICE, Role.ADMIN),
)
"""The whole rail; of it those places are shown that there are."""


def frame(txn: Txn, ask: Ask, menu: str, rail: Sequence[Entry]) -> dict[str, Any]:
    """The values of the layout; `rail`: the places that there are."""
    return {
        **around(ask.language, ask.here),
        "at": ask.at,
        "upto": journal.last(txn),
        "zone": ask.zone,
        "viewer": ask.viewer if ask.viewer.name else None,
        "csrf": ask.viewer.csrf,
        "typed": ask.typed,
        "notice": NOTICES.get(ask.done, ""),
        "menu": menu,
        "rail": [entry for entry in rail if ask.viewer.role.covers(entry.role)],
        "counts": {"reviews": backlog.rough(txn, ask.at, MANY)} if ask.viewer.name else {},
        "many": MANY,
    }


def around(language: str, here: str) -> dict[str, Any]:
    """Those of them that every page has, also one that says what went wrong."""
    return {"language": language, "languages": [(code, NAMES[code]) for code in LANGUAGES], "here": here}
