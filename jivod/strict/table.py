"""Table: a TOML table that is read key by key. A key that nobody asked for is a fault, found by `Reading.settle`.

Every reader returns None for a key that is absent or faulty: the fault is noted, and the reading goes on.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from attrs import field, frozen

from jivod.strict.faults import Faults, Unfit
from jivod.strict.lines import Place
from jivod.strict.source import Source

_WORDS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number with a fraction",
    str: "text",
    list: "a list",
    dict: "a table",
}
_LONGEST = 60  # characters of a value or key that are repeated in an error
_LARGE = 64  # bits
_BARE = re.compile(rf"[A-Za-z0-9_-]{{1,{_LONGEST}}}")


def shown(value: Any) -> str:
    """A value as errors repeat it: in quotes if it is text, cut if it is long."""
    if isinstance(value, str):
        return repr(value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…")
    if type(value) is int and value.bit_length() > _LARGE:  # Python itself refuses to write out very large ones
        return "a number far too large"
    return str(value).lower() if type(value) in (bool, int, float) else kind_of(value)


def kind_of(value: Any) -> str:
    """What TOML calls a value."""
    return _WORDS.get(type(value), "a date or time")


def meant(text: str, names: Sequence[str]) -> str:
    """A remedy for a name that is not known: the nearest one, else all of them."""
    near = difflib.get_close_matches(text[:_LONGEST], names, n=1)
    return f"did you mean {near[0]!r}?" if near else "known here: " + ", ".join(names)


@frozen
class Reading:
    """The reading of one file: `faults` collects what is wrong, `top` is the table to begin with."""

    faults: Faults
    tables: list[Table] = field(factory=list, init=False, repr=False)

    @classmethod
    def of(cls, source: Source) -> Reading:
        return cls(Faults(source))

    @property
    def top(self) -> Table:
        return Table(self, (), self.faults.source.table)

    def settle(self) -> None:
        """Raise what is wrong, keys that nobody asked for included."""
        for table in self.tables:
            for key in table.values.keys() - table.asked.keys():
                self.faults.add((*table.place, key), *self._unknown(table, key))
        self.faults.settle()

    def _unknown(self, table: Table, key: str) -> tuple[str, str]:
        nested = isinstance(table.values[key], dict) and not table.place
        problem = f"unknown table [{_written(key)}]" if nested else f"unknown key {shown(key)}"
        homes = [t for t in self.tables if key in t.asked and not t.is_open]
        if homes and isinstance(table.values[key], (dict, list)) and not homes[0].place:
            return problem, f"write it as a table of its own: [{_written(key)}]"
        return problem, f"it belongs under {homes[0].title}" if homes else meant(key, list(table.asked))


@frozen
class Table:
    """One table. `asked` are the keys that were asked for; `is_open` where the owner chooses the keys."""

    reading: Reading = field(repr=False)
    place: Place
    values: dict[str, Any]
    is_open: bool = False
    asked: dict[str, None] = field(factory=dict, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.reading.tables.append(self)

    @property
    def title(self) -> str:
        """The header of the table, as TOML writes it."""
        return _title(self.place)

    @property
    def line(self) -> int:
        return self.reading.faults.source.line_of(self.place)

    def fault(self, within: Place, problem: str, remedy: str) -> None:
        """Note a fault at `within`, a place in this table."""
        self.reading.faults.add((*self.place, *within), problem, remedy)

    def warn(self, within: Place, problem: str, remedy: str) -> None:
        """Note a warning at `within`, a place in this table."""
        self.reading.faults.warn((*self.place, *within), problem, remedy)

    def has(self, key: str) -> bool:
        return key in self.values

    def table(self, key: str, *, is_open: bool = False) -> Table:
        """The table within; an empty one where there is none."""
        place = (*self.place, key)
        found = self._typed(key, (dict,), f"write it as a table: {_title(place)} on a line of its own, or {{ ... }}")
        return Table(self.reading, place, found or {}, is_open)

    def tables(self, key: str) -> list[Table]:
        """The tables of a list of tables."""
        header = _title((*self.place, key, 0))
        remedy = f"write a list of tables: {header} on a line of its own, or [{{ ... }}, {{ ... }}]"
        found: list[Table] = []
        for index, item in enumerate(self._typed(key, (list,), remedy) or ()):
            if type(item) is dict:
                found.append(Table(self.reading, (*self.place, key, index), item))
            else:
                self.fault((key, index), f"item {index + 1} of {key} is {kind_of(item)}", remedy)
        return found

    def flag(self, key: str) -> bool | None:
        found: bool | None = self._typed(key, (bool,), "write true or false, without quotes")
        return found

    def whole(self, key: str, least: int, most: int) -> int | None:
        """A whole number from `least` to `most`."""
        found: int | None = self._typed(key, (int,), f"write a whole number without quotes, like {key} = {least}")
        if found is not None and not least <= found <= most:
            self.fault((key,), f"{key} = {shown(found)} is out of range", f"choose between {least} and {most}")
            return None
        return found

    def text(self, key: str, fit: Callable[[str], str] = str) -> str | None:
        """Text as `fit` makes of it; `fit` raises Unfit."""
        found = self._typed(key, (str,), f'write text in quotes, like {key} = "..."')
        return None if found is None else self._fitted((key,), found, fit)

    def one_of(self, key: str, names: Sequence[str]) -> str | None:
        """One of `names`."""
        found = self.text(key)
        if found is not None and found not in names:
            self.fault((key,), f"{key} cannot be {shown(found)}", meant(found, names))
            return None
        return found

    def texts(self, key: str, fit: Callable[[str], str] = str) -> list[str] | None:
        """A list of texts, each as `fit` makes of it; those that do not fit are left out."""
        items = self.items(key, f'write a list of texts, like {key} = ["...", "..."]')
        return None if items is None else list(self._fitting(key, items, fit))

    def items(self, key: str, remedy: str) -> list[Any] | None:
        """A list of anything."""
        found: list[Any] | None = self._typed(key, (list,), remedy)
        return found

    def order(self, key: str, names: Sequence[str]) -> tuple[str, ...] | None:
        """A list that holds each of `names` once."""
        found = self.texts(key, lambda text: _known(text, key, names))
        if found is None or len(found) < len(self.values[key]):
            return None
        twice = [name for index, name in enumerate(found) if name in found[:index]]
        if twice:
            self.fault((key,), f"{key} names {shown(twice[0])} twice", "name each once: the first is the strongest")
        missing = [name for name in names if name not in found]
        if missing:
            remedy = "name them all: what should matter least comes last"
            self.fault((key,), f"{key} leaves out {', '.join(missing)}", remedy)
        return None if twice or missing else tuple(found)

    def _typed(self, key: str, kinds: tuple[type, ...], remedy: str) -> Any:
        self.asked[key] = None
        value = self.values.get(key)
        if value is None or type(value) in kinds:
            return value
        self.fault((key,), f"{_written(key)} is {kind_of(value)}", remedy)
        return None

    def _fitting(self, key: str, items: list[Any], fit: Callable[[str], str]) -> Iterator[str]:
        for index, item in enumerate(items):
            if type(item) is not str:
                self.fault((key, index), f"item {index + 1} of {key} is {kind_of(item)}", "write text in quotes")
            elif (value := self._fitted((key, index), item, fit)) is not None:
                yield value

    def _fitted(self, within: Place, text: str, fit: Callable[[str], str]) -> str | None:
        try:
            return fit(text)
        except Unfit as error:
            self.fault(within, error.problem, error.remedy)
            return None


def _known(text: str, key: str, names: Sequence[str]) -> str:
    if text not in names:
        raise Unfit(f"{key} cannot hold {shown(text)}", meant(text, names))
    return text


def _title(place: Place) -> str:
    name = ".".join(_written(part) for part in place if isinstance(part, str))
    return f"[[{name}]]" if place and isinstance(place[-1], int) else f"[{name}]" if name else ""


def _written(key: str) -> str:
    """A key as it stands in the file: in quotes where it needs them."""
    return key if _BARE.fullmatch(key) else shown(key)
