"""Inbox: bodies that could not be read, as they came, and the button that reads one again."""

from __future__ import annotations

import re

from attrs import frozen

from jivod.flow import inbox
from jivod.model.access import Role
from jivod.model.audit import READ, RETRIED
from jivod.model.entry import Quarantined
from jivod.model.errors import Refused, Unreadable
from jivod.store import quarantine
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api.page import END
from jivod.web.pages.page import Ask, Flaw, Moved, Page, Shown, Unfit
from jivod.web.pages.words import _

MANY = 20  # bodies of one page
SHOWN = 4000  # characters of each
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")

_GONE = _("This one is gone: it was read, or made room for later ones.")
_STILL = _("It still cannot be read: %(why)s")


@frozen(kw_only=True)
class After:
    """Behind which number the page begins."""

    after: int = 0


@frozen
class Row:
    """A body as text, at most SHOWN characters of it; `more`: there is more."""

    item: Quarantined
    text: str
    more: bool


def listed(txn: Txn, ask: Ask) -> Shown:
    """What is kept, oldest first."""
    after = min(ask.query.after, END) if isinstance(ask.query, After) else 0
    found = quarantine.listed(txn, MANY + 1, after)
    count, size = quarantine.held(txn)
    values = {
        "rows": [_row(item) for item in found[:MANY]],
        "next": found[MANY - 1].number if len(found) > MANY else None,
        "begun": after > 0,
        "count": count,
        "size": size,
    }
    return Shown("inbox.html", values)


def retry(txn: Txn, ask: Ask) -> Moved:
    """Read it again; it leaves the quarantine only if that works."""
    number = ask.path["number"]
    if number >= END:
        raise Unfit(**{"": _GONE})
    try:
        done = inbox.retry(txn, number, ask.desk)
    except Unreadable as error:
        raise Unfit(**{"": Flaw(_STILL, {"why": f"{error}"})}) from None
    except Refused:
        raise Unfit(**{"": _GONE}) from None
    return Moved(urls.INBOX, done="retried", customers=(done.customer,) if done.customer else ())


def _row(item: Quarantined) -> Row:
    text = item.body[: SHOWN * 4].decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    shown = _STEERING.sub(lambda match: match[0].encode("unicode_escape").decode(), text[:SHOWN])
    return Row(item, shown, len(text) > SHOWN or len(item.body) > SHOWN * 4)


PAGES = (
    Page(path=urls.INBOX, role=Role.ADMIN, work=listed, query=After, menu="admin", action=READ),
    Page(
        path=urls.INBOX_RETRY, method="POST", role=Role.ADMIN, work=retry, again=listed, writes=True, menu="admin",
        action=RETRIED,
    ),
)  # fmt: skip
