"""The audit log as the pages keep it: whoever is shown or changed is in it, by whom, and nothing that was typed."""

from __future__ import annotations

import re

import pytest

from jivod.model.access import Role
from jivod.model.audit import ACTIONS, BEGUN, DENIED, DONE, MERGED, PAGE, READING, REFUSED, SIGNED_IN, Record
from jivod.store import logbook
from jivod.store.logbook import Wanted
from jivod.web import urls
from jivod.web.pages.page import Page
from jivod.web.pages.pages import PAGES
from jivod.web.pages.trace import entered
from jivod.web.signin import deed
from tests.web.api.counter import accepted
from tests.web.pages.window import Window

AN_ID = re.compile(r"/customers/([0-9a-hjkmnp-tv-z]{26})\b")
OF_PAIRS = re.compile(r"(?:/reviews/|\.)([0-9a-hjkmnp-tv-z]{26})\b")
OF_NOBODY = {
    urls.HOME, urls.LANGUAGE, urls.LOGIN, urls.LOGOUT, urls.WELCOME, urls.ACCOUNT, urls.PASSWORD,
    urls.SESSIONS, urls.USERS, urls.USER,
    urls.PERSON_NEWS, urls.OVERVIEW, urls.OFFICE, urls.OFFICE_SINK,
}  # fmt: skip
"""Pages that show no customer, but for a count of his news; the clerk tells what is done about users."""


def records(window: Window) -> list[Record]:
    found, _ = logbook.page(window.shop.ledger.directory, Wanted(), 0, 10_000)
    return [kept.record for kept in found][1:]  # but the one by which the file begins


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.method} {page.path}")
def test_every_page_about_customers_says_what_it_does(page: Page) -> None:
    assert (page.action is None) == (page.path in OF_NOBODY)
    assert page.action is None or page.action in ACTIONS
    assert page.action is None or page.writes == (page.action not in READING)


def test_whoever_is_found_is_on_record_and_nobody_else(full: Window) -> None:
    for path in ("/customers", "/customers?q=deniz@example.com", "/customers?q=nobody"):
        shown = AN_ID.findall(full.page(path))
        record = records(full)[-1]
        assert set(record.customers) == set(shown)
        assert (record.by, record.door, record.result) == ("Zeynep", PAGE, DONE)


def test_whoever_is_shown_is_on_record(full: Window) -> None:
    a, b, c = dict.fromkeys(AN_ID.findall(full.page("/customers")))
    full.send(f"/customers/{a}/merge", {"loser": b, "winner": a})
    full.tell(accepted(9, phone="+905320000001", email="somebody.else@example.com"))
    chat = re.findall(r'"(/chats/[^"?#]+)', full.page(f"/customers/{c}"))[0]
    pair = re.findall(r'"(/reviews/[0-9a-z]+\.[0-9a-z]+)', full.page("/reviews"))[0]
    for path in (f"/customers/{a}", f"/customers/{b}", f"/customers/{c}/merge?words=deniz", chat, "/reviews", pair):
        shown = (OF_PAIRS if path == "/reviews" else AN_ID).findall(full.page(path))
        assert set(shown) <= set(records(full)[-1].customers)
        assert shown, path


def test_whoever_is_changed_is_on_record(full: Window) -> None:
    a, b, _ = dict.fromkeys(AN_ID.findall(full.page("/customers")))
    full.send(f"/customers/{a}/merge", {"loser": b, "winner": a})
    begun, done = records(full)[-2:]
    assert (begun.action, begun.result, done.result) == (MERGED, BEGUN, DONE)
    assert {a, b} <= set(done.customers)
    assert len(done.entries) == 1
    full.send(f"/customers/{a}/merge", {"loser": b, "winner": a})
    assert [record.result for record in records(full)[-3:]] == [BEGUN, REFUSED, DONE]  # and the page that says so


def test_what_is_looked_for_is_in_no_file(full: Window) -> None:
    full.page("/customers?q=deniz@example.com")
    full.look("/customers/deniz@example.com")
    kept = "".join(file.path.read_text() for file in logbook.files(full.shop.ledger.directory))
    assert "deniz" not in kept and "example" not in kept


def test_who_may_not_is_on_record() -> None:
    def work(txn: object, ask: object) -> None:
        raise AssertionError("nobody may come here")

    page = Page(path="/secret", role=Role.STEWARD, work=work, action="read")  # type: ignore[arg-type]
    window = Window(pages=(*PAGES, page))
    window.be(role=Role.AGENT)
    assert window.look("/secret").status == 403
    assert [(record.verb, record.result) for record in records(window)] == [("GET /secret", DENIED)]


def test_every_deed_about_a_way_in_is_on_record_but_a_try_that_was_not_looked_at() -> None:
    whats = {value for name, value in vars(deed).items() if name.isupper()}
    found = {what: entered(deed.Deed(what=what, by="owner", address="192.0.2.1", at=1)) for what in whats}
    assert [what for what, record in found.items() if record is None] == [deed.SLOWED]
    assert all(record is None or record.action in ACTIONS for record in found.values())
    failed = found[deed.FAILED]
    assert failed is not None and (failed.action, failed.result, failed.by) == (SIGNED_IN, DENIED, "owner")
