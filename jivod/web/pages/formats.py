"""Formats: the filters of the pages: moments, numbers, contacts and links, as readers of a language write them.

A moment is UNIX ms. Language, zone and the present moment are those of the page that is printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_time, format_timedelta, get_datetime_format
from babel.numbers import format_decimal
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from jivod.model.claim import Claim
from jivod.policy.reply import SHOWN_FACTS
from jivod.web.pages.catalogs import catalog
from jivod.web.pages.link import outside
from jivod.web.pages.words import _

SHOWN = 100  # characters of a link
LONG_AGO = 30  # days, from which on a date says more
_MONTH = timedelta(days=LONG_AGO)
_MOMENT = timedelta(seconds=45)
_LINK = Markup('<a class="outside" href="{}" rel="noopener noreferrer nofollow" target="_blank" dir="ltr">{}</a>')
_APART = Markup("\u2068{}\u2069")  # first strong isolate, pop directional isolate
_PLAIN = Markup('<bdi dir="auto">{}</bdi>')

_ADDRESS = re.compile(r"(https?://[^\s<>\"\\]{3,2000}[^\s<>\"\\.,;:!?)\]}'’”»])", re.IGNORECASE)

Filter = Callable[..., Any]


@pass_context
def date(context: Context, ms: int, style: str = "medium") -> str:
    """The day of a moment."""
    return _date(_local(ms, context["zone"]).date(), style, context["language"])


@pass_context
def time(context: Context, ms: int) -> str:
    """The hour and the minute of a moment."""
    return _time(ms // 60_000, context["zone"], context["language"])


@pass_context
def moment(context: Context, ms: int) -> str:
    """The day and the time."""
    return _moment(ms // 60_000, context["zone"], context["language"])


@pass_context
def ago(context: Context, ms: int) -> str:
    """How long ago a moment is; its day if that is long."""
    passed = timedelta(milliseconds=ms - context["at"])
    if abs(passed) > _MONTH:
        return date(context, ms)
    if abs(passed) < _MOMENT:
        return catalog(context["language"]).gettext(_("just now"))
    seconds = round(passed.total_seconds() / 60) * 60  # so that few are different, and none trembles
    return _ago(seconds, context["language"])


def iso(ms: int) -> str:
    """A moment for machines."""
    return _utc(ms).isoformat(timespec="seconds").replace("+00:00", "Z")


@pass_context
def number(context: Context, value: int | float) -> str:
    """A number."""
    return _number(value, context["language"])


@lru_cache(maxsize=4096)
def phone(value: str) -> str:
    """A phone as people write it; what cannot be read stays as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(value), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return value


def initials(name: str | None) -> str:
    """One or two letters that stand for a name; none where it has none."""
    words = [word for word in (name or "").split() if word[0].isalpha()]
    return "".join(word[0].upper()[:1] for word in (words[:1] + words[1:][-1:]))


def link(url: str) -> Markup:
    """Something that somebody typed: a link where it may be one, else plain text. The host is shown as it is."""
    found = outside(url)
    if found is None:
        return _PLAIN.format(url)
    href, shown = found
    return _LINK.format(href, shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…")


def prose(text: str) -> Markup:
    """What somebody wrote, with the addresses in it as links; nothing of it is loaded."""
    found = [link(part) if _ADDRESS.fullmatch(part) else escape(part) for part in _ADDRESS.split(text)]
    return Markup("").join(found)


def apart(text: str) -> Markup:
    """Somebody's text for where no element can stand around it, a title or a label: its direction is its own."""
    return _APART.format(text)


def facts(claims: Iterable[Claim]) -> dict[str, str]:
    """The few facts of a conversation, by name; what is not known is blank."""
    return {**dict.fromkeys(SHOWN_FACTS, ""), **{claim.attribute: claim.value for claim in claims}}


def address(path: str, **query: str | None) -> str:
    """A path of ours with what stands behind the "?"; what is nothing is left out."""
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


@pass_context
def said(context: Context, sentence: str, **values: Any) -> Markup:
    """A sentence of the code (see `words`), in the language of the page."""
    language = context["language"]
    text = escape(catalog(language).gettext(sentence))
    given = {name: _number(value, language) if isinstance(value, int) else value for name, value in values.items()}
    return text % given if given else text


@pass_context
def counted(context: Context, one: str, many: str, number: int, **values: Any) -> Markup:
    """A sentence with a number in it, `%(num)s`, of which its form depends."""
    language = context["language"]
    text = escape(catalog(language).ngettext(one, many, number))
    return text % {"num": _number(number, language), **values}


FILTERS: dict[str, Filter] = {
    "date": date,
    "time": time,
    "moment": moment,
    "ago": ago,
    "iso": iso,
    "number": number,
    "phone": phone,
    "initials": initials,
    "link": link,
    "address": address,
    "prose": prose,
    "apart": apart,
    "facts": facts,
    "said": said,
}


def _local(ms: int, zone: tzinfo) -> datetime:
    return _utc(ms).astimezone(zone)


def _utc(ms: int) -> datetime:
    return datetime.fromtimestamp(min(max(ms, 0), _LAST) / 1000, UTC)


_LAST = 253_402_000_000_000  # ms, in the year 9999


@lru_cache(maxsize=1024)
def _date(day: Any, style: Any, language: str) -> str:
    return format_date(day, style, locale=_locale(language))


@lru_cache(maxsize=1024)
def _time(minute: int, zone: tzinfo, language: str) -> str:
    return format_time(_local(minute * 60_000, zone), "short", locale=_locale(language))


@lru_cache(maxsize=1024)
def _moment(minute: int, zone: tzinfo, language: str) -> str:
    pattern = str(get_datetime_format("medium", locale=_locale(language)))
    day = _date(_local(minute * 60_000, zone).date(), "medium", language)
    return pattern.replace("'", "").replace("{0}", _time(minute, zone, language)).replace("{1}", day)


@lru_cache(maxsize=1024)
def _number(value: int | float, language: str) -> str:
    return format_decimal(value, locale=_locale(language))


@lru_cache(maxsize=4096)
def _ago(seconds: int, language: str) -> str:
    return format_timedelta(timedelta(seconds=seconds), add_direction=True, locale=_locale(language))


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)
