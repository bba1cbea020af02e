"""Whole: the whole store as JSON Lines, and back. The truth and what cannot be derived from it are written, each row so
that it comes back byte for byte; the projections are folded anew.

The first line says what it is, the last one counts the lines between and sums them up: a file that was cut off, or
changed on its way, is not taken in.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import blake2b
from itertools import islice
from typing import Any, Protocol

import orjson
from attrs import asdict, define, field

from jivod.flow import replay
from jivod.model.entry import ENTRIES, Entry, Origin, Original
from jivod.model.errors import Damaged, Refused, Unreadable
from jivod.store import codec, journal, meta
from jivod.store.check import check
from jivod.store.kv import KEY_MAX, Engine, Txn
from jivod.store.tables import JOURNAL, KEPT, META, POLICIES
from jivod.wire.guess import WHOLE

VERSION = 1
LINE_MAX = 16 << 20  # bytes: a body of a mebibyte takes six as text, at most
PAGE = 250  # rows to a transaction
PAGE_BYTES = 8 << 20

_STRANGE = "this is no whole export of jivod, or it was changed; export the store anew"

_KINDS = {kind: kind for kind in ENTRIES}

Row = tuple[str, bytes, bytes]  # table, key, record


class Binary(Protocol):
    """A file, as far as it is needed here."""

    def readline(self, size: int = -1, /) -> bytes:
        """The next line, cut at `size` bytes; b"" at the end."""

    def seek(self, place: int, /) -> int:
        """Go on from there."""


def is_whole(file: Binary) -> bool:
    """Whether the file is a whole export. It is at its beginning afterwards."""
    head = file.readline(len(WHOLE))
    file.seek(0)
    return head == WHOLE


def lines(engine: Engine, progress: Callable[[int, int], None]) -> Iterator[bytes]:
    """Every line of the export of a store that nobody writes to. `progress` gets (done, of) journal entries."""
    total, count = engine.read(journal.last), 0
    digest = blake2b(digest_size=32)
    yield orjson.dumps({"jivod": "whole", "version": VERSION, "schema": meta.SCHEMA, "entries": total}) + b"\n"
    for table in KEPT:
        done = 0
        for rows in _pages(engine, table):
            for row in rows:
                line = _line(row)
                digest.update(line)
                yield line
            count, done = count + len(rows), done + len(rows)
            if table == JOURNAL:
                progress(done, total)
    yield orjson.dumps({"end": count, "digest": digest.hexdigest()}) + b"\n"


def load(file: Binary, target: Engine, progress: Callable[[], None]) -> int:
    """Put the export in `file` into the `target`, which holds nothing, and fold the journal; how many entries there
    are. `progress` is called between transactions. Raises Refused, or Damaged; then the target is of no use.
    """
    rows = _Reader(file).rows()
    while page := list(islice(rows, PAGE)):
        _write(target, partial(_put, rows=page))
        progress()
    _demand_meta(target)
    try:
        entries = replay.rebuild(target, target, lambda done, of: progress())
        found = target.read(lambda txn: list(islice(check(txn), 1)))
    except (Unreadable, ArithmeticError, AssertionError, LookupError, TypeError, ValueError) as error:
        raise Refused(_STRANGE) from error  # nothing that jivod wrote does that
    if found:
        raise Refused(f"{_STRANGE} (table {found[0].table}: {found[0].what})")
    return entries


def is_empty(txn: Txn) -> bool:
    """Whether there is nothing in the store that an export could be put on top of."""
    return not any(any(txn.range(table, limit=1)) for table in KEPT if table not in (META, POLICIES))


def _pages(engine: Engine, table: str) -> Iterator[list[Row]]:
    lo = b""
    while rows := engine.read(partial(_page, table=table, lo=lo)):
        yield rows
        lo = rows[-1][1] + b"\0"


def _page(txn: Txn, table: str, lo: bytes) -> list[Row]:
    rows: list[Row] = []
    size = 0
    for key, record in txn.range(table, lo, limit=PAGE):
        rows.append((table, key, record))
        size += len(record)
        if size >= PAGE_BYTES:
            break
    return rows


def _put(txn: Txn, rows: Iterable[Row]) -> None:
    for table, key, record in rows:
        txn.put(table, key, record)


def _write(engine: Engine, job: Callable[[Txn], None]) -> None:
    (outcome,) = engine.write([job])
    if outcome.error is not None:
        raise outcome.error


def _demand_meta(target: Engine) -> None:
    try:
        schema = target.read(meta.schema)
        target.read(meta.id_key)
    except Damaged as error:
        raise Refused(f"{_STRANGE} ({error})") from None
    if schema != meta.SCHEMA:
        raise Refused(f"the export has schema {schema}, this jivod knows {meta.SCHEMA}; use the jivod that wrote it")


def _line(row: Row) -> bytes:
    table, key, record = row
    written = _entry_line(record) if table == JOURNAL else _plain_line(table, key, record)
    return orjson.dumps(written) + b"\n"


def _entry_line(record: bytes) -> dict[str, Any]:
    """A journal entry, its body as text if that is what it is."""
    entry = journal.decode(record)
    try:
        body = {"body": entry.body.decode()}
    except UnicodeDecodeError:
        body = {"base64": b64encode(entry.body).decode()}
    return {
        "entry": entry.seq, "received_at": entry.received_at, "kind": entry.kind, "signature": entry.signature,
        **asdict(entry.origin), **body, **({"original": asdict(entry.original)} if entry.original else {}),
    }  # fmt: skip


def _plain_line(table: str, key: bytes, record: bytes) -> dict[str, Any]:
    """A row as JSON where that gives the same bytes again, else the bytes."""
    line = {"table": table, "key": key.hex()}
    try:
        value = codec.decode(table, record, lambda plain: plain) if record else None
        if record and codec.encode(value) == record:
            return {**line, "value": value}
    except Damaged:
        codec.unseal(table, record)  # a body behind a header is whole nonetheless; what is damaged is not exported
    return {**line, "base64": b64encode(record).decode()}


@define(eq=False)
class _Reader:
    """The lines of an export."""

    file: Binary
    _count: int = 0
    _digest: Any = field(factory=partial(blake2b, digest_size=32))

    def rows(self) -> Iterator[Row]:
        """Every row; raises Refused where the file is not as it was written, at the end too."""
        head = self._read(self._next())
        if head.get("version") != VERSION:
            raise Refused("this export is of another version; use the jivod that wrote it")
        while "end" not in (line := self._read(raw := self._next())):
            self._count += 1
            self._digest.update(raw)
            try:
                yield _row(line)
            except (KeyError, TypeError, ValueError, OverflowError, NotBase64) as error:
                raise Refused(f"line {self._count + 1}: {_STRANGE}") from error
        if line.get("end") != self._count or line.get("digest") != self._digest.hexdigest():
            raise Refused(_STRANGE)

    def _next(self) -> bytes:
        line = self.file.readline(LINE_MAX)
        if not line.endswith(b"\n"):
            raise Refused("the file ends too early: it was cut off; copy or export it anew")
        return line

    def _read(self, line: bytes) -> dict[str, Any]:
        try:
            found = orjson.loads(line)
        except orjson.JSONDecodeError:
            found = None
        if not isinstance(found, dict):
            raise Refused(f"line {self._count + 2}: {_STRANGE}")
        return found


def _row(line: dict[str, Any]) -> Row:
    if "entry" in line:
        entry = _entry(line)
        return JOURNAL, entry.seq.to_bytes(8, "big"), journal.encode(entry)
    table, key = line["table"], bytes.fromhex(line["key"])
    if table not in KEPT or table == JOURNAL or not 0 < len(key) <= KEY_MAX:
        raise KeyError(table)
    return table, key, codec.encode(line["value"]) if "value" in line else b64decode(line["base64"], validate=True)


def _entry(line: dict[str, Any]) -> Entry:
    origin = Origin(
        channel=_text(line["channel"]), account=_text(line["account"]),
        region=line["region"] and _text(line["region"]), site=line["site"] and _text(line["site"]),
    )  # fmt: skip
    body = _text(line["body"]).encode() if "body" in line else b64decode(line["base64"], validate=True)
    return Entry(
        seq=_number(line["entry"]), received_at=_number(line["received_at"]), origin=origin, body=body,
        kind=_KINDS[line["kind"]], signature=_text(line["signature"]), original=_original(line.get("original")),
    )  # fmt: skip


def _original(value: Any) -> Original | None:
    return None if value is None else Original(digest=_text(value["digest"]), head=_text(value["head"]))


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("no text")
    return value


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 48:
        raise TypeError("no number")
    return value
