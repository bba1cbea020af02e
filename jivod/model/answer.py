"""Answer: what the agent sees in the Jivo app. Plain values; `wire.jivo` writes them as JSON."""

from __future__ import annotations

from jivod.model.value import frozen

ROWS_MAX = 10  # the Jivo widget takes at most ten fields per call


@frozen(kw_only=True)
class Row:
    """One field of the agent's panel: `title` above, `key` bold before the content, `link` behind it."""

    title: str | None = None
    content: str
    link: str | None = None
    key: str | None = None


@frozen(kw_only=True)
class ContactInfo:
    """What Jivo shall show as the visitor's own contacts; only what is known."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    description: str | None = None


@frozen(kw_only=True)
class Answer:
    """The body of a 200. Without `contact_info` it is just {"result": "ok"}. At most `ROWS_MAX` rows."""

    contact_info: ContactInfo | None = None
    rows: tuple[Row, ...] = ()
    crm_link: str | None = None
    enable_assign: bool = False


OK = Answer()
