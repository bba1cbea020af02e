"""Case: a `[[case]]` of policy.toml. Given some events, in this order, the policy must come to what is expected."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from jivod.policy import spelling
from jivod.strict.table import Table, shown

CHAT_ACCEPTED = "chat_accepted"
CLIENT_EVENTS = ("client_updated", "client_attribute_updated")  # about Jivo's card, outside any chat
EVENTS = (
    CHAT_ACCEPTED, "chat_updated", "chat_assigned", "chat_finished", "offline_message", *CLIENT_EVENTS, "call_event",
)  # fmt: skip
_LATEST = 10 * 366 * 86400  # seconds after the first row
_MOST = 1_000_000
_SAME = "write groups of row numbers counted from 1, like [[1, 2], [3]]"


@frozen(kw_only=True)
class CaseRow:
    """One event. `chat` None: a chat of its own. `verified`: as if the site had signed the token. `at`: seconds since
    the beginning of the case; a row that does not say comes one second after the row above it.
    """

    event: str = CHAT_ACCEPTED
    chat: str | None = None
    visitor: str | None = None
    email: str | None = None
    phone: str | None = None
    token: str | None = None
    name: str | None = None
    description: str | None = None
    attributes: dict[str, str] = {}
    region: str | None = None
    verified: bool = False
    at: int = 0
    line: int = 1


@frozen(kw_only=True)
class Expected:
    """What must come out; None: not asked. `same` holds groups of rows, counted from 1: the rows of a group end with
    one customer, those of two groups with two.

    All after `same` is about the customer of the last row: "" expects no value there, and `new` tells whether that row
    made the customer.
    """

    customers: int | None = None
    reviews: int | None = None
    same: tuple[tuple[int, ...], ...] | None = None
    name: str | None = None
    emails: tuple[str, ...] | None = None
    phones: tuple[str, ...] | None = None
    description: str | None = None
    attributes: dict[str, str] | None = None
    contested: tuple[str, ...] | None = None
    new: bool | None = None


@frozen(kw_only=True)
class PolicyCase:
    """One case; `line` is where it stands in its file."""

    name: str
    given: tuple[CaseRow, ...]
    expected: Expected
    line: int


def read_case(table: Table) -> PolicyCase | None:
    """The case in a table of a file; what is wrong is noted there. None where too little is left of it."""
    name = table.text("name", spelling.filled)
    rows = table.tables("given")
    given = _rows(rows)
    expected = _expected(table.table("expected"), len(rows) or _MOST)
    if not table.has("name"):
        table.fault((), "a case without a name", 'say what it shows: name = "..."')
    if not rows and not table.values.get("given"):
        table.fault(("given",), "a case without a given row", "add one: given = [{ email = ... }]")
    if expected == Expected() and not table.values.get("expected"):
        table.fault(("expected",), "a case that expects nothing", "add something: expected = { customers = 1 }")
    return PolicyCase(name=name, given=given, expected=expected, line=table.line) if name else None


def _rows(tables: list[Table]) -> tuple[CaseRow, ...]:
    rows: list[CaseRow] = []
    at = -1
    for table in tables:
        row = _row(table, at + 1)
        at = row.at
        rows.append(row)
    return tuple(rows)


def _row(table: Table, next_at: int) -> CaseRow:
    at = table.whole("at", 0, _LATEST)
    row = CaseRow(
        event=table.one_of("event", EVENTS) or CHAT_ACCEPTED,
        chat=table.text("chat", spelling.filled),
        visitor=table.text("visitor", spelling.filled),
        email=table.text("email"),
        phone=table.text("phone"),
        token=table.text("token"),
        name=table.text("name"),
        description=table.text("description"),
        attributes=_texts(table.table("attributes", is_open=True)),
        region=table.text("region", spelling.region),
        verified=table.flag("verified") or False,
        at=next_at if at is None else at,
        line=table.line,
    )
    _check_event(table, row)
    return row


def _check_event(table: Table, row: CaseRow) -> None:
    if row.event in CLIENT_EVENTS:
        if not table.has("visitor"):
            problem = f"{row.event} does not say of which visitor"
            table.fault(("event",), problem, 'add visitor = "7", or any number of your own')
        if table.has("chat"):
            table.fault(("chat",), f"{row.event} belongs to no chat", "remove chat, or choose another event")
    if table.has("attributes") and row.event != "client_attribute_updated":
        remedy = 'write event = "client_attribute_updated" in this row'
        table.fault(("attributes",), "attributes come with another event", remedy)
    if row.verified and not row.token:
        table.fault(("verified",), "verified without a token", 'add token = "..."')


def _expected(table: Table, rows: int) -> Expected:
    return Expected(
        customers=table.whole("customers", 0, rows),
        reviews=table.whole("reviews", 0, _MOST),
        same=_same(table, rows),
        name=table.text("name"),
        emails=_tuple(table.texts("emails", spelling.email)),
        phones=_tuple(table.texts("phones", spelling.phone)),
        description=table.text("description"),
        attributes=_texts(table.table("attributes", is_open=True)) if table.has("attributes") else None,
        contested=_tuple(table.texts("contested")),
        new=table.flag("new"),
    )


def _tuple(texts: list[str] | None) -> tuple[str, ...] | None:
    return None if texts is None else tuple(texts)


def _texts(table: Table) -> dict[str, str]:
    found = {name: table.text(name) for name in table.values}
    return {name: text for name, text in found.items() if text is not None}


def _same(table: Table, rows: int) -> tuple[tuple[int, ...], ...] | None:
    groups = table.items("same", _SAME)
    if groups is None:
        return None
    seen: set[int] = set()
    for index, group in enumerate(groups):
        if type(group) is not list or not group:
            table.fault(("same", index), f"same holds {shown(group)} where a group should be", _SAME)
            return None
        for row in group:
            if wrong := _wrong_row(row, rows, seen):
                table.fault(("same", index), wrong, _SAME)
                return None
            seen.add(row)
    return tuple(tuple(group) for group in groups)


def _wrong_row(row: Any, rows: int, seen: set[int]) -> str | None:
    if type(row) is not int:
        return f"same holds {shown(row)} where a row number should be"
    if not 1 <= row <= rows:
        return f"same speaks of row {shown(row)}, and {rows} are given"
    return f"same names row {row} twice" if row in seen else None
