"""Places: every page, by a name, and where it is in the story. A page that nobody has named here is no page yet."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from jivod.web.pages.page import Page as Route
from jivod.web.pages.pages import PAGES
from tests.browser.story import DENIZ, Told

STRANGERS = frozenset({"login", "welcome", "stale"})
"""Seen by who is not signed in."""
PARTS = frozenset({"/", "/now/rows", "/customers/<id>/news"})
"""Leads on to a page, or is only a part of one."""
EMPTY = {"customers": "/customers", "reviews": "/reviews", "now": "/now", "overview": "/overview"}
"""Where nothing has happened yet."""


def places(told: Told, review: str, invitation: str, trial: str) -> dict[str, str]:
    """Name -> path. `review` is that of a pair, `invitation` a link that was not used, `trial` a test event."""
    return {
        "login": "/login",
        "welcome": invitation,
        "customers": "/customers",
        "customers-found": "/customers?q=Ofis",
        "customers-nobody": "/customers?q=nobody.at.all%40example.com",
        "customer": told.ayse,
        "customer-doubt": told.asli,
        "customer-edits": f"{told.ayse}?kind=edit",
        "customer-edit": f"{told.ayse}?edit=name",
        "merge": f"{told.ayse}/merge?words={DENIZ.replace('@', '%40')}",
        "merge-pair": f"{told.ayse}/merge?other={told.deniz.rsplit('/', 1)[1]}",
        "chat": told.chat,
        "call": told.call,
        "message": told.message,
        "reviews": "/reviews",
        "review": review,
        "now": "/now",
        "customers-said": "/customers?q=kargo",
        "overview": "/overview",
        "admin": "/admin",
        "quarantine": "/admin/quarantine",
        "trial": trial,
        "account": "/account",
        "users": "/admin/users",
    }


def unnamed(paths: list[str]) -> set[str]:
    """The routes that none of the paths takes."""
    bare = [path.partition("?")[0] for path in paths]
    return {route.path for route in routes() if not any(_pattern(route).fullmatch(path) for path in bare)}


def routes() -> list[Route]:
    """All pages that can be looked at."""
    return [route for route in PAGES if route.method == "GET"]


def scroll(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def _pattern(route: Route) -> re.Pattern[str]:
    parts = re.split(r"<(path:|int:)?\w+>", route.path)
    pattern = "".join(
        {None: "[^/]+", "path:": ".+", "int:": r"\d+"}[part] if n % 2 else re.escape(part or "")
        for n, part in enumerate(parts)
    )
    return re.compile(pattern)
