"""Formats: what the filters of the pages make of values, also of odd ones."""

from __future__ import annotations

from datetime import UTC
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.web.pages.catalogs import catalog
from tests.web.pages.window import make_press

DAY = 86_400_000
AT = 1_790_000_000_000


def say(template: str, language: str = "en", zone: Any = UTC, **values: Any) -> str:
    text = make_press()._environment.from_string("{{ " + template + " }}")
    return text.render(language=language, zone=zone, at=AT, **values).replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("template", "language", "said"),
    [
        ("at | date", "en", "Sep 21, 2026"),
        ("at | date", "tr", "21 Eyl 2026"),
        ("at | date('long')", "ru", "21 сентября 2026 г."),
        ("at | time", "en", "2:13 PM"),
        ("at | time", "ru", "14:13"),
        ("at | moment", "pt", "21 de set. de 2026 14:13"),
        ("at | moment", "es", "21 sept 2026, 14:13"),
        ("at | iso", "tr", "2026-09-21T14:13:20Z"),
        ("at | ago", "en", "just now"),
        ("(at - 300000) | ago", "en", "5 minutes ago"),
        ("(at - 7200000) | ago", "ru", "2 часа назад"),
        ("(at - 31 * 86400000) | ago", "en", "Aug 21, 2026"),
        ("(at + 7200000) | ago", "en", "in 2 hours"),
        ("1234567 | number", "tr", "1.234.567"),
        ("'+905320000001' | phone", "en", "+90 532 000 00 01"),
        ("'call me' | phone", "en", "call me"),
        ("'Ayşe Nur Yılmaz' | initials", "en", "AY"),
        ("'ilker' | initials", "en", "I"),
        ("'7 🎉' | initials", "en", ""),
        ("none | initials", "en", ""),
        ("'/a' | address(q='b c&d', cursor=none)", "en", "/a?q=b+c%26d"),
        ("'/a' | address(q='')", "en", "/a"),
        ("-5 | date", "en", "Jan 1, 1970"),
        ("(10 ** 18) | date", "en", "Dec 28, 9999"),
        ("'No <b> %(what)s' | said(what='<i>')", "tr", "No &lt;b&gt; &lt;i&gt;"),
        ("'100 %' | said", "tr", "100 %"),
    ],
)
def test_a_value_as_it_is_shown(template: str, language: str, said: str) -> None:
    assert say(template, language) == said


def test_a_day_is_that_of_the_zone() -> None:
    assert say("(at + 36000000) | date", zone=ZoneInfo("Asia/Tokyo")) == "Sep 22, 2026"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://shop.example.com/a?b=<c>", None),
        ("https://shop.example.com/a?b=c", "shop.example.com/a?b=c"),
        ("HTTP://SHOP.example.com", "shop.example.com"),
        ("https://good.example@evil.example/", "evil.example<"),
        ("https://good.example:8443@evil.example:81/@a", "evil.example:81/@a<"),
        ("https://example.com:8443/x", "example.com:8443/x<"),
        ("https://example.com:8443", "example.com:8443<"),
        ("https://example.com?a=b#c", "example.com?a=b#c<"),
        ("https://[2001:DB8::1]:8443/x", "[2001:db8::1]:8443/x<"),
        ("https://example.com:99999/x", None),
        ("https://example.com:8a/x", None),
        ("https://аpple.example/", "xn--pple-43d.example"),
        ("https:evil.example", None),
        ("//evil.example", None),
        ("javascript:alert(1)", None),
        ("java\tscript:alert(1)", None),
        ("data:text/html,<b>", None),
        ("https://", None),
        ("https://[::1", None),
        ("https://a b.example", None),
        ("https://a.example/\u202egnp", None),
        ("https://" + "a" * 3000, None),
        ("https://" + "a" * 70 + ".example", None),
        ("ftp://a.example", None),
        ("", None),
    ],
)
def test_u009_only_an_address_of_the_web_is_a_link(url: str, host: str | None) -> None:
    shown = say("url | link", url=url)
    if host is None:
        assert "<a" not in shown and shown.startswith('<bdi dir="auto">')
    else:
        assert 'rel="noopener noreferrer nofollow"' in shown and f">{host}" in shown


hosts = st.sampled_from(["example.com", "EXAMPLE.com", "127.0.0.1", "[::1]", "xn--pple-43d.example"])
ports = st.one_of(st.just(""), st.integers(0, 65535).map(lambda port: f":{port}"))
ends = st.text("/?#&=%@:;.~aZ09", max_size=20).filter(lambda end: not end or end[0] in "/?#")


@given(hosts, ports, ends)
def test_a_link_shows_where_it_leads(host: str, port: str, end: str) -> None:
    """Whole, but for who is in front of the host: a port leads elsewhere, and so does what is behind."""
    url = f"https://user:word@{host}{port}{end}"
    shown = unescape(say("url | link", url=url))
    assert f'href="{url}"' in shown
    assert f">{host.lower()}{port and f':{int(port[1:])}'}{'' if end == '/' else end}</a>" in shown


PO = r"""
msgid ""
msgstr ""
"Language: tr\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Customers"
msgstr "Müşteriler"

#, fuzzy
msgid "Reviews"
msgstr "Bilinmeyen"

msgid "%(num)s chat"
msgid_plural "%(num)s chats"
msgstr[0] "%(num)s görüşme"
msgstr[1] "%(num)s görüşmeler"
"""


def test_a_catalog_is_read_as_it_is_written(tmp_path: Path) -> None:
    place = tmp_path / "tr" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "jivod.po").write_text(PO, "utf-8")
    found = catalog("tr", tmp_path)
    assert (found.gettext("Customers"), found.gettext("Reviews")) == ("Müşteriler", "Reviews")
    assert found.ngettext("%(num)s chat", "%(num)s chats", 2) == "%(num)s görüşmeler"
    assert catalog("ru", tmp_path).gettext("Customers") == "Customers"
