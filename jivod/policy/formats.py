"""Formats: the filters of the operator's templates: dates, numbers and money as people of a language write them.

A value that does not fit raises Unshowable, also one that would take more than a moment: values come from strangers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

NUMBER_CAP = 40  # characters of a number; more is none
DIGITS = 18  # before and behind the point
DECIMALS = 6
TEXT_CAP = 512  # characters: as much of one value as a row can hold
JOINED_CAP = 64 * 1024  # characters
STYLES = ("short", "medium", "long", "full")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,2})?", re.ASCII)
_CODE = re.compile(r"[A-Z]{3}")
_MILLISECONDS = 100_000_000_000  # as UNIX seconds a moment of the year 5138, as milliseconds one of 1973

Filter = Callable[..., Any]


class Unshowable(ValueError):
    """A value is not what the template takes it for: the row cannot be shown."""


class Absent(Unshowable):
    """The value is not there."""


def filters(language: str) -> dict[str, Filter]:
    """The filters that jivod adds, for readers of `language`."""
    locale = Locale.parse(language)
    return {
        "date": partial(_date, locale),
        "number": partial(_number, locale),
        "currency": partial(_currency, locale),
        "int": lambda value: int(number(value)),
        "float": lambda value: float(number(value)),
        "split": lambda value, by=None: _text(value).split(by),
        "replace": _replace,
        "join": _join,
    }


def number(value: Any) -> Decimal:
    """A number, also one in a text as JSON writes it."""
    text = value.strip() if isinstance(value, str) else str(value)
    if isinstance(value, bool) or len(text) > NUMBER_CAP or not _NUMBER.fullmatch(text):
        raise Unshowable("this is not a number")
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise Unshowable("this is not a number") from None
    if found and abs(found.adjusted()) > DIGITS:
        raise Unshowable("this number is far too large or small")
    return found


def day(value: Any) -> date:
    """A date: ISO 8601, or a UNIX time in seconds or milliseconds."""
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
            return datetime.fromisoformat(value.strip()[:NUMBER_CAP]).date()
        seconds = float(number(value))
        return datetime.fromtimestamp(seconds / 1000 if abs(seconds) >= _MILLISECONDS else seconds, UTC).date()
    except (ValueError, OverflowError, OSError):
        raise Unshowable("this is not a date") from None


def _date(locale: Locale, value: Any, style: str = "medium") -> str:
    if style not in STYLES:
        raise Unshowable(f"a date can be written {', '.join(STYLES)}")
    return str(format_date(day(value), style, locale=locale))


def _number(locale: Locale, value: Any, decimals: int | None = None) -> str:
    found = number(value)
    if decimals is None:
        return str(format_decimal(found, locale=locale))
    if type(decimals) is not int or not 0 <= decimals <= DECIMALS:
        raise Unshowable(f"a number can be written with 0 to {DECIMALS} decimals")
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(found, pattern, locale=locale))


def _currency(locale: Locale, value: Any, code: str) -> str:
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise Unshowable('a currency is named by three capital letters, like "TRY"')
    return str(format_currency(number(value), code, locale=locale))


def _replace(value: Any, old: Any, new: Any) -> str:
    text, by = _text(value), _text(new)
    if not old or len(by) * text.count(_text(old)) > TEXT_CAP * 2:
        raise Unshowable("this replacement is far too long")
    return text.replace(_text(old), by)


def _join(values: Any, by: Any = "") -> str:
    parts = [part if isinstance(part, str) else str(number(part)) for part in values]
    if len(_text(by)) * len(parts) + sum(map(len, parts)) > JOINED_CAP:
        raise Unshowable("this is far too long")
    return str(by).join(parts)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unshowable("this is not a text")
    return value
