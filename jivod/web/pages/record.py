"""Record: the page of one customer: who he is, what is known and who said so, what is in doubt, what happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from jivod.flow import query
from jivod.flow.people import People
from jivod.flow.portrait import Portrait, portrait
from jivod.flow.steward import shown
from jivod.flow.timeline import KINDS
from jivod.model import audit
from jivod.model.access import Role
from jivod.model.claim import ASSIGNED_AGENT, ATTRIBUTE_PREFIX, DESCRIPTION, NAME, ORGANIZATION, STATUS
from jivod.model.customer import GoldenRecord
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api import page as cursors
from jivod.web.api.conditional import tag_of
from jivod.web.pages import history
from jivod.web.pages.form import choice, text
from jivod.web.pages.page import Ask, Page, Shown
from jivod.web.pages.terms import TERMS
from jivod.web.problem import Problem, Stopped

NO_CUSTOMER = Problem(404, "no_customer", "There is no customer of this id.")
LONGEST_ATTRIBUTE = 250
BESIDE = 5  # customers who may be the same, by name
EDITABLE = (NAME, DESCRIPTION, ORGANIZATION, STATUS, ASSIGNED_AGENT)
"""Single values that everybody may have."""


@frozen(kw_only=True)
class Look:
    """Of which kind what happened is shown, from where on, and which field is open to be edited."""

    kind: str | None = choice("", *KINDS, default=None)
    cursor: str | None = text(cursors.LONGEST, default=None)
    edit: str | None = text(LONGEST_ATTRIBUTE, default=None)


NO_LOOK = Look()


def golden_of(txn: Txn, ask: Ask) -> GoldenRecord:
    """The living customer behind the id in the address. Raises Stopped."""
    found = query.show(txn, ask.path["id"], ask.desk.rules)
    if found is None:
        raise Stopped(NO_CUSTOMER)
    return found


def root_of(txn: Txn, ask: Ask) -> str:
    """The id of this customer."""
    return golden_of(txn, ask).id


def place(id: str, anchor: str = "") -> str:
    """The address of a customer's page."""
    return urls.PERSON.replace("<id>", id) + (f"#{anchor}" if anchor else "")


def one(txn: Txn, ask: Ask) -> Shown:
    """The customer behind any id ever given out."""
    look = ask.query if isinstance(ask.query, Look) else NO_LOOK
    root, people = root_of(txn, ask), People(txn)
    found = portrait(txn, people, root, ask.desk.rules)
    lines, cursor = history.lines(txn, ask, root, look.kind, look.cursor)
    beside = [people.golden(id, ask.desk.rules) for id in found.beside[:BESIDE]]
    values = {**_values(found, ask), "beside": beside, "lines": lines, "cursor": cursor, "look": look}
    seen = ids_of([found.golden, *beside])
    return Shown("customer.html", {**values, "agents": history.agents(lines)}, customers=seen)


def _values(found: Portrait, ask: Ask) -> dict[str, Any]:
    golden, facts = found.golden, {one.attribute: one for one in found.facts}
    return {
        "customer": golden,
        "asked": ask.path["id"],
        "portrait": found,
        "facts": facts,
        "own": [one for one in found.facts if one.attribute.startswith(ATTRIBUTE_PREFIX) and one.shown],
        "contested": [one for one in found.facts if one.contested],
        "tags": {attribute: tag(golden, attribute) for attribute in (*facts, *EDITABLE)},
        "terms": TERMS,
        "may_steward": ask.viewer.role.covers(Role.STEWARD),
        "prefix": ATTRIBUTE_PREFIX,
        "editable": EDITABLE,
    }


def ids_of(records: Iterable[GoldenRecord]) -> tuple[str, ...]:
    """Whom a page shows, for the audit log: all ids of each."""
    return tuple([id for record in records for id in record.ids])


def tag(golden: GoldenRecord, attribute: str) -> str:
    """A tag of what is shown of a single value: who edits it has seen this. That he wrote a line in a chat meanwhile is
    no reason to be asked again.
    """
    value = shown(golden, attribute) or ""
    return tag_of(value.encode("utf-8", "surrogatepass")).strip('"')


PAGES = (Page(path=urls.PERSON, work=one, query=Look, menu="customers", action=audit.READ),)
