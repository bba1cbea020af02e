"""Records: the rows of a CSV file, each with the line where it begins. One quote too many or too few may make one value
of many rows: of lines that hang together by quotes that do not match, each is told by itself, and none is taken.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Protocol

from jivod.model.value import frozen

LINE_MAX = 1 << 20  # characters of one line

_QUOTE = '"'


class Text(Protocol):
    """A text file, as far as it is needed here."""

    def readline(self, size: int = -1, /) -> str:
        """The next line, cut at `size` characters; "" at the end."""


@frozen(kw_only=True)
class Record:
    """`line` is its first line in the file, `fault` what is wrong with it. What cannot be read has no cells."""

    line: int
    cells: tuple[str, ...]
    fault: str = ""


class Records:
    """Those of a `file` of which the `first` line was read, and `before` it as many lines that are none of them."""

    def __init__(self, file: Text, first: str, separator: str, *, before: int) -> None:
        self._file, self._separator, self._before = file, separator, before
        self._reader = csv.reader(self._lines(first), delimiter=separator)
        self._read: list[str] = []  # the lines of the record under way
        self._is_cut = False  # the file ended within it
        self._odd = self._long = 0  # the first line with an odd number of quotes; of a record of several lines

    def __iter__(self) -> Iterator[Record]:
        while True:
            self._read = []
            line = self._reader.line_num + 1 + self._before
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield from self._unreadable(line, error)
                continue
            flaw = self._flaw() if len(self._read) > 1 or self._is_cut else None
            if flaw is None:
                yield Record(line=line, cells=tuple(cells), fault=self._doubt(line))
            else:
                yield from self._apart(line, line + flaw)

    def _unreadable(self, line: int, error: csv.Error) -> Iterator[Record]:
        if len(self._read) > 1:  # an open quote, and a great deal behind it
            yield from self._apart(line, line + (self._flaw() or 0))
        else:
            yield Record(line=line, cells=(), fault=f"it cannot be read as CSV: {error}")

    def _apart(self, first: int, open_at: int) -> Iterator[Record]:
        """Each line by itself. The quotes are wrong from the line `open_at` on."""
        last = first + len(self._read) - 1
        for line, text in enumerate(self._read, first):
            fault = f"it is in one row with line {open_at}, by a quote that is not closed there"
            if line == open_at:
                fault = self._unmatched(line, last) + ": close the one that is open, or take it away"
            if text.strip():
                yield Record(line=line, cells=self._alone(text), fault=fault)

    def _unmatched(self, line: int, last: int) -> str:
        if not self._is_cut:
            return f"the quotes from here to line {last} do not match"
        return "a quote is opened here and never closed" + (
            f", so that all up to the end, line {last}, is inside it" if last > line else ""
        )

    def _alone(self, text: str) -> tuple[str, ...]:
        try:
            return tuple(next(csv.reader([text.rstrip("\r\n")], delimiter=self._separator), ()))
        except csv.Error:
            return ()

    def _flaw(self) -> int | None:
        """In which of its lines a cell begins that is none of RFC 4180; the first, where a quote stands amid a cell
        without quotes: one before it is missing.
        """
        separator = re.escape(self._separator)
        cell = re.compile(rf'(?:"(?:[^"]++|"")*+"|[^"\r\n{separator}]*+)(?:{separator}|(?:\r\n|\r|\n)?\Z)')
        text, at = "".join(self._read), 0
        while at < len(text):
            found = cell.match(text, at)
            if found is None and text[at] != _QUOTE:
                return 0
            if found is None:
                return bisect_right(list(accumulate(map(len, self._read))), at)
            at = found.end()
        return None

    def _doubt(self, line: int) -> str:
        """Where one quote is missing, or too many, a row with an odd number is left over somewhere; or it is inches."""
        if len(self._read) > 1:
            self._long = self._long or line
            said, other = "goes over several lines inside quotes", f"line {self._odd} has an odd number of quotes"
        elif sum([text.count(_QUOTE) for text in self._read]) % 2:
            self._odd = self._odd or line
            said, other = "has an odd number of quotes", f"the row of line {self._long} goes over several inside quotes"
        else:
            return ""
        if not (self._odd and self._long):
            return ""
        return f"it {said}, and {other}: look whether rows between them are missing"

    def _lines(self, first: str) -> Iterator[str]:
        """The lines, each cut where it is too long: what is left of it does not fit the columns, and is refused."""
        line = first or self._file.readline(LINE_MAX)
        while line:
            self._read.append(line)
            yield line
            while len(line) == LINE_MAX and not line.endswith("\n"):
                line = self._file.readline(LINE_MAX)
            line = self._file.readline(LINE_MAX)
        self._is_cut = bool(self._read)
