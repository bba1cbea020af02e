"""A file to import, CSV, JSON Lines or vCard: rows or faults in words; what was read is written, and read the same."""

from __future__ import annotations

import io
from itertools import islice

from jivod.model.errors import Refused
from jivod.wire import row, table, upload
from jivod.wire.item import Item
from jivod.wire.row import FIELDS, IGNORED
from jivod.wire.table import Table

BY = row.Source(by="somebody", file="file", finding=("email",))
MOST = 200  # rows that are looked at


def check(data: bytes) -> None:
    try:
        opened = upload.open_upload(io.BytesIO(data), upload.How(signs=len(data) % 2 == 1))
        items = list(islice(opened.rows, MOST))
    except Refused:
        return
    lines = [item.line for item in items]
    assert lines == sorted(lines) and all(line > 0 for line in lines)
    for item in items:
        assert not (item.said and item.fault)
        written = opened.refused_as(item, "why it was refused")
        if isinstance(opened.rows, Table) and not item.fault and not _have_twins(opened):
            assert _read_again(opened, written).said == item.said
        _demand_row(item)


def _have_twins(opened: upload.Upload) -> bool:
    """Whether two columns are called the same: here they cannot be told apart by their names."""
    headers = [table.disarmed(header) for header, _ in opened.columns]
    return len(set(headers)) < len(headers)


def _demand_row(item: Item) -> None:
    assert all(field in (*FIELDS, IGNORED) or field.startswith("attr:") for field, _ in item.said)
    try:
        made = row.make(item.said, BY, item.line)
    except Refused:
        return
    body = row.write(made)
    assert row.read(body).event == made
    assert row.reading_of(made, body) == row.read(body)


def _read_again(opened: upload.Upload, written: str) -> Item:
    """The one row of the file of refused rows."""
    fields = {table.disarmed(header): field for header, field in opened.columns}
    text = io.StringIO(opened.refused_header + written, newline="")
    (item,) = Table(text, separator=opened.separator, said=fields, signs=False, is_sure=True)
    return item
