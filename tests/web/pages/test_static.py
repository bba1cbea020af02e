"""Static: files by their content, packed where that is wanted."""

from __future__ import annotations

import gzip
import re
from base64 import b64decode
from hashlib import sha512

import pytest

from jivod.web.pages.assets import _STATIC
from tests.web.pages.window import Window


def address(window: Window, name: str) -> str:
    found = re.search(rf"/static/[0-9a-f]{{16}}/{re.escape(name)}", window.page("/login"))
    assert found
    return found[0]


@pytest.mark.parametrize(
    ("name", "kind"), [("app.css", "text/css; charset=utf-8"), ("app.js", "text/javascript; charset=utf-8")]
)
def test_a_file_is_kept_for_ever(window: Window, name: str, kind: str) -> None:
    window.porter.viewer = None
    reply = window.look(address(window, name), Accept_Encoding="identity")
    assert (reply.status, reply.body) == (200, (_STATIC / name).read_bytes())
    assert (reply.headers["Content-Type"], reply.headers["Vary"]) == (kind, "Accept-Encoding")
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_under_another_version_there_is_what_there_is_but_not_for_ever(window: Window) -> None:
    reply = window.look("/static/0123456789abcdef/app.css")
    assert (reply.status, reply.headers["Cache-Control"]) == (200, "no-store")


@pytest.mark.parametrize(
    ("said", "packed"),
    [("gzip, deflate, br", True), ("br;q=1, gzip;q=0.5", True), ("GZIP", True), ("br", False), ("gzip;q=0", False),
     ("*", False), ("gzipped", False)],
)  # fmt: skip
def test_a_file_is_packed_for_who_takes_that(window: Window, said: str, packed: bool) -> None:
    wire = window.shop.connect()
    path = address(window, "app.css").encode()
    wire.send(b"GET " + path + b" HTTP/1.1\r\nHost: a.example\r\nAccept-Encoding: " + said.encode() + b"\r\n\r\n")
    reply = wire.reply()
    assert (reply.headers.get("Content-Encoding") == "gzip") is packed
    assert (gzip.decompress(reply.body) if packed else reply.body) == (_STATIC / "app.css").read_bytes()


def test_what_comes_from_elsewhere_is_what_it_says() -> None:
    told = re.search(r"of the file: `sha512-([^`]+)`", (_STATIC / "VENDORED.md").read_text("utf-8"))
    assert told and b64decode(told[1]) == sha512((_STATIC / "modern-normalize.css").read_bytes()).digest()
