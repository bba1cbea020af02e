"""Choice: language and zone, by the user, then his browser, then the configuration; odd wishes are passed over."""

from __future__ import annotations

import re

import pytest

from jivod.config.settings import LANGUAGES
from tests.web.pages.window import Window


def language(html: str) -> str:
    found = re.search(r'<html lang="(\w+)">', html)
    assert found
    return found[1]


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("path", ["/customers", "/customers?q=zz", "/login"])
def test_a_page_in_every_language(full: Window, code: str, path: str) -> None:
    full.be(language=code)
    assert language(full.page(path)) == code
    assert language(full.look("/nowhere").body.decode()) in (code, "en")


@pytest.mark.parametrize(
    ("own", "headers", "shown"),
    [
        ("tr", {"Accept_Language": "ru", "Cookie": "language=es"}, "tr"),
        (None, {"Accept_Language": "ru", "Cookie": "language=es"}, "es"),
        (None, {"Accept_Language": "de, ru;q=0.5, pt;q=0.7"}, "pt"),
        (None, {"Accept_Language": "tr-TR,tr;q=0.9,en;q=0.8"}, "tr"),
        (None, {"Accept_Language": "pt-BR"}, "pt"),
        (None, {"Accept_Language": "de"}, "en"),
        (None, {"Accept_Language": "x" * 5000}, "en"),
        (None, {"Accept_Language": ";;=,;q=é"}, "en"),
        (None, {"Cookie": "language=xx; language=tr"}, "en"),
        (None, {"Cookie": ";;=; language=../../etc"}, "en"),
        ("xx", {}, "en"),
    ],
)
def test_whose_wish_is_heard(window: Window, own: str | None, headers: dict[str, str], shown: str) -> None:
    window.be(language=own)
    assert language(window.page("/login", **headers)) == shown


@pytest.mark.parametrize(
    ("own", "cookie", "clock"),
    [
        (None, None, "2:13 PM"),
        ("Europe/Istanbul", None, "5:13 PM"),
        (None, "Europe/Istanbul", "5:13 PM"),
        (None, "Europe%2FIstanbul", "5:13 PM"),
        ("Asia/Tokyo", "Europe/Istanbul", "11:13 PM"),
        (None, "../../../etc/passwd", "2:13 PM"),
        (None, "/etc/localtime", "2:13 PM"),
        (None, "Mars/Base", "2:13 PM"),
        (None, "Europe", "2:13 PM"),
        (None, "x" * 4000, "2:13 PM"),
        ("Mars/Base", "Europe/Istanbul", "5:13 PM"),
    ],
)
def test_times_are_those_of_the_viewer(full: Window, own: str | None, cookie: str | None, clock: str) -> None:
    full.be(zone=own)
    html = full.page("/customers", **({"Cookie": f"zone={cookie}"} if cookie else {}))
    assert f"Sep 21, 2026, {clock}" in html.replace("\u202f", " ")
    assert 'datetime="2026-09-21T14:13:20Z"' in html
