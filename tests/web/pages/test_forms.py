"""Forms: whose they are, what they hold, and the page that comes again."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import frozen

from jivod.model.errors import Refused
from jivod.store import journal
from jivod.store.kv import Txn
from jivod.web.pages import form
from jivod.web.pages.assets import Assets
from jivod.web.pages.form import choice, fill, text
from jivod.web.pages.page import Ask, Flaw, Moved, Page, Shown, Unfit
from jivod.web.pages.pages import PAGES
from jivod.web.pages.press import Press
from tests.web.pages.window import CSRF, FORM, Window


@frozen(kw_only=True)
class Note:
    """What is said."""

    words: str = text(20)
    mood: str | None = choice("good", "bad", default=None)
    age: int = 7
    loud: bool = False
    tags: tuple[str, ...] = ()


done: list[Any] = []


def keep(txn: Txn, ask: Ask) -> Moved:
    note: Note = ask.form
    if note.words == "unfit":
        raise Unfit(words=Flaw("Not %(what)s.", {"what": "<this>"}))
    if note.words == "refused":
        raise Refused("there is no such customer; 100 % sure")
    done.append(note)
    return Moved("/customers", done="saved")


def again(txn: Txn, ask: Ask) -> Shown:
    return Shown("customers.html", {"customers": [], "q": ask.typed.get("words"), "cursor": None, "begun": False})


NOTE = Page(path="/note", method="POST", work=keep, form=Note, again=again, writes=True)
BARE = Page(path="/bare", method="POST", work=keep, form=Note, writes=True)


@pytest.fixture
def desk() -> Window:
    done.clear()
    return Window(pages=(*PAGES, NOTE, BARE))


GOOD = {"words": "hello"}


def test_a_form_is_read_and_the_browser_goes_on_by_get(desk: Window) -> None:
    reply = desk.send("/note", {"words": "a\r\nb", "mood": "", "loud": "1", "tags": ["x", "y"], "unknown": "z"})
    assert (reply.status, reply.headers["Location"]) == (303, "/customers?done=saved")
    assert done == [Note(words="a\nb", mood=None, age=7, loud=True, tags=("x", "y"))]


@pytest.mark.parametrize(
    ("csrf", "headers"),
    [
        (None, {}),
        ("", {}),
        ("csrf-of-another", {}),
        (CSRF + "é", {}),
        (CSRF, {"Sec_Fetch_Site": "cross-site"}),
        (CSRF, {"Sec_Fetch_Site": "same-site"}),
        (CSRF, {"Sec_Fetch_Site": "none"}),
        (CSRF, {"Sec_Fetch_Site": "cross-site", "Origin": "https://crm.example.com"}),
        (CSRF, {"Sec_Fetch_Site": None}),
        (CSRF, {"Sec_Fetch_Site": None, "Origin": "null"}),
        (CSRF, {"Sec_Fetch_Site": None, "Origin": "https://evil.example"}),
        (CSRF, {"Sec_Fetch_Site": None, "Origin": "https://crm.example.com.evil.example"}),
        (CSRF, {"Sec_Fetch_Site": None, "Origin": "https://[::1"}),
    ],
)
def test_u025_a_foreign_form_changes_nothing(desk: Window, csrf: str | None, headers: dict[str, Any]) -> None:
    reply = desk.send("/note", GOOD, csrf=csrf, **headers)
    assert (reply.status, done, "nothing was changed" in reply.body.decode()) == (403, [], True)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Sec_Fetch_Site": None, "Origin": "https://crm.example.com"},
        {"Sec_Fetch_Site": None, "Origin": "http://CRM.example.com"},
    ],
)
def test_a_form_of_ours_is_taken(desk: Window, headers: dict[str, Any]) -> None:
    assert (desk.send("/note", GOOD, **headers).status, len(done)) == (303, 1)


def test_an_empty_token_of_a_session_opens_nothing(desk: Window) -> None:
    desk.be(csrf="")
    assert desk.send("/note", GOOD, csrf="").status == 403


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"words=hello", "text/plain", 415),
        (b'{"words":1}', "application/json", 415),
        (b"words=%ff&csrf=" + CSRF.encode(), FORM, 400),
        ("words=é".encode(), FORM, 400),
        (b"&".join([b"a=1"] * 1001), FORM, 400),
        (b"", FORM, 403),
        (b"words=hello&csrf=" + CSRF.encode(), FORM + "; charset=UTF-8", 303),
    ],
)
def test_a_body_that_is_no_form(desk: Window, body: bytes, kind: str, status: int) -> None:
    assert desk.ask("POST", "/note", body, Content_Type=kind, Sec_Fetch_Site="same-origin").status == status


def test_a_form_of_the_most_is_taken_and_one_byte_more_is_not(desk: Window) -> None:
    frame = len(f"csrf={CSRF}&words=a&x=")
    assert desk.send("/note", {"words": "a", "x": (form.SIZE - frame) * "y"}).status == 303


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Fill this in."),
        ({"words": "   "}, "Fill this in."),
        ({"words": 21 * "x"}, "This is too long: 20 characters at most."),
        ({"words": "a\0b"}, "There is a character in this that cannot be kept."),
        ({**GOOD, "mood": "odd"}, "Nothing was changed yet"),
        ({**GOOD, "age": "-1"}, "Nothing was changed yet"),
        ({"words": "unfit"}, "Not &lt;this&gt;."),
    ],
)
@pytest.mark.parametrize("path", ["/note", "/bare"])
def test_an_unfit_form_comes_again_and_changes_nothing(
    desk: Window, path: str, fields: dict[str, str], says: str
) -> None:
    reply = desk.send(path, fields)
    assert (reply.status, done) == (422, [])
    html = reply.body.decode()
    assert "Nothing was changed yet" in html if path == "/note" else "cannot be used as it is" in html
    assert f'value="{fields.get("words", "")}"' in html or path == "/bare"
    assert desk.shop.engine.read(journal.last) == 0


def test_a_flaw_stands_below_its_field(desk: Window) -> None:
    press = Press(Assets())
    environment: Any = press._environment
    template = environment.from_string(
        '{% import "parts.html" as parts with context %}{{ parts.field("words", "Words", "old") }}'
    )
    _, flaws = fill(Note, {"words": (21 * "<",)})
    typed = type("T", (), {"flaws": flaws, "get": lambda self, name, default="": 21 * "<"})()
    html = template.render(typed=typed, language="en", csrf="")
    assert '<p class="flaw" id="h-words">This is too long: 20 characters at most.</p>' in html
    assert 'aria-invalid="true"' in html and f'value="{21 * "&lt;"}"' in html


@pytest.mark.parametrize(
    ("language", "says"),
    [("en", "nothing was changed. Look at"), ("tr", "hiçbir şey değişmedi"), ("ru", "ничего не изменено")],
)
@pytest.mark.parametrize("path", ["/note", "/bare"])
def test_what_the_store_refuses_is_said_in_the_language_of_the_page(
    desk: Window, path: str, language: str, says: str
) -> None:
    desk.be(language=language)
    reply = desk.send(path, {"words": "refused"})
    html = reply.body.decode()
    assert (reply.status, says.lower() in html.lower()) == (409, True)
    assert "100 % sure" not in html


def test_the_language_switch_needs_no_session_but_our_own_page(desk: Window) -> None:
    desk.porter.viewer = None
    reply = desk.send("/language", {"language": "tr", "next": "/customers?q=a"}, csrf=None)
    assert (reply.status, reply.headers["Location"]) == (303, "/customers?q=a")
    assert reply.headers["Set-Cookie"].startswith("language=tr; Path=/; ")
    assert "; Secure" in reply.headers["Set-Cookie"]
    for fields in ({"language": "xx"}, {}, {"language": "tr\r\nX: y"}):
        assert desk.send("/language", fields, csrf=None).status == 422
    assert desk.send("/language", {"language": "tr"}, csrf=None, Sec_Fetch_Site="cross-site").status == 403


@pytest.mark.parametrize(
    "next",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil",
        "/\r\nSet-Cookie: a",
        "javascript:alert(1)",
        "",
        "/ü",
        3000 * "/a",
    ],
)
def test_u024_the_switch_leads_nowhere_else(desk: Window, next: str) -> None:
    reply = desk.send("/language", {"language": "en", "next": next}, csrf=None)
    assert (reply.status in (303, 422), reply.headers.get("Location", "/")) == (True, "/")
