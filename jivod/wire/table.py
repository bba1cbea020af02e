"""Table: customers as CSV, read and written. What a spreadsheet would take for a formula is written behind an
apostrophe, and read without it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from jivod.model.claim import TAG
from jivod.model.contact import EMAIL, PHONE
from jivod.model.errors import Refused
from jivod.wire.columns import REASON, assign, demand_key
from jivod.wire.guess import is_separator_line, separator_of
from jivod.wire.item import Item
from jivod.wire.row import ID, MANY, SIGNED_ID

LINE_MAX = 1 << 20  # characters of one line
BETWEEN = "\n"  # several values in one cell

_BEGINS = r"(?:^|(?<=[;,\t\r\n]))"  # where a cell may begin: some split at ; what was joined by commas, quotes or not
_COMPUTED = r"(?=['\"]*[=+\-@\t\r\0])"
_FORMULA = re.compile(_BEGINS + _COMPUTED)
_ESCAPED = re.compile(_BEGINS + "'" + _COMPUTED)
_SPLIT = {EMAIL: re.compile(r"[;,\n]"), PHONE: re.compile(r"[;\n]"), TAG: re.compile(r"[;,]")}
_BROKEN = "\ufffd"


class Text(Protocol):
    """A text file, as far as it is needed here."""

    def readline(self, size: int = -1, /) -> str:
        """The next line, cut at `size` characters; "" at the end."""


class Table:
    """The rows of a CSV file. `headers` and `fields` tell its columns. Raises Refused for a file that cannot be used.

    `is_sure`: every character was read as it was written.
    """

    def __init__(
        self, file: Text, *, separator: str | None, said: Mapping[str, str], signs: bool, is_sure: bool
    ) -> None:
        self._file = file
        self._is_sure = is_sure
        first = file.readline(LINE_MAX)
        skipped = is_separator_line(first)
        self.separator = separator or separator_of(first)
        self._reader = csv.reader(self._lines("" if skipped else first), delimiter=self.separator)
        self._skipped = int(skipped)
        self._is_mended = False  # a file of refused rows, with the reasons behind
        self.headers = self._read_headers()
        self.fields = assign(self.headers, said, signs=signs)
        demand_key(self.headers, self.fields)

    def __iter__(self) -> Iterator[Item]:
        while True:
            number = self._reader.line_num + 1 + self._skipped
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Item(line=number, fault=f"it cannot be read as CSV: {error}")
                continue
            if any(cell.strip() for cell in cells):
                yield self._item(number, cells)

    def refused_as(self, item: Item, why: str) -> str:
        """A line of the file of refused rows."""
        cells = item.cells or [""] * len(self.headers)
        return csv_line([*[armed(cell) for cell in cells], armed(why)], self.separator)

    @property
    def refused_header(self) -> str:
        """The first line of that file."""
        return csv_line([*[armed(header) for header in self.headers], REASON], self.separator)

    def _read_headers(self) -> list[str]:
        try:
            cells = next(self._reader, [])
        except csv.Error as error:
            raise Refused(f"the first line cannot be read as CSV: {error}") from None
        if cells and cells[-1].strip() == REASON:
            cells.pop()
            self._is_mended = True
        headers = [disarmed(cell) for cell in cells]
        if not any(header.strip() for header in headers):
            raise Refused("the first line is blank; it should name the columns")
        return headers

    def _item(self, number: int, raw: list[str]) -> Item:
        cells = [disarmed(cell) for cell in raw]
        if self._is_mended and len(raw) > len(self.headers):
            cells.pop()
        if len(cells) != len(self.headers):
            fault = f"it has {len(cells)} cells, and there are {len(self.headers)} columns"
        elif not self._is_sure and any(_BROKEN in cell for cell in cells):
            fault = "it holds bytes that are no characters of this encoding"
        else:
            said = [pair for f, cell in zip(self.fields, cells, strict=True) for pair in values_of(f, cell)]
            return Item(line=number, said=tuple(said), cells=tuple(cells))
        return Item(line=number, fault=fault, cells=tuple(cells))

    def _lines(self, first: str) -> Iterator[str]:
        """The lines, each cut where it is too long: what is left of it does not fit the columns, and is refused."""
        line = first or self._file.readline(LINE_MAX)
        while line:
            yield line
            while len(line) == LINE_MAX and not line.endswith("\n"):
                line = self._file.readline(LINE_MAX)
            line = self._file.readline(LINE_MAX)


def values_of(field: str, cell: str) -> Iterator[tuple[str, str]]:
    """What a cell says: each value of it, with the field."""
    if not cell or cell.isspace():
        return
    if field in (ID, SIGNED_ID) or field not in MANY:
        parts = cell.split(BETWEEN) if field in MANY else [cell]
    elif field == TAG and BETWEEN in cell:
        parts = cell.split(BETWEEN)
    else:
        parts = _SPLIT[field].split(cell) if field in _SPLIT else cell.split()
    for part in parts:
        yield field, part


def armed(text: str) -> str:
    """The text as a cell that no spreadsheet computes, nor what it splits it into."""
    return _FORMULA.sub("'", text)


def disarmed(cell: str) -> str:
    """The text in such a cell."""
    return _ESCAPED.sub("", cell)


def csv_line(cells: Iterable[str], separator: str = ",") -> str:
    """One line of RFC 4180."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()


def several(values: Sequence[str], field: str) -> str:
    """Several values as one cell that is read as just these."""
    joined = BETWEEN.join(values)
    if field == TAG and len(values) == 1 and _SPLIT[TAG].search(joined):
        joined += BETWEEN  # so that it is one to a line
    return joined
