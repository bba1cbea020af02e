"""Upload: a file of rows, of whatever format: what it is, and row by row what it says. Read once, never held whole."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Protocol

from attrs import frozen

from jivod.wire import ndjson, vcard
from jivod.wire.guess import CSV, JSONL, VCARD, Encoding, format_of
from jivod.wire.item import Item
from jivod.wire.ndjson import Ndjson
from jivod.wire.table import Table
from jivod.wire.vcard import Vcards

_HEAD = 4096  # bytes by which a format is told
_PIECE = 1 << 20


@frozen(kw_only=True)
class How:
    """How a file is to be read. None: as its bytes tell. `said`: fields of columns, by their headers; `signs`: the ids
    in it are those that the site signs.
    """

    format: str | None = None
    encoding: str | None = None
    separator: str | None = None
    said: Mapping[str, str] = {}
    signs: bool = False


class Rows(Protocol):
    """The rows of a file."""

    def __iter__(self) -> Iterator[Item]:
        """Each of them, also those with a fault."""


@frozen(kw_only=True)
class Upload:
    """`columns` are pairs of header and field, of a table alone. `refused_header` begins a file of refused rows, to
    which `refused_as` writes each.
    """

    rows: Rows
    format: str
    encoding: str
    separator: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    refused_header: str = ""

    def refused_as(self, item: Item, why: str) -> str:
        """The row again, in the same format, with the reason."""
        if isinstance(self.rows, Table):
            return self.rows.refused_as(item, why)
        return ndjson.refused_as(item, why) if self.format == JSONL else vcard.refused_as(item, why)


def open_upload(file: BinaryIO, how: How) -> Upload:
    """What is in the file, which can be read from its beginning twice. Raises Refused for what cannot be used."""
    kind = format_of(file.read(_HEAD))
    kind = how.format or kind
    file.seek(0)
    if kind == JSONL:
        return Upload(rows=Ndjson(file, said=how.said, signs=how.signs), format=JSONL, encoding="utf-8")
    encoding = how.encoding or _encoding_of(file)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    if kind == VCARD:
        return Upload(rows=Vcards(text), format=VCARD, encoding=encoding)
    table = Table(
        text, separator=how.separator, said=how.said, signs=how.signs, is_sure=encoding.startswith("utf-8")
    )  # fmt: skip
    return Upload(
        rows=table,
        format=CSV,
        encoding=encoding,
        separator=table.separator,
        columns=tuple(zip(table.headers, table.fields, strict=True)),
        refused_header=table.refused_header,
    )


def _encoding_of(file: BinaryIO) -> str:
    guess = Encoding()
    while piece := file.read(_PIECE):
        guess.feed(piece)
    guess.feed(b"", final=True)
    file.seek(0)
    return guess.name
