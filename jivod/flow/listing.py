"""Listing: every living customer, page by page, from a store that nobody writes to; and all of them as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from jivod.flow import regime
from jivod.flow.people import People
from jivod.model.claim import ASSIGNED_AGENT, ATTRIBUTE_PREFIX, DESCRIPTION, NAME, ORGANIZATION, SOCIAL, STATUS, TAG
from jivod.model.contact import EMAIL, PHONE, TOKEN, VERIFIED_TOKEN
from jivod.model.customer import GoldenRecord
from jivod.model.value import frozen
from jivod.store import customers, edges
from jivod.store.kv import Engine, Txn
from jivod.wire.columns import JIVOD_ID, field_of
from jivod.wire.row import ID, SIGNED_ID
from jivod.wire.table import armed, csv_line, several

PAGE = 250
ATTRIBUTES_MAX = 500  # columns of the company's own attributes

_OURS = (ORGANIZATION, STATUS, ASSIGNED_AGENT)
_FIRST = (JIVOD_ID, ID, SIGNED_ID, NAME, EMAIL, PHONE, DESCRIPTION, TAG, SOCIAL, *_OURS)

Step = Callable[[], None]


@frozen
class Listed:
    """A living customer; `signed` are those of his tokens that came with a signature, `plain` the others."""

    golden: GoldenRecord
    signed: tuple[str, ...]
    plain: tuple[str, ...]


def everybody(engine: Engine, step: Step) -> Iterator[Listed]:
    """All of them, the last one made first. `step` is called after each page."""
    before: str | None = None
    while page := engine.read(partial(_page, before=before)):
        ids, found = page
        yield from found
        step()
        before = ids[-1]


def table(engine: Engine, step: Step) -> Iterator[str]:
    """All of them as the lines of a CSV file, its header first."""
    names = attributes(engine, step)
    headers = {_header(name): name for name in names}
    yield csv_line([*_FIRST, *[armed(header) for header in headers]])
    for one in everybody(engine, step):
        yield line(one, names)


def line(one: Listed, names: list[str]) -> str:
    """The line of one customer; `names` of the company's own attributes."""
    return csv_line([armed(cell) for cell in _cells(one, names)])


def attributes(engine: Engine, step: Step) -> list[str]:
    """The names of the company's own attributes: the first ones by alphabet, should there be too many for a table."""
    found: set[str] = set()
    for one in everybody(engine, step):
        found.update(one.golden.attributes)
        if len(found) > 2 * ATTRIBUTES_MAX:
            found = set(sorted(found)[:ATTRIBUTES_MAX])
    return sorted(found - {*_OURS})[:ATTRIBUTES_MAX]


def _page(txn: Txn, before: str | None) -> tuple[list[str], list[Listed]] | None:
    people, rules = People(txn), regime.in_force(txn)
    ids = customers.newest(txn, PAGE, before)
    if not ids:
        return None
    found = []
    for id in ids:
        if edges.get(txn, id) is None:
            golden, held = people.golden(id, rules), people.candidate(id, alone=True).held
            split = [
                tuple(dict.fromkeys([token for token in golden.tokens if token in held.get(kind, ())]))
                for kind in (VERIFIED_TOKEN, TOKEN)
            ]
            found.append(Listed(golden, *split))
    return ids, found


def _header(name: str) -> str:
    """A header by which the attribute is found again."""
    own = ATTRIBUTE_PREFIX + name
    return name if field_of(name) == own else own


def _cells(one: Listed, names: list[str]) -> list[str]:
    golden, own = one.golden, one.golden.attributes
    return [
        golden.id,
        several(one.plain, ID),
        several(one.signed, SIGNED_ID),
        golden.name or "",
        several(golden.emails, EMAIL),
        several(golden.phones, PHONE),
        golden.description or "",
        several(golden.tags, TAG),
        several(golden.social, SOCIAL),
        *[own.get(name, "") for name in (*_OURS, *names)],
    ]
