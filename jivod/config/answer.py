"""Answer: the operator's own rows and the look-up that may fill them, as far as they can be read without a template."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jivod.config.secrets import Keeper
from jivod.config.settings import Lookup
from jivod.config.tables import AnswerTable, LookupTable, RowTable
from jivod.model.written import ALWAYS, WHEN, RowDraft, Written
from jivod.strict.source import Place, Source

ROWS = 30  # a panel shows ten at most; which ones, `when` may decide
VALUES = 50  # of a look-up
_HERE = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])([:/?]|$)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_OURS = frozenset(("host", "connection", "content-length", "transfer-encoding", "accept-encoding", "te", "upgrade"))
_WAY = re.compile(r"(?:[^.\[\]]+|\[[0-9]{1,4}\])(?:\.[^.\[\]]+|\[[0-9]{1,4}\])*")
_STEP = re.compile(r"\[([0-9]+)\]|([^.\[\]]+)")


def rows(source: Source, table: AnswerTable) -> tuple[RowDraft, ...]:
    """The drafts of all [[answer.row]], in the order of the file."""
    if len(table.row) > ROWS:
        raise source.fault(("answer", "row", ROWS), f"there are more than {ROWS} rows", "keep those that matter most")
    return tuple(_row(source, ("answer", "row", index), row) for index, row in enumerate(table.row))


def lookup(source: Source, table: LookupTable, keeper: Keeper) -> Lookup | None:
    """Which other CRM to ask, if any."""
    if table == LookupTable():
        return None
    if table.url is None:
        raise source.fault(("lookup",), "a look-up without a url", 'write url = "https://..."')
    if not table.attributes:
        remedy = 'write under [lookup.attributes] a line like balance = "account.balance"'
        raise source.fault(("lookup",), "a look-up of which nothing is wanted", remedy)
    if len(table.attributes) > VALUES:
        raise source.fault(("lookup", "attributes"), f"there are more than {VALUES} values", "keep those that you show")
    times = {"deadline": table.deadline, "cache": table.cache}
    return Lookup(
        url=_written(source, ("lookup", "url"), table.url),
        headers={name: _header(source, name, file, keeper) for name, file in table.header_files.items()},
        attributes={name: _way(source, name, text) for name, text in table.attributes.items()},
        **{name: value for name, value in times.items() if value is not None},
    )


def notes(lookup: Lookup | None) -> Iterator[str]:
    """What is allowed and yet may surprise."""
    is_open = lookup and lookup.url.text.startswith("http://") and not _HERE.match(lookup.url.text)
    if lookup and lookup.headers and is_open:
        yield f"{lookup.url.where}: the headers go out in clear text; use https for a machine that is not this one"


def _row(source: Source, place: Place, table: RowTable) -> RowDraft:
    if table.when is not None and table.when not in WHEN:
        raise source.fault((*place, "when"), f"when cannot be {table.when!r}", "choose one of " + " ".join(WHEN))
    if not (table.content or "").strip():
        raise source.fault(
            place, "a row without content", 'write content = "{{ attributes.Balance }}", or what it says'
        )
    parts = {name: _written(source, (*place, name), getattr(table, name) or "") for name in ("title", "link", "key")}
    return RowDraft(
        content=_written(source, (*place, "content"), table.content or ""),
        when=table.when or ALWAYS,
        **{name: part for name, part in parts.items() if part.text},
    )


def _written(source: Source, place: Place, text: str) -> Written:
    return Written(text, f"{source.path}:{source.line_of(place)}")


def _header(source: Source, name: str, file: str, keeper: Keeper) -> str:
    place: Place = ("lookup", "header_files", name)
    if not _HEADER.fullmatch(name) or name.lower() in _OURS:
        raise source.fault(place, f"{name[:64]!r} is no header to be set here", "name one like Authorization")
    return keeper.header(place, file)


def _way(source: Source, name: str, text: str) -> tuple[str | int, ...]:
    place: Place = ("lookup", "attributes", name)
    if not _NAME.fullmatch(name):
        remedy = "use letters, digits and underscores (A-Z a-z 0-9 _), a letter first"
        raise source.fault(place, f"{name[:64]!r} is no name for a value", remedy)
    if not _WAY.fullmatch(text) or len(text) > 512:
        remedy = 'write the way to it, like "account.balance" or "orders[0].total"'
        raise source.fault(place, f"{name} does not say where in the answer the value stands", remedy)
    return tuple(int(index) if index else key for index, key in _STEP.findall(text))
