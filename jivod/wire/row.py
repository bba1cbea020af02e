"""Row: bytes <-> ImportedRow, as it lies in the journal: one JSON object with "import". No webhook takes such a body.

`make` builds a row of what any format says, as fields with texts. What cannot be kept whole is refused, with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from cattrs import BaseValidationError

from jivod.model.chat import Agent
from jivod.model.claim import ASSIGNED_AGENT, ATTRIBUTE_PREFIX, DESCRIPTION, NAME, ORGANIZATION, SOCIAL, STATUS, TAG
from jivod.model.contact import EMAIL, PHONE, TOKEN, VERIFIED_TOKEN
from jivod.model.errors import Damaged, Refused
from jivod.model.event import ImportedRow, Visitor
from jivod.model.value import frozen
from jivod.strict import make_converter
from jivod.wire.jivo import Reading, digest
from jivod.wire.pairs import social
from jivod.wire.text import EMAIL_CAP, TOKEN_CAP, Odd, ident, line, text

ID, SIGNED_ID, LAST_NAME, IGNORED = "id", "signed_id", "last_name", "-"
MANY = frozenset({ID, SIGNED_ID, EMAIL, PHONE, TAG, SOCIAL})
SINGLE = (NAME, LAST_NAME, DESCRIPTION, ORGANIZATION, STATUS, ASSIGNED_AGENT)
FIELDS = (ID, SIGNED_ID, EMAIL, PHONE, *SINGLE, TAG, SOCIAL)
"""What a column may mean, beside `attr:<name>` and IGNORED."""

FINDING = {ID: (TOKEN, VERIFIED_TOKEN), EMAIL: (EMAIL,), PHONE: (PHONE,)}
"""By which kinds of key an import may go."""

EVENT_NAME = "import"
_VALUES_MAX = 100  # of one field

Said = Iterable[tuple[str, str]]
"""Fields and what stands in them; a field may come several times."""


@frozen(kw_only=True)
class Source:
    """Where rows come from, and by which kinds of key they may find somebody."""

    by: str
    file: str = ""
    finding: tuple[str, ...] = ()


@frozen(kw_only=True)
class _Plain:
    """The row as JSON holds it; what says nothing is left out."""

    by: str
    file: str = ""
    line: int = 0
    finding: list[str] = []
    ids: list[str] = []
    signed_ids: list[str] = []
    emails: list[str] = []
    phones: list[str] = []
    name: str = ""
    description: str = ""
    organization: str = ""
    status: str = ""
    assigned_agent: str = ""
    tags: list[str] = []
    social: list[str] = []
    attributes: dict[str, str] = {}


_CONVERTER = make_converter()


def make(said: Said, source: Source, line_number: int) -> ImportedRow:
    """The row that says this. Raises Refused for what cannot be kept as it is."""
    odd: Odd = set()
    found: dict[str, list[str]] = {}
    for field, value in said:
        read = _read(field, value, odd)
        if read is not None and read not in found.setdefault(field, []):
            found[field].append(read)
    links = [link for value in found.get(SOCIAL, ()) for link in social(value, odd)]
    _demand_whole(found, odd)
    single = {field: found[field][0] for field in SINGLE if found.get(field)}
    return ImportedRow(
        event_name=EVENT_NAME,
        by=source.by,
        file=source.file,
        line=line_number,
        finding=source.finding,
        ids=tuple(found.get(ID, ())),
        signed_ids=tuple(found.get(SIGNED_ID, ())),
        emails=tuple(found.get(EMAIL, ())),
        phones=tuple(found.get(PHONE, ())),
        visitor=Visitor(
            name=" ".join(single[field] for field in (NAME, LAST_NAME) if field in single) or None,
            description=single.get(DESCRIPTION),
            social=tuple(dict.fromkeys(links)),
        ),
        organization=single.get(ORGANIZATION),
        status=single.get(STATUS),
        assigned_agent=_agent(single.get(ASSIGNED_AGENT, "")),
        tags=tuple(found.get(TAG, ())),
        attributes={
            field.removeprefix(ATTRIBUTE_PREFIX): values[0]
            for field, values in sorted(found.items())
            if field.startswith(ATTRIBUTE_PREFIX)
        },
    )


def _read(field: str, value: str, odd: Odd) -> str | None:
    if field == IGNORED:
        return None
    if field in (ID, SIGNED_ID):
        return ident(value, odd, TOKEN_CAP)
    if field == EMAIL:
        return line(value, odd, EMAIL_CAP)
    if field in (DESCRIPTION, SOCIAL) or field.startswith(ATTRIBUTE_PREFIX):
        return text(value, odd)
    return line(value, odd)


def _demand_whole(found: dict[str, list[str]], odd: Odd) -> None:
    if odd & {"cut_text", "long_id"}:
        raise Refused("a value is too long")
    if odd & {"control_character", "lone_surrogate", "broken_id"}:
        raise Refused("a value holds a character that is no text")
    if "social_without_link" in odd:
        raise Refused("a profile is no http or https link")
    if any(len(values) > _VALUES_MAX for values in found.values()):
        raise Refused(f"a field has more than {_VALUES_MAX} values")


def write(row: ImportedRow) -> bytes:
    """The body of the journal entry."""
    visitor = row.visitor
    plain = {
        "by": row.by, "file": row.file, "line": row.line, "finding": row.finding,
        "ids": row.ids, "signed_ids": row.signed_ids, "emails": row.emails, "phones": row.phones,
        "name": visitor.name, "description": visitor.description, "social": visitor.social,
        "organization": row.organization, "status": row.status,
        "assigned_agent": row.assigned_agent and row.assigned_agent.name,
        "tags": row.tags, "attributes": row.attributes,
    }  # fmt: skip
    said = {name: value for name, value in plain.items() if value}
    return orjson.dumps({"import": said}, option=orjson.OPT_SORT_KEYS)


def read(body: bytes) -> Reading:
    """The row in the body of a journal entry. Raises Damaged: only `write` makes such bodies."""
    try:
        whole = orjson.loads(body)
        plain = _CONVERTER.structure(whole["import"], _Plain)
    except (orjson.JSONDecodeError, LookupError, TypeError, ValueError, BaseValidationError) as error:
        raise Damaged("table journal: an imported row cannot be read; restore from a backup") from error
    return Reading(_event(plain), digest(whole))


def reading_of(row: ImportedRow, body: bytes) -> Reading:
    """What `read` would make of the `body` that `write` made of the row."""
    return Reading(row, digest(orjson.loads(body)))


def _event(plain: _Plain) -> ImportedRow:
    return ImportedRow(
        event_name=EVENT_NAME,
        by=plain.by,
        file=plain.file,
        line=plain.line,
        finding=tuple(plain.finding),
        ids=tuple(plain.ids),
        signed_ids=tuple(plain.signed_ids),
        emails=tuple(plain.emails),
        phones=tuple(plain.phones),
        visitor=Visitor(
            name=plain.name or None, description=plain.description or None, social=tuple(plain.social)
        ),
        organization=plain.organization or None,
        status=plain.status or None,
        assigned_agent=_agent(plain.assigned_agent),
        tags=tuple(plain.tags),
        attributes=plain.attributes,
    )


def _agent(name: str) -> Agent | None:
    return Agent(name=name) if name else None
