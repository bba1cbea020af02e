"""Direction: what somebody typed has its own, from right to left or not, and never turns what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.web.api.counter import accepted, finished
from tests.web.pages.extract import ROOM
from tests.web.pages.test_record import ids
from tests.web.pages.window import Window

TEMPLATES = sorted((ROOM / "templates").glob("*.html"))
VOID = frozenset({"input", "br", "meta", "link", "img", "use", "circle", "line", "path", "rect", "polyline"})
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
TOKEN = re.compile(
    r"\{\{(?P<said>.*?)\}\}|<(?P<end>/?)(?P<tag>[a-z][a-z0-9]*)(?P<rest>(?:\{\{.*?\}\}|\{%.*?%\}|[^>{])*)>", re.DOTALL
)
OURS = re.compile(
    r"^(?!(?:parts\.)?name\()[\w.]+\(|\|\s*(?:said|number|date|time|moment|ago|link|initials|day|weekday|hour|duration|share|bytes|apart)\b[^|]*$|^[\"'{(]"
)
"""A sentence, a macro that has a direction within, what a filter writes."""
PLAIN = frozenset(
    {
        "status", "request_id", "own", "text", "label", "title", "day", "hint", "names[role]", "row.user.name", "key",
        "names[row.user.role.value]", 'name | replace("_", " ")', 'session.agent or _("Unknown browser")',
        "label or called(attribute)", "chat.account | urlencode", "chat.ref | urlencode", "parts.name(customer)",
        "part.text", "said", "most", "number", "name", "head",
        "customer.name", "customer.emails[0]", "customer.phones[0] | phone",
    }
)  # fmt: skip
"""What we give ourselves, addresses, and what a macro leaves to who calls it."""


def loose(source: str) -> Iterator[str]:
    """Values that stand in text, in no element with a direction."""
    above: list[tuple[str, bool]] = []
    for token in TOKEN.finditer(COMMENT.sub("", source)):
        tag = token["tag"]
        if tag is None:
            said = token["said"].strip(" -\n")
            if not any(directed for _, directed in above) and not OURS.search(said) and said not in PLAIN:
                yield said
        elif token["end"]:
            while above and above.pop()[0] != tag:
                pass
        elif tag not in VOID:
            above.append((tag, " dir=" in token["rest"] or tag == "code"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_what_somebody_typed_has_a_direction_of_its_own(path: Path) -> None:
    assert list(loose(path.read_text("utf-8"))) == []


def test_a_value_without_a_direction_is_found() -> None:
    page = '<p dir="auto">{{ a }}</p><p>{{ b.c[:9] }} {{ _("d") }}<bdi dir="auto">{{ e }}</bdi></p>'
    assert list(loose(page)) == ["b.c[:9]"]
    assert list(loose("<li>{{ parts.name(one) }}</li>")) == ["parts.name(one)"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_what_is_typed_is_shown_in_its_direction(path: Path) -> None:
    fields = re.findall(r"<(?:input|textarea)\b(?:\{\{.*?\}\}|\{%.*?%\}|[^>{])*>", path.read_text("utf-8"), re.DOTALL)
    other = re.compile(r'type="(?:hidden|checkbox|radio|number|date)"|class="hidden"|readonly')
    assert [one for one in fields if " dir=" not in one and not other.search(one)] == []


class Heard(HTMLParser):
    """The texts of a page that have `word` in them, without a direction of their own."""

    def __init__(self, html: str, word: str) -> None:
        super().__init__()
        self.word, self.above, self.found, self.times = word, list[tuple[str, bool]](), list[str](), 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.above.append((tag, "dir" in dict(attrs) or tag in {"code", "title"}))

    def handle_endtag(self, tag: str) -> None:
        while self.above and self.above.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.word in data:
            self.times += 1
            if not any(directed for _, directed in self.above):
                self.found.append(data)


def test_right_to_left_and_emoji_stand_as_they_were_typed(window: Window) -> None:
    name = "ليلى 👩\u200d👧 (VIP) שלום"
    for number in (1, 2):
        told = {"name": name, "email": f"l{number}@example.com", "phone": "+905320000001"}
        window.tell(accepted(number, **told))
        window.tell(finished(number, **told))
    id = ids(window, "l1@example.com")[0]
    (pair,) = set(re.findall(r'href="(/reviews/[^"?]+)"', window.page("/reviews")))
    (chat,) = set(re.findall(r'href="(/chats/[^"?#]+)"', window.page(f"/customers/{id}")))
    for path in ("/customers", f"/customers/{id}", f"/customers/{id}/merge", chat, "/reviews", pair, "/now"):
        heard = Heard(window.page(path), name)
        assert (heard.found, heard.times > 0) == ([], True), path
    assert f"\u2068{name}\u2069" in window.page(chat).split("</title>")[0]
