"""Addresses that somebody typed: on a page a link by http or https to the host that is shown, or plain text."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from jivod.web.pages import formats, link
from jivod.wire import pairs

HOME = "https://crm.example.com"
MAY = {"a": {"class", "href", "rel", "target", "dir"}, "bdi": {"dir"}}


class Page(HTMLParser):
    """The text of some HTML, and where its links lead. No element may be but those of our own."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.links: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attrs} <= MAY[tag], attrs
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError("a declaration")

    def handle_pi(self, data: str) -> None:
        raise AssertionError("an instruction")


def check(data: bytes) -> None:
    text = data.decode("utf-8", "replace").replace("\r", " ").replace("\0", " ")
    for html in (formats.link(text), formats.prose(text)):
        page = Page(str(html))
        for href in page.links:
            assert urlsplit(href).scheme in ("http", "https"), href
            assert urlsplit(href).hostname, href
    ours = urlsplit(urljoin(HOME + "/login", link.local(text)))
    assert (ours.scheme, ours.netloc) == ("https", "crm.example.com"), ours
    for profile in pairs.social([text, {"url": text}], set()):
        assert profile.lower().startswith(("http://", "https://"))
