"""Ndjson: customers as JSON Lines: one object to a line, its keys named like the columns of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Protocol

import orjson

from jivod.model.claim import ATTRIBUTE_PREFIX
from jivod.model.errors import Refused, Unreadable
from jivod.wire import body
from jivod.wire.columns import MOST, REASON, assign
from jivod.wire.item import Item
from jivod.wire.pairs import attribute_text
from jivod.wire.row import MANY
from jivod.wire.table import values_of

LINE_MAX = 1 << 20  # bytes of one line

_ATTRIBUTES = "attributes"
_FAULTS = {
    "not_an_object": "it is JSON, but no object",
    "bad_json": "it is not valid JSON",
    "bad_utf8": "it is not UTF-8",
}


class Binary(Protocol):
    """A file, as far as it is needed here."""

    def readline(self, size: int = -1, /) -> bytes:
        """The next line, cut at `size` bytes; b"" at the end."""


class Ndjson:
    """The rows of a file of JSON Lines, in UTF-8. Of the keys in `said` the fields are told."""

    def __init__(self, file: Binary, *, said: Mapping[str, str], signs: bool) -> None:
        self._file = file

        @lru_cache(maxsize=64)  # a line may have a mebibyte of keys
        def fields_of(keys: tuple[str, ...]) -> list[str]:
            there = {key.strip().casefold() for key in keys}
            return assign(keys, {key: said[key] for key in said if key.strip().casefold() in there}, signs=signs)

        self._fields_of = fields_of

    def __iter__(self) -> Iterator[Item]:
        number = 0
        while line := self._file.readline(LINE_MAX):
            number += 1
            if len(line) == LINE_MAX and not line.endswith(b"\n"):
                self._skip()
                yield Item(line=number, fault="the line is too long", text="")
            elif line.strip(b" \t\r\n\xef\xbb\xbf"):
                yield self._item(number, line)

    def _skip(self) -> None:
        while (rest := self._file.readline(LINE_MAX)) and not rest.endswith(b"\n"):
            pass

    def _item(self, number: int, line: bytes) -> Item:
        text = line.decode("utf-8", "replace").strip()
        try:
            said = tuple(self._said(body.parse(line.strip()).value))
        except Unreadable as error:
            return Item(line=number, fault=_FAULTS.get(error.code, str(error).replace("The body", "it")), text=text)
        except Refused as error:
            return Item(line=number, fault=str(error), text=text)
        return Item(line=number, said=said, text=text)

    def _said(self, found: dict[str, Any]) -> Iterator[tuple[str, str]]:
        own = found.get(_ATTRIBUTES)
        plain = {key: value for key, value in found.items() if value is not None and key != REASON}
        if isinstance(own, dict):
            if len(own) > MOST:
                raise Refused(f"it has more than {MOST} attributes")
            del plain[_ATTRIBUTES]
            plain |= {ATTRIBUTE_PREFIX + name: value for name, value in own.items() if value is not None}
        for field, value in zip(self._fields_of(tuple(plain)), plain.values(), strict=True):
            for one in value if isinstance(value, list) and field in MANY else [value]:
                yield from _texts(field, one, is_alone=not isinstance(value, list))


def _texts(field: str, value: Any, *, is_alone: bool) -> Iterator[tuple[str, str]]:
    if field in MANY and isinstance(value, (dict, list)):
        raise Refused("an e-mail, phone, id, tag or link is no text")
    text = value if isinstance(value, str) else attribute_text(value, set())
    if text is not None and is_alone and isinstance(value, str):
        yield from values_of(field, text)
    elif text is not None and text.strip():
        yield field, text


def refused_as(item: Item, why: str) -> str:
    """A line of the file of refused rows: what was read, and why it was refused."""
    try:
        found = orjson.loads(item.text)
    except orjson.JSONDecodeError:
        found = None
    known = {REASON: why, **found} if isinstance(found, dict) else {REASON: why, "line": item.text}
    return orjson.dumps({**known, REASON: why}).decode() + "\n"


