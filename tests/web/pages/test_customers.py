"""Customers: the list, the search and one of them, with texts that nobody should believe."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from jivod.flow import activity, steward
from jivod.flow.steward import Hand
from jivod.policy.rules import DEFAULT
from tests.web.api.counter import accepted
from tests.web.pages.window import Window
from tests.web.shop import NOW


def names(html: str) -> list[str]:
    return re.findall(r'<a href="/customers/[0-9a-z]{26}" dir="auto">([^<]*)</a>', html)


def ids(html: str) -> list[str]:
    return re.findall(r'<a href="/customers/([0-9a-z]{26})" dir', html)


def test_the_beginning_is_the_overview(full: Window) -> None:
    assert full.look("/").headers["Location"] == "/overview"


def test_the_last_heard_of_comes_first(full: Window) -> None:
    assert names(full.page("/customers")) == ["Mehmet", "Deniz", "Ayşe Yılmaz"]
    full.tell(accepted(4, email="ayse@example.com"))
    assert names(full.page("/customers")) == ["Ayşe Yılmaz", "Mehmet", "Deniz"]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("ayse@example.com", ["Ayşe Yılmaz"]),
        ("AYSE%40EXAMPLE.COM", ["Ayşe Yılmaz"]),
        ("0532+000+00+01", ["Ayşe Yılmaz", "Deniz"]),
        ("%2B90(532)0000001", ["Ayşe Yılmaz", "Deniz"]),
        ("yilm", ["Ayşe Yılmaz"]),
        ("YIL", ["Ayşe Yılmaz"]),
        ("++mehmet++", ["Mehmet"]),
        ("nobody", []),
        ("(x%2B)%2B%24", []),
        ("%25", []),
        ("%00", None),
        ("", ["Ayşe Yılmaz", "Deniz", "Mehmet"]),
        ("++", ["Ayşe Yılmaz", "Deniz", "Mehmet"]),
    ],
)
def test_one_box_finds_by_whatever_is_known(full: Window, q: str, found: list[str] | None) -> None:
    if found is None:
        assert full.look(f"/customers?q={q}").status == 400
    else:
        assert sorted(names(full.page(f"/customers?q={q}"))) == found


def test_pages_give_each_customer_once(window: Window) -> None:
    for n in range(1, 121):
        window.tell(accepted(n, name=f"Many {n}", number=str(n)))
    for path in ("/customers", "/customers?q=many"):
        seen: list[str] = []
        next: str | None = path
        while next is not None:
            html = window.page(next)
            seen += ids(html)
            more = re.search(r'rel="next" href="([^"]+)"', html)
            next = more[1].replace("&amp;", "&") if more else None
        assert len(seen) == len(set(seen)) == 120


def test_a_customer_who_fills_the_journal_hides_nobody(full: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "SCAN_MAX", 200)
    for n in range(450):
        full.tell(accepted(1000 + n, email="ayse@example.com"))
    seen, before, pages = [], None, 0
    while True:
        found, before = full.shop.engine.read(lambda txn, at=before: activity.latest(txn, DEFAULT, 50, at))
        seen += [one.name for one in found]
        pages += 1
        if before is None:
            break
    assert (seen, pages) == (["Ayşe Yılmaz", "Mehmet", "Deniz"], 3)


def test_any_id_ever_given_out_leads_to_the_customer(full: Window) -> None:
    mehmet, deniz, _ = ids(full.page("/customers"))
    full.do(lambda txn: steward.merge(txn, Hand(by="x", at=NOW, rules=DEFAULT), mehmet, deniz))
    winner = full.page(f"/customers/{deniz}")
    html = full.page(f"/customers/{mehmet}")
    assert "part of this customer now" in html and "part of this customer now" not in winner
    assert f"<code>{deniz}</code>" in html and "<h1" in html
    assert mehmet not in ids(full.page("/customers"))
    assert ids(full.page(f"/customers?q={mehmet}")) == [deniz]


def test_empty_lists_say_what_to_do(window: Window) -> None:
    assert "<code>jivod demo</code>" in window.page("/customers")
    assert "Nobody was found" in window.page("/customers?q=xyz")


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    "</style><style>*{display:none}",
    "{{ 7*7 }}{% for x in y %}",
    "&lt;b&gt;&#60;i&#62;",
    "javascript:alert(1)",
    "%(name)s %s 100%",
    "\u202egnp.exe\u2028\u2029",
    "A" * 5000,
]


class Shape(HTMLParser):
    """Every element with its attributes' names."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_a_visitor_typed_is_text_and_nothing_else(text: str) -> None:
    shapes = []
    for name in ("Plain", text):
        window = Window()
        tags = [{"id": 1, "title": name}]
        window.tell({**accepted(1, name=name, email="a@example.com", description=name), "tags": tags})
        html = window.page("/customers")
        (id,) = ids(html)
        shapes.append([Shape(page) for page in (html, window.page(f"/customers/{id}"))])
    plain, hostile = shapes
    assert [shape.found for shape in plain] == [shape.found for shape in hostile]
    assert text.strip()[:50] in hostile[0].text


@pytest.mark.parametrize("text", HOSTILE[:-1], ids=range(len(HOSTILE) - 1))
def test_what_is_searched_for_is_text_too(full: Window, text: str) -> None:
    from urllib.parse import quote

    plain, hostile = (Shape(full.page(f"/customers?q={quote(q)}")) for q in ("zzz", text))
    assert plain.found == hostile.found
