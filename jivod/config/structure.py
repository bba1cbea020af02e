"""Structure: a configuration file as its tables; what does not fit is named with its line."""

from __future__ import annotations

import difflib
import re
from functools import cache
from typing import Any

from attrs import fields_dict
from cattrs import Converter

from jivod.config.tables import (
    AnswerTable,
    AuditTable,
    ChannelTable,
    FileTable,
    LimitsTable,
    LookupTable,
    PagesTable,
    RetentionTable,
    RowTable,
    SinkTable,
    StoreTable,
)
from jivod.strict import explain, make_converter
from jivod.strict.source import Place, Source

_NESTED: dict[str, tuple[type, str]] = {
    "channel": (ChannelTable, "[[channel]]"),
    "sink": (SinkTable, "[[sink]]"),
    "store": (StoreTable, "[store]"),
    "audit": (AuditTable, "[audit]"),
    "limits": (LimitsTable, "[limits]"),
    "answer": (AnswerTable, "[answer]"),
    "answer.row": (RowTable, "[[answer.row]]"),
    "lookup": (LookupTable, "[lookup]"),
    "retention": (RetentionTable, "[retention]"),
    "pages": (PagesTable, "[pages]"),
}
_HEADERS = {name: header for name, (_, header) in _NESTED.items()} | {
    name: f"[{name}]" for name in ("lookup.header_files", "lookup.attributes")
}
_WORDS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a table",
}
_REMEDIES = {
    "str": 'text in quotes, like "value"',
    "int": "a whole number",
    "a list of texts": 'a list of texts, like ["value", "value"]',
}
_PATH = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\['(.+?)'\]")


def structure(source: Source) -> FileTable:
    """The file as a `FileTable`. BadConfig names the line of an unknown key or of a value of the wrong type."""
    _refuse_unknown(source)
    _refuse_odd_tables(source)
    try:
        return _converter().structure(source.table, FileTable)
    except Exception as error:
        raise _wrong_type(source, explain(error)[0]) from None


@cache
def _converter() -> Converter:
    converter = make_converter()
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(tuple[str, ...] | None, _texts)
    return converter


def _number(value: Any, _: Any) -> float:
    if type(value) not in (int, float):
        raise TypeError(f"expected a number, found {type(value).__name__}")
    return float(value)


def _texts(value: Any, _: Any) -> tuple[str, ...]:
    if type(value) is not list or not all(type(item) is str for item in value):
        raise TypeError(f"expected a list of texts, found {type(value).__name__}")
    return tuple(value)


def _refuse_unknown(source: Source) -> None:
    _refuse_extra(source, (), source.table, FileTable)
    for name, (cls, _) in _NESTED.items():
        place, value = _find(source, name)
        if isinstance(value, dict):
            _refuse_extra(source, place, value, cls)
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, dict):
                _refuse_extra(source, (*place, index), item, cls)


def _refuse_odd_tables(source: Source) -> None:
    for name, header in _HEADERS.items():
        place, value = _find(source, name)
        listed = header.startswith("[[")
        items = value if listed and isinstance(value, list) else [value]
        fits = all(isinstance(item, dict) for item in items) and listed == isinstance(value, list)
        if value is not None and not fits:
            problem = f"{name} is {_WORDS.get(type(value), 'a date')}"
            raise source.fault(place, problem, f"write it under a line of its own: {header}")


def _find(source: Source, name: str) -> tuple[Place, Any]:
    """The place of a table, and what stands there; None if nothing does."""
    place = tuple(name.split("."))
    value: Any = source.table
    for part in place:
        value = value.get(part) if isinstance(value, dict) else None
    return place, value


def _refuse_extra(source: Source, place: Place, table: dict[str, Any], cls: type) -> None:
    known = fields_dict(cls)
    for key in table:
        if key not in known:
            raise source.fault((*place, key), f"unknown key {key!r}", _suggest(key, cls))


def _suggest(key: str, here: type) -> str:
    """What the writer most likely meant: a key in the wrong table, a slip of the pen, or else all keys that fit."""
    if here is not FileTable and key in fields_dict(FileTable):
        return "move it to the top of the file, above the first [table]"
    for cls, header in _NESTED.values():
        if cls is not here and key in fields_dict(cls):
            return f"it belongs under {header}"
    near = difflib.get_close_matches(key, fields_dict(here), n=1)
    return f"did you mean {near[0]!r}?" if near else "keys known here: " + ", ".join(fields_dict(here))


def _wrong_type(source: Source, line: str) -> Exception:
    message, _, path = line.rpartition(" @ ")
    place: Place = tuple(int(index) if index else name or key for name, index, key in _PATH.findall(path))
    key = next((part for part in reversed(place) if isinstance(part, str)), "")
    value: Any = source.table
    for part in place:
        value = value[part]
    found = _WORDS.get(type(value), "a date")
    return source.fault(place, f"{key} is {found}", f"write {_expected(message)}")


def _expected(message: str) -> str:
    wanted = message.removeprefix("expected ").partition(",")[0]
    return _REMEDIES.get(wanted, wanted)
