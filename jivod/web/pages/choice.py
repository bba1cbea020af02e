"""Choice: in which language and time zone a page is shown: what the user chose, then what his browser says."""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from twisted.web.http_headers import Headers
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from jivod.config.settings import LANGUAGES
from jivod.web.pages.viewer import Viewer

LANGUAGE_COOKIE = "language"
ZONE_COOKIE = "zone"
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){0,2}")


def language_of(viewer: Viewer | None, headers: Headers, default: str) -> str:
    """One of `LANGUAGES`."""
    cookie = _cookies(headers).get(LANGUAGE_COOKIE)
    for chosen in (viewer.language if viewer else None, cookie):
        if chosen in LANGUAGES:
            return chosen
    said = ",".join(headers.getRawHeaders("Accept-Language") or ())
    return _accepted(said) or default


def zone_of(viewer: Viewer | None, headers: Headers) -> tzinfo:
    """A zone that there is."""
    cookie = _cookies(headers).get(ZONE_COOKIE)
    found = (_zone(name) for name in (viewer.zone if viewer else None, cookie) if name)
    return next((zone for zone in found if zone), None) or UTC


@lru_cache(maxsize=64)
def _accepted(said: str) -> str | None:
    return parse_accept_header(said, LanguageAccept).best_match(LANGUAGES)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo | None:
    if not _ZONE.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return None


def _cookies(headers: Headers) -> dict[str, str]:
    """What the cookies say; of two of one name, the first."""
    found: dict[str, str] = {}
    for line in headers.getRawHeaders("Cookie") or ():
        for pair in line.split(";"):
            name, _, value = pair.strip().partition("=")
            found.setdefault(name, value.replace("%2F", "/"))
    return found
