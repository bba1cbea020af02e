"""Table: customers as CSV, read and written. What a spreadsheet would take for a formula is written behind an
apostrophe, and read without it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from jivod.model.claim import TAG
from jivod.model.contact import EMAIL, PHONE
from jivod.model.errors import Refused
from jivod.wire.columns import REASON, assign, demand_key
from jivod.wire.guess import is_separator_line, separator_of
from jivod.wire.item import Item
from jivod.wire.records import LINE_MAX, Record, Records, Text
from jivod.wire.row import ID, MANY, SIGNED_ID

BETWEEN = "\n"  # several values in one cell

_BEGINS = r"(?:^|(?<=[;,\t\r\n]))"  # where a cell may begin: some split at ; what was joined by commas, quotes or not
_COMPUTED = r"(?=['\"]*[=+\-@\t\r\0])"
_FORMULA = re.compile(_BEGINS + _COMPUTED)
_ESCAPED = re.compile(_BEGINS + "'" + _COMPUTED)
_SPLIT = {EMAIL: re.compile(r"[;,\n]"), PHONE: re.compile(r"[;\n]"), TAG: re.compile(r"[;,]")}
_BROKEN = "\ufffd"


class Table:
    """The rows of a CSV file. `headers` and `fields` tell its columns. Raises Refused for a file that cannot be used.

    `is_sure`: every character was read as it was written.
    """

    def __init__(
        self, file: Text, *, separator: str | None, said: Mapping[str, str], signs: bool, is_sure: bool
    ) -> None:
        self._file = file  # held as long as the table is: it closes what it reads from when nobody holds it
        self._is_sure = is_sure
        first = file.readline(LINE_MAX)
        skipped = is_separator_line(first)
        self.separator = separator or separator_of(first)
        self._records = iter(Records(file, "" if skipped else first, self.separator, before=int(skipped)))
        self._is_mended = False  # a file of refused rows, with the reasons behind
        self.headers = self._read_headers()
        self.fields = assign(self.headers, said, signs=signs)
        demand_key(self.headers, self.fields)

    def __iter__(self) -> Iterator[Item]:
        for record in self._records:
            if record.fault or any(cell.strip() for cell in record.cells):
                yield self._item(record)

    def refused_as(self, item: Item, why: str) -> str:
        """A line of the file of refused rows."""
        cells = item.cells or [""] * len(self.headers)
        return csv_line([*[armed(cell) for cell in cells], armed(why)], self.separator)

    @property
    def refused_header(self) -> str:
        """The first line of that file."""
        return csv_line([*[armed(header) for header in self.headers], REASON], self.separator)

    def _read_headers(self) -> list[str]:
        record = next(self._records, Record(line=1, cells=()))
        if record.fault:
            raise Refused(f"the first line cannot be used: {record.fault}")
        cells = [*record.cells]
        if cells and cells[-1].strip() == REASON:
            cells.pop()
            self._is_mended = True
        headers = [disarmed(cell) for cell in cells]
        if not any(header.strip() for header in headers):
            raise Refused("the first line is blank; it should name the columns")
        return headers

    def _item(self, record: Record) -> Item:
        cells = [disarmed(cell) for cell in record.cells]
        if self._is_mended and self._has_reason(cells):
            cells.pop()
        faults = [record.fault] if record.fault else []
        if cells and len(cells) != len(self.headers):
            faults.append(self._miscounted(len(cells)))
        elif not self._is_sure and any(_BROKEN in cell for cell in cells):
            faults.append("it holds bytes that are no characters of this encoding")
        if faults:
            return Item(line=record.line, fault="; ".join(faults), cells=tuple(cells))
        said = [pair for f, cell in zip(self.fields, cells, strict=True) for pair in values_of(f, cell)]
        return Item(line=record.line, said=tuple(said), cells=tuple(cells))

    def _has_reason(self, cells: Sequence[str]) -> bool:
        """Whether the reason is still there. A row that is one cell too short is as long as a whole one by it."""
        count = len(cells) - 1
        return count >= len(self.headers) or (count >= 0 and cells[-1].endswith(self._miscounted(count)))

    def _miscounted(self, count: int) -> str:
        return f"it has {count} cells, and there are {len(self.headers)} columns"


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
