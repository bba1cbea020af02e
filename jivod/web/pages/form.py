"""Form: what a page takes, declared once as a class: of its query, or of the form that is posted to it.

The kinds of fields: str (must be there; `text` bounds it), str | None (None where it is left blank), int, bool (a box
that is ticked), tuple[str, ...] (any number of the same name). What is not declared is left aside.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, get_type_hints
from urllib.parse import parse_qsl

from attrs import NOTHING, field, fields

from jivod.web.pages.page import Flaw
from jivod.web.pages.words import _
from jivod.web.problem import Problem, Stopped

if TYPE_CHECKING:
    from twisted.web.server import Request

Raw = Mapping[str, tuple[str, ...]]

SIZE = 64 * 1024  # bytes of a form
MANY = 1000  # fields of a form, and values of one field
LONGEST = 200  # characters of a field that says nothing else
_DIGITS = 15
_TYPE = b"application/x-www-form-urlencoded"
_MOST = "most"
_OFFERED = "offered"

TOO_LONG = Problem(413, "body_too_large", "This form is too large.")
NO_FORM = Problem(415, "unsupported_type", "This is not a form as a browser sends it.")
UNREADABLE = Problem(400, "bad_form", "This form cannot be read.")


def text(most: int = LONGEST, **rest: Any) -> Any:
    """Text of at most so many characters."""
    return field(metadata={_MOST: most}, **rest)


def choice(*offered: str, **rest: Any) -> Any:
    """One of these."""
    return field(metadata={_OFFERED: frozenset(offered)}, **rest)


def posted(request: Request) -> Raw:
    """The fields of a form as they came. Raises Stopped for a body that is none."""
    kind = (request.getHeader(b"Content-Type") or b"").lower().partition(b";")[0].strip()
    raw: bytes = request.content.read()  # type: ignore[union-attr]
    if len(raw) > SIZE:
        raise Stopped(TOO_LONG)
    if kind != _TYPE and raw:
        raise Stopped(NO_FORM)
    try:
        return _gathered(parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MANY))
    except ValueError:  # UnicodeDecodeError is one
        raise Stopped(UNREADABLE) from None


def asked(request: Request) -> Raw:
    """The query as it came. Raises Stopped where it is no UTF-8."""
    try:
        pairs = [(name.decode(), value.decode()) for name, all in (request.args or {}).items() for value in all]
    except UnicodeDecodeError:
        raise Stopped(UNREADABLE) from None
    return _gathered(pairs)


def fill(cls: type, raw: Raw) -> tuple[Any, dict[str, Flaw]]:
    """What the fields say, as a `cls`; else None, and the flaw of each field that is wrong."""
    given: dict[str, Any] = {}
    flaws: dict[str, Flaw] = {}
    for name, kind, attribute in _fields(cls):
        try:
            value = _value(kind, attribute.metadata, raw.get(name, ()))
        except _Wrong as wrong:
            flaws[name] = wrong.flaw
            continue
        if value is not NOTHING:
            given[name] = value
        elif attribute.default is NOTHING:
            flaws[name] = Flaw(_("Fill this in."))
    return (None, flaws) if flaws else (cls(**given), {})


class _Wrong(Exception):
    def __init__(self, sentence: str, **values: Any) -> None:
        super().__init__(sentence)
        self.flaw = Flaw(sentence, values)


def _gathered(pairs: list[tuple[str, str]]) -> Raw:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return {name: tuple(values) for name, values in found.items()}


def _value(kind: Any, limits: Mapping[str, Any], values: tuple[str, ...]) -> Any:
    """What a field says; NOTHING where it was left blank."""
    for value in filter(None, values):
        _check(value, limits)
    if kind is bool:
        return bool(values and values[0])
    if kind == tuple[str, ...]:
        return values
    if not values or not values[0].strip():
        return NOTHING if kind != (str | None) else None
    if kind is int:
        if not (values[0].isascii() and values[0].isdigit() and len(values[0]) <= _DIGITS):
            raise _Wrong(_("Write a whole number."))
        return int(values[0])
    return values[0]


def _check(value: str, limits: Mapping[str, Any]) -> None:
    most = limits.get(_MOST, LONGEST)
    if len(value) > most:
        raise _Wrong(_("This is too long: %(most)s characters at most."), most=most)
    if "\0" in value:
        raise _Wrong(_("There is a character in this that cannot be kept."))
    if _OFFERED in limits and value not in limits[_OFFERED]:
        raise _Wrong(_("Choose one of those that are offered."))


@cache
def _fields(cls: type) -> tuple[tuple[str, Any, Any], ...]:
    kinds = get_type_hints(cls)
    return tuple([(attribute.name, kinds[attribute.name], attribute) for attribute in fields(cls)])
