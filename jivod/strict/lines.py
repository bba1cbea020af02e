"""Lines: where each table, key and item of a list stands in a TOML text, which the parser does not tell."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from attrs import define

Place = tuple[str | int, ...]
"""Where a value stands: ("limits", "deadline"), ("channel", 1, "name")."""

_TOKEN = re.compile(
    r'''
    """(?:\\.|[^\\])*?"""(?:"{0,2})     # text of several lines; it may end in two quotes of its own
    | \'\'\'.*?\'\'\'(?:'{0,2})
    | "(?:\\.|[^"\\\n])*"
    | '[^'\n]*'
    | \#[^\n]*
    | \n
    | [\[\]{},=]
    | [^\s"'\#\[\]{},=]+
    ''',
    re.VERBOSE | re.DOTALL,
)


def lines(text: str) -> dict[Place, int]:
    """The line, from 1, of everything that has a place in `text`, which must be valid TOML."""
    return _Walk().through(text)


@define
class _Open:
    """A table or a list that is being walked. `index` counts the items of a list; `child` is the place of the value
    after "=".
    """

    place: Place
    index: int | None = None
    child: Place | None = None


class _Walk:
    """One pass over the tokens. No recursion: a text may be nested deeper than Python's stack."""

    def __init__(self) -> None:
        self._found: dict[Place, int] = {}
        self._counts: dict[Place, int] = {}  # of each [[list of tables]]
        self._stack = [_Open(())]  # the table of the last header, then what is open within it
        self._words: list[str] = []  # of a key or header that is not complete
        self._brackets = 0  # of a header

    def through(self, text: str) -> dict[Place, int]:
        line = 1
        for match in _TOKEN.finditer(text):
            token = match[0]
            if token[0] != "#":
                self._take(token, line)
            line += token.count("\n")
        return self._found

    def _take(self, token: str, line: int) -> None:
        here = self._stack[-1]
        if here.index is not None:
            self._in_list(here, token, line)
        elif here.child is not None:
            self._in_value(here, token)
        elif token == "=":
            here.child = self._note(here.place, _parts(self._words), line)
            self._words.clear()
        elif token == "}":
            self._stack.pop()
        elif token == "[":
            self._brackets += 1
        elif token == "]":
            self._header(line)
        elif token not in ",\n":
            self._words.append(token)

    def _in_list(self, here: _Open, token: str, line: int) -> None:
        assert here.index is not None
        if token == "]":
            self._stack.pop()
        elif token == ",":
            here.index += 1
        elif token != "\n":
            place = (*here.place, here.index)
            self._found.setdefault(place, line)
            self._enter(place, token)

    def _in_value(self, here: _Open, token: str) -> None:
        assert here.child is not None
        if token == "}":
            self._stack.pop()
        elif token == ("\n" if len(self._stack) == 1 else ","):
            here.child = None
        else:
            self._enter(here.child, token)

    def _enter(self, place: Place, token: str) -> None:
        if token in ("[", "{"):
            self._stack.append(_Open(place, index=0 if token == "[" else None))

    def _header(self, line: int) -> None:
        if not self._words:  # the second bracket of ]]
            return
        *parents, last = _parts(self._words)
        place: Place = ()
        for part in parents:
            place = self._note(place, (part,), line)
            if place in self._counts:
                place = (*place, self._counts[place] - 1)
        place = self._note(place, (last,), line)
        if self._brackets == 2:
            index = self._counts.get(place, 0)
            self._counts[place] = index + 1
            place = self._note(place, (index,), line)
        self._stack = [_Open(place)]
        self._words.clear()
        self._brackets = 0

    def _note(self, place: Place, parts: Place, line: int) -> Place:
        for part in parts:
            place = (*place, part)
            self._found.setdefault(place, line)
        return place


def _parts(words: list[str]) -> Place:
    """The parts of a dotted key, as TOML reads them."""
    table: Any = tomllib.loads("".join(words) + "=0")
    parts: list[str] = []
    while isinstance(table, dict):
        name, table = next(iter(table.items()))
        parts.append(name)
    return tuple(parts)
