"""U: what visitors typed, on the pages of those who look at it: text, and nothing else.

The browser itself judges the same in tests/browser; here the parser of Python does, on every page of a customer.
"""

from __future__ import annotations

import csv
import re
import time
from html import escape
from io import StringIO
from pathlib import Path

import pytest

from jivod.cli.screen import clean, harmless_json
from jivod.flow import listing
from jivod.flow.following import make_side
from jivod.web.pages import link
from jivod.web.response import POLICY
from jivod.wire.table import armed, csv_line, disarmed
from tests.web.api.counter import accepted
from tests.web.pages.test_hostile import Looked, full_of
from tests.web.pages.test_record import ids
from tests.web.pages.window import Window
from tests.web.shop import NOW

TEXTS = {
    "U001": ["<script>alert(1)</script>"],
    "U002": ['"><img src=x onerror=alert(1)>'],
    "U003": ["' onmouseover='alert(1)", '" autofocus onfocus="alert(1)'],
    "U004": ["</textarea><script>alert(1)</script>", "</title><script>x</script>--><script>x</script>]]><script>"],
    "U005": ["</script><script>alert(1)</script>"],
    "U006": ["a\u2028b\u2029c"],
    "U012": ["<svg onload=alert(1)><math><base href=//evil.example><meta http-equiv=refresh content=0>"],
    "U013": ["</style><style>*{background:url(//evil.example)}</style>", "x" * 8_000],
    "U015": ["zero\u200bwidth \u202eesrever"],
    "U017": ["\U0001f1f9\U0001f1f7\U0001f44d\U0001f3ff" * 20 + "Z" + "\u0335\u0300" * 100],
}


@pytest.fixture
def window() -> Window:
    return Window()


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def paths(window: Window, id: str, other: str) -> list[str]:
    (pair,) = set(re.findall(r'href="(/reviews/[^"?]+)"', window.page("/reviews")))
    chats = [f"/chats/main/chat:{n}" for n in (1, 2, 3)]
    return [f"/customers/{id}", *chats, "/reviews", pair, f"/customers/{id}/merge?other={other}", "/customers", "/now"]


@pytest.mark.parametrize("id", TEXTS)
def test_it_is_text_on_every_page(id: str) -> None:
    for text in TEXTS[id]:
        window, customer, other = full_of(text)
        for path in paths(window, customer, other):
            html = window.page(path)
            assert (path, Looked(html).wrong) == (path, [])
            assert not _CONTROL.search(html)
        shown = window.page(f"/customers/{customer}")
        assert str(escape(_CONTROL.sub("\ufffd", text)[:16])) in shown.replace("&#34;", "&quot;").replace(
            "&#39;", "&#x27;"
        )


@pytest.mark.parametrize("id", ["U005", "U006"])
def test_no_data_stand_in_a_script(id: str) -> None:
    """There is nothing to break out of."""
    window, customer, _ = full_of(TEXTS[id][0])
    for script in re.findall(r"<script[^>]*>(.*?)</script>", window.page(f"/customers/{customer}"), re.DOTALL):
        assert script == ""


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://good.example@evil.example/", "evil.example"), ("https:evil.example", None), ("//evil.example", None),
        ("javascript:alert(1)", None), ("data:text/html,x", None), ("https://user:pass@shop.example.com/",
         "shop.example.com"),
        ("https://\u0430pple.example/", "xn--pple-43d.example"), ("https://shop.example.com/a", "shop.example.com"),
        ("https://shop.example.com\\@evil.example/", None), ("ftp://shop.example.com/", None), ("https://", None),
    ],
)  # fmt: skip
def test_u009_a_link_shows_the_host_it_leads_to(url: str, host: str | None) -> None:
    found = link.outside(url)
    assert (found and found[1].partition("/")[0]) == host


def linked(url: str) -> tuple[str, str]:
    """The Referrer-Policy of the page of somebody who wrote this address, and the links on it that lead there."""
    window = Window()
    said = {"messages": [{"type": "visitor", "message": f"see {url} now"}]}
    window.tell({**accepted(1, email="h@example.com"), "chat": said, "event_name": "chat_finished"})
    reply = window.look("/chats/main/chat:1")
    return reply.headers["Referrer-Policy"], "".join(
        re.findall(r'<a class="outside"[^>]*>.*?</a>', reply.body.decode())
    )


