"""Fields: what a request may hold, declared once: the reader, the limits and the description all come from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from attrs import NOTHING, field, fields, has

from jivod.web.problem import Fault

LONGEST = 8192  # characters of a value
LONGEST_ID = 200
MANY = 20  # values of one attribute in one request
MANY_OWN = 50  # attributes of the account's own

_LIMITS = "limits"


class Absence(Enum):
    """A field that was not sent, where null means something else."""

    ABSENT = "absent"


ABSENT = Absence.ABSENT


def text(longest: int = LONGEST, *, least: int = 1, **rest: Any) -> Any:
    """Text of at least a character."""
    return field(metadata={_LIMITS: {"minLength": least, "maxLength": longest}}, **rest)


def choice(words: Iterable[str]) -> Any:
    """One of some words, or none."""
    return field(default=None, metadata={_LIMITS: {"enum": list(words)}})


def texts(most: int = MANY, longest: int = LONGEST) -> Any:
    """A few texts; none unless some are sent."""
    return field(default=(), metadata={_LIMITS: {"maxItems": most, "minLength": 1, "maxLength": longest}})


def named(most: int = MANY_OWN, longest: int = LONGEST) -> Any:
    """Texts by name; none unless some are sent."""
    limits = {"maxProperties": most, "minLength": 1, "maxLength": longest, "nameLength": LONGEST_ID}
    return field(factory=dict, metadata={_LIMITS: limits})


def number(least: int, most: int, default: Any = NOTHING) -> Any:
    """A whole number; one without a default must be sent."""
    return field(default=default, metadata={_LIMITS: {"minimum": least, "maximum": most}})


def limits_of(attribute: Any) -> dict[str, Any]:
    """The limits of a field, in the words of JSON Schema; `nameLength` is that of the names in an object."""
    found: dict[str, Any] = attribute.metadata.get(_LIMITS, {})
    return found


def exceeded(value: Any, kind: str = "pointer", path: str = "") -> Iterator[Fault]:
    """Every place of a request that is beyond its limits."""
    for attribute in fields(type(value)):
        held, place = getattr(value, attribute.name), f"{path}/{attribute.name}"
        if has(type(held)):
            yield from exceeded(held, kind, place)
        else:
            yield from _exceeded(held, limits_of(attribute), kind, place if kind == "pointer" else attribute.name)


def pointer(*parts: str | int) -> str:
    """The place of a value in a body, as RFC 6901 writes it."""
    return "".join(["/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts])


def _exceeded(held: Any, limits: dict[str, Any], kind: str, place: str) -> Iterator[Fault]:
    if isinstance(held, str):
        if held not in limits.get("enum", (held,)):
            yield Fault(kind, place, f"is one of {', '.join(limits['enum'])}")
        elif not limits.get("minLength", 0) <= len(held) <= limits.get("maxLength", LONGEST):
            yield Fault(kind, place, f"has {limits['minLength']} to {limits['maxLength']} characters")
    elif isinstance(held, int) and limits:
        if not limits["minimum"] <= held <= limits["maximum"]:
            yield Fault(kind, place, f"is a whole number from {limits['minimum']} to {limits['maximum']}")
    elif isinstance(held, tuple):
        if len(held) > limits["maxItems"]:
            yield Fault(kind, place, f"has at most {limits['maxItems']} values")
        for number, one in enumerate(held):
            yield from _exceeded(one, limits, kind, place + pointer(number))
    elif isinstance(held, dict):
        yield from _exceeded_by_name(held, limits, kind, place)


def _exceeded_by_name(held: dict[str, Any], limits: dict[str, Any], kind: str, place: str) -> Iterator[Fault]:
    if len(held) > limits["maxProperties"]:
        yield Fault(kind, place, f"has at most {limits['maxProperties']} names")
    for name, one in held.items():
        if not 1 <= len(name) <= limits["nameLength"]:
            yield Fault(kind, place, f"has names of 1 to {limits['nameLength']} characters")
        else:
            yield from _exceeded(one, limits, kind, place + pointer(name))
