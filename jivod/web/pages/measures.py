"""Measures: the filters of figures: days, hours, durations, shares and sizes, as readers of a language write them."""

from __future__ import annotations

import datetime
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_day_names
from babel.numbers import format_percent
from babel.units import format_unit
from jinja2 import pass_context
from jinja2.runtime import Context

MINUTE, HOUR = 60, 3600  # seconds
STEP = 1024  # bytes of a kilobyte, and so on


@pass_context
def day(context: Context, iso: str, style: str = "short") -> str:
    """A day, as 2026-11-26: the day and the month; `full`: with the weekday and the year."""
    return _day(iso, style, context["language"])


@pass_context
def weekday(context: Context, number: int, width: str = "abbreviated") -> str:
    """The name of a day of the week, Monday being 0."""
    return _weekdays(width, context["language"])[number]


@pass_context
def hour(context: Context, number: int) -> str:
    """An hour of the day."""
    return _hour(number % 24, context["language"])


@pass_context
def duration(context: Context, seconds: float | None) -> str:
    """How long something took, in the unit that fits; a dash where nobody knows."""
    return "–" if seconds is None else _duration(seconds, context["language"])


@pass_context
def share(context: Context, number: int, total: int) -> str:
    """A part of a whole; a dash where there is no whole."""
    return "–" if total <= 0 else _percent(round(100 * number / total), context["language"])


@pass_context
def size(context: Context, count: int) -> str:
    """So many bytes, in the unit that fits."""
    return _size(count, context["language"])


FILTERS: dict[str, Any] = {
    "day": day,
    "weekday": weekday,
    "hour": hour,
    "duration": duration,
    "share": share,
    "bytes": size,
}


@lru_cache(maxsize=2048)
def _day(iso: str, style: str, language: str) -> str:
    found, locale = datetime.date.fromisoformat(iso), Locale.parse(language)
    if style == "full":
        return format_date(found, "full", locale=locale)
    return str(format_skeleton("MMMd", found, locale=locale))


@lru_cache(maxsize=64)
def _weekdays(width: Any, language: str) -> dict[int, str]:
    return dict(get_day_names(width, "stand-alone", Locale.parse(language)))


@lru_cache(maxsize=256)
def _hour(number: int, language: str) -> str:
    return format_time(datetime.time(number), "short", locale=Locale.parse(language))


@lru_cache(maxsize=2048)
def _duration(seconds: float, language: str) -> str:
    value, unit = float(round(seconds)), "duration-second"
    if seconds >= 2 * HOUR:
        value, unit = round(seconds / HOUR, 1), "duration-hour"
    elif seconds >= 2 * MINUTE:
        value, unit = round(seconds / MINUTE, 1), "duration-minute"
    return format_unit(value, unit, length="short", locale=Locale.parse(language))


@lru_cache(maxsize=1024)
def _size(count: int, language: str) -> str:
    value, unit = float(count), "byte"
    for larger in ("kilobyte", "megabyte", "gigabyte", "terabyte"):
        if value < STEP:
            break
        value, unit = value / STEP, larger
    shown = round(value, 1) if value < 10 else round(value)
    return format_unit(shown, f"digital-{unit}", length="short", locale=Locale.parse(language))


@lru_cache(maxsize=128)
def _percent(whole: int, language: str) -> str:
    return format_percent(whole / 100, locale=Locale.parse(language))
