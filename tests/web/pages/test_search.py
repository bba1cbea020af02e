"""Search on the pages: one box finds keys, names and what was said, marks it, and leads to where it was said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from jivod.flow.following import follow, make_side, zone_of
from jivod.store import logbook
from jivod.store.logbook import Wanted
from jivod.web.pages import search
from tests.web.api.counter import accepted, finished
from tests.web.pages.test_customers import Shape
from tests.web.pages.test_hostile import TEXTS, Looked
from tests.web.pages.window import Window
from tests.web.shop import NOW

UTC = zone_of("UTC")


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    file = make_side(tmp_path, "UTC")
    yield Window(file=file)
    file.close()


def index(window: Window) -> None:
    for _ in range(20):
        step = follow(window.shop.engine, window.file, UTC, 1000)
        if step.seen == step.last and not step.again:
            return
    raise AssertionError("it never ends")


def said(number: int, text: str, **visitor: str) -> dict[str, object]:
    messages = [{"type": "visitor", "timestamp": NOW // 1000 + number, "message": text}]
    return {**finished(number, **visitor), "chat": {"messages": messages}}


@pytest.fixture
def full(window: Window) -> Window:
    window.tell(said(1, "Where is my parcel to IĞDIR?", name="Ayşe Yılmaz", email="ayse@example.com"))
    window.tell(accepted(2, name="İstanbul Ltd", email="deniz@example.com", phone="+90 532 000 00 01"))
    window.tell(accepted(3, name="Parcel Person", email="p@example.com"))
    index(window)
    return window


def rows(html: str) -> list[str]:
    return re.findall(r'<li class="hit">.*?</li>', html, re.DOTALL)


def test_a_key_says_by_which(full: Window) -> None:
    (row,) = rows(full.page("/customers?q=0532+000+00+01"))
    assert "İstanbul Ltd" in row and "by the phone" in row


def test_turkish_letters_are_found_in_any_spelling(full: Window) -> None:
    (row,) = rows(full.page("/customers?q=igdir"))
    assert "<mark>IĞDIR</mark>" in row and "said in a conversation" in row
    (row,) = rows(full.page("/customers?q=ISTANBUL"))
    assert "<mark>İstanbul</mark>" in row and "by the name" in row


def test_a_name_comes_before_what_was_said(full: Window) -> None:
    person, talk = rows(full.page("/customers?q=parc"))
    assert "Parcel Person" in person and 'href="/chats/main/chat%3A1?at=' in talk


def test_a_hit_leads_to_where_it_was_said(window: Window) -> None:
    messages = [{"type": "visitor", "timestamp": NOW // 1000 + n, "message": f"w{n}"} for n in range(450)]
    window.tell({**finished(1, email="a@example.com"), "chat": {"messages": messages}})
    index(window)
    href = re.findall(r'href="(/chats/[^"]+)"', window.page("/customers?q=w333"))[0]
    path, _, fragment = href.partition("#")
    html = window.page(path)
    assert re.findall(rf'id="{fragment}">.*?<p class="text" dir="auto">(\w+)</p>', html, re.DOTALL) == ["w333"]
    assert 'id="here"' not in window.page("/chats/main/chat:1?at=12345")


def test_pages_go_on_and_give_each_once(window: Window) -> None:
    for n in range(60):
        window.tell(said(n + 1, f"hello number{n}", email=f"e{n}@example.com"))
    index(window)
    seen: list[str] = []
    path: str | None = "/customers?q=hello"
    while path is not None:
        html = window.page(path)
        seen += re.findall(r"number\d+", html)
        more = re.search(r'rel="next" href="([^"]+)"', html)
        path = more[1].replace("&amp;", "&") if more else None
    assert sorted(seen) == sorted(f"number{n}" for n in range(60))
    assert window.look("/customers?q=hello&cursor=zz").status == 400


def test_whoever_is_found_is_on_record(full: Window) -> None:
    html = full.page("/customers?q=parcel")
    found, _ = logbook.page(full.shop.ledger.directory, Wanted(), 0, 1000)
    assert set(re.findall(r"/customers/([0-9a-z]{26})", html)) == set(found[-1].record.customers) != set()


def test_what_is_not_searched_yet_is_said(window: Window) -> None:
    window.tell(said(1, "hello", email="a@example.com", name="Ada"))
    html = window.page("/customers?q=ada")
    assert "Words are not searched yet" in html and "Ada" in rows(html)[0]
    index(window)
    assert 'class="muted small lag"' not in window.page("/customers?q=ada")
    window.tell(accepted(2, name="Bob"))
    assert "1 entry of the last moments is not" in window.page("/customers?q=ada")


def test_nothing_found_says_what_can_be(full: Window) -> None:
    html = full.page("/customers?q=xyz")
    assert "phones in any spelling" in html and "Words in quotation marks" in html


def test_every_reason_has_words() -> None:
    from jivod.flow import indexed
    from jivod.model.contact import KINDS

    assert {*KINDS, *indexed.ATTRIBUTES, "id", "message"} <= set(search.WHYS)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_hostile_texts_are_text(window: Window, text: str) -> None:
    window.tell(said(1, f"needle {text} needle", name=f"needle {text}"[:900], email="h@example.com"))
    index(window)
    html = window.page("/customers?q=needle")
    assert Looked(html).wrong == [] and len(rows(html)) == 2
    asked = window.page(f"/customers?q={quote(text[:200])}")
    assert Looked(asked).wrong == []
    assert text.strip()[:20] in Shape(asked).text or not text.isprintable()
