"""Language: the switch at the foot of every page. A cookie remembers it; who has chosen one has another then."""

from __future__ import annotations

from attrs import frozen

from jivod.config.settings import LANGUAGES
from jivod.flow import staff
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.pages import choice
from jivod.web.pages.form import choice as one_of
from jivod.web.pages.form import text
from jivod.web.pages.link import LONGEST, local
from jivod.web.pages.page import Ask, Moved, Page

_YEAR = 365 * 24 * 3600  # s


@frozen(kw_only=True)
class Switch:
    """The language, and the page to go back to."""

    language: str = one_of(*LANGUAGES)
    next: str = text(LONGEST, default="/")


def switch(txn: Txn, ask: Ask) -> Moved:
    """Show pages in this language from now on."""
    asked: Switch = ask.form
    if ask.viewer.language is not None:
        staff.set_taste(txn, ask.viewer.name, asked.language, ask.viewer.zone)
    secure = "; Secure" if ask.desk.public_url.startswith("https:") else ""
    cookie = f"{choice.LANGUAGE_COOKIE}={asked.language}; Path=/; Max-Age={_YEAR}; SameSite=Lax; HttpOnly{secure}"
    return Moved(local(asked.next), headers=(("Set-Cookie", cookie),))


PAGES = (Page(path=urls.LANGUAGE, method="POST", role=None, work=switch, form=Switch, writes=True),)