def test_u010_a_link_tells_nobody_where_it_was_clicked() -> None:
    policy, links = linked("https://shop.example.com/x")
    assert links.count("https://shop.example.com/x") == 1
    assert 'rel="noopener noreferrer nofollow" target="_blank"' in links and policy == "no-referrer"


def test_f026_a_password_in_an_address_is_not_shown() -> None:
    _, links = linked("https://user:kahve-42@shop.example.com/x")
    assert links.endswith(">shop.example.com/x</a>") or links == ""


@pytest.mark.parametrize(
    ("id", "url"),
    [("F026", "javascript:alert(1)"), ("F026-data", "data:text/html,<script>x"), ("F026-two", "//evil.example/x"),
     ("F027", "</title><script>alert(1)</script>"),
     ("F024", "\u202egnp.exe" + "\u0300" * 300), ("F029", "https://evil.example/'><script>x"),
     ("F030", "91"), ("F035", "good<script>x</script>"), ("F028", "=javascript:x"), ("F012", "(no text)")],
)  # fmt: skip
def test_fields_that_are_odd_are_shown_as_text(id: str, url: str) -> None:
    window, customer, other = full_of(url)
    for path in paths(window, customer, other):
        assert Looked(window.page(path)).wrong == []


def test_u015_the_terminal_is_not_steered() -> None:
    text = "a\x1b[31mb\x07\x00\x9b1m\u200b\u202e\r\n"
    assert clean(text).isprintable() and clean(text).isascii()
    assert not re.search("[\x1b\x07\x9b\u200b\u202e]", harmless_json({"name": text}))


def test_u016_a_very_long_chat_comes_in_parts() -> None:
    window = Window()
    said = [{"type": "visitor", "timestamp": NOW // 1000 + n, "message": f"m{n} " + "x" * 150} for n in range(5_000)]
    known = {"visitor": {"email": "long@example.com", "number": "7"}, "chat_id": 1}
    window.tell({"event_name": "chat_finished", **known, "chat": {"messages": said}})
    page = window.page("/chats/main/chat:1")
    assert page.count("m4999 ") + page.count("m0 ") >= 1
    assert len(page) < 1_000_000 and page.count("<li") < 1_500
    (id,) = ids(window, "long@example.com")
    assert len(window.page(f"/customers/{id}")) < 500_000


def test_u013_u015_what_a_person_may_not_write_a_visitor_may() -> None:
    """A text without an end and without a space, and what would ring a bell or steer a terminal: shown as a symbol."""
    window = Window()
    for n, text in enumerate(("x" * 100_000, "null\x00 bell\x07 esc\x1b[31m back\x08"), 1):
        said = {"messages": [{"type": "visitor", "message": text}]}
        window.tell({**accepted(n, name=text, email=f"c{n}@example.com", description=text), "chat": said})
        (id,) = ids(window, f"c{n}@example.com")
        for path in (f"/customers/{id}", f"/chats/main/chat:{n}", "/customers", "/now"):
            html = window.page(path)
            assert Looked(html).wrong == [] and not _CONTROL.search(html) and len(html) < 200_000


@pytest.mark.parametrize(
    "words", ["(a+)+$" * 20, "%", "_", "*", "../", "'", '"', '" OR 1=1 --', "\U0001f600", "a" * 256, "-", "NEAR("]
)
def test_u018_any_words_are_a_search(tmp_path: Path, words: str) -> None:
    file = make_side(tmp_path, "UTC")
    window = Window(file=file)
    window.tell(accepted(1, name="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", email="a@example.com"))
    begun = time.process_time()
    reply = window.ask("GET", "/customers?q=" + "".join(f"%{byte:02x}" for byte in words.encode()))
    assert reply.status == 200 and Looked(reply.body.decode()).wrong == []
    assert time.process_time() - begun < 0.5
    file.close()


@pytest.mark.parametrize("asked", ["a" * 257, "a" * 5_000, "%ff", "%ed%a0%80"])
def test_u018_what_is_no_search_is_said_to_be_none(window: Window, asked: str) -> None:
    reply = window.ask("GET", f"/customers?q={asked}")
    assert reply.status == 400 and asked[:50] not in reply.body.decode()


def test_u019_whom_nobody_may_know_is_nobody(window: Window) -> None:
    """Every page is of one company: its accounts are those of its own channels."""
    for id in ("01h0000000000000000000000a", "..", "%2e%2e", "x" * 2_000, "%00", "1' OR '1'='1"):
        assert window.ask("GET", f"/customers/{id.replace(' ', '%20')}").status == 404
        assert window.ask("GET", f"/chats/nobody/{id.replace(' ', '%20')}").status == 404


@pytest.mark.parametrize("asked", ["cursor=-1", "cursor=0", "cursor=999999999", "cursor=abc", "cursor=" + "x" * 500,
"cursor=%00",
                                   "q=a&cursor=999999", "limit=1000000000", "page=-1", "kind=nonsense"])  # fmt: skip
def test_u020_a_place_that_is_none_is_refused_or_the_first(window: Window, asked: str) -> None:
    """A cursor says where a list goes on, and opens nothing that the list would not show: it needs no signature."""
    window.tell(accepted(1, name="A", email="a@example.com"))
    assert window.ask("GET", f"/customers?{asked}").status in {200, 400}


FORMULAS = (
    '=HYPERLINK("//evil")', "+1+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "'=1", '=1+1";=2', "-2+3\t=1",
    'x;"=HYPERLINK(A1);', '=";=1+1;"',
)  # fmt: skip
LINES = ('a"b', "a;b", "a\nb", "a\r\nb", "a,b", "\ufeffx", "ş İ", '""', "'")


def exported(*said: str) -> list[dict[str, str]]:
    """The table in which each of these is what a visitor noted of himself."""
    window = Window()
    for n, text in enumerate(said, 1):
        window.tell(accepted(n, name=text, email=f"c{n}@example.com", description=text))
    lines = "".join(listing.table(window.shop.engine, lambda: None))
    found = list(csv.DictReader(StringIO(lines, newline="")))
    return sorted(found, key=lambda row: int(row["email"][1:].partition("@")[0]))


def test_u021_no_cell_is_a_formula() -> None:
    rows = exported(*FORMULAS)
    assert len(rows) == len(FORMULAS)
    for row, text in zip(rows, FORMULAS, strict=True):
        assert armed(text) != text and disarmed(row["description"]) == text
        line = csv_line(row.values())
        for separator in ",;\t":  # whichever a spreadsheet splits at
            cells = next(csv.reader(StringIO(line, newline=""), delimiter=separator))
            assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\0"))]


def test_f033_a_campaign_that_is_a_formula_is_in_no_table() -> None:
    window = Window()
    window.tell({**accepted(1, email="a@example.com"), "session": {"utm": "source==cmd|' /C calc'!A0"}})
    assert "cmd|" not in "".join(listing.table(window.shop.engine, lambda: None))


def test_u022_what_is_in_a_cell_comes_back() -> None:
    assert [disarmed(row["description"]) for row in exported(*LINES)] == list(LINES)


def test_u034_nothing_of_a_page_is_inline_or_from_elsewhere() -> None:
    """The law of every page; a crawl through all of them is in tests/browser."""
    said = dict(part.strip().split(" ", 1) for part in POLICY.decode().split(";"))
    assert said["default-src"] == "'self'" and "unsafe" not in POLICY.decode() and "http" not in POLICY.decode()
    window, id, other = full_of("x y")
    for path in ["/login", *paths(window, id, other)]:
        reply = window.look(path)
        html = reply.body.decode()
        assert reply.headers["Content-Security-Policy"] == POLICY.decode()
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=\"/static/)", html)
        assert not re.search(r'<(?:script|link|img|use|iframe)[^>]*(?:src|href)="(?!/static/|#)', html)
