"""Audit: who read or changed whom: the log, and what each request leaves in it. To read it is in it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from attrs import evolve, frozen

from jivod.model import audit
from jivod.model.access import ADMIN
from jivod.model.audit import API, DENIED, FAILED, REFUSED, Record, is_id
from jivod.model.errors import Refused
from jivod.store import chain, logbook
from jivod.store.kv import Txn
from jivod.store.logbook import Wanted
from jivod.web import urls
from jivod.web.api import page
from jivod.web.api.chats import After
from jivod.web.api.fields import LONGEST_ID, text
from jivod.web.api.route import Ask, Done, Route, done
from jivod.web.problem import Stopped


@frozen(kw_only=True)
class Search(After):
    """Only records about the customer `of`, or made `by` the token, operator or user of this name."""

    of: str | None = text(LONGEST_ID, default=None)
    by: str | None = text(LONGEST_ID, default=None)


class Audited(TypedDict):
    """Record `number`: at that time somebody did that with these customers. `digest` stands for it and all before it;
    `of` names the record by which a change was begun that ended so.
    """

    number: int
    at: int
    by: str
    door: str
    action: str
    verb: str
    result: str
    customers: list[str]
    entries: NotRequired[list[int]]
    of: NotRequired[int]
    about: NotRequired[str]
    count: NotRequired[int]
    proof: NotRequired[str]
    digest: str


def listed(txn: Txn, ask: Ask) -> Done:
    """Records in their order; a page may be shorter than asked, even empty, where much is passed over. `next` is null
    at the end; ask on from the last record, and new ones come.
    """
    wanted = Wanted(of=ask.query.of, by=ask.query.by)
    found, last = logbook.page(ask.audit, wanted, ask.query.after, ask.query.limit)
    return done(page.shape([chain.shape(kept) for kept in found], last))


def asked(by: str, at: int, route: Route, path: Mapping[str, Any]) -> Record:
    """What is asked for. What stands in the address in the place of an id, and can be none, is not repeated."""
    id = path.get("id", "")
    customers = (id,) if is_id(id) and route.writes else ()
    return Record(at=at, by=by, door=API, action=route.action, verb=route.name, customers=customers)


def told(asked: Record, found: Done | Exception) -> Record:
    """What came of it."""
    if isinstance(found, Exception):
        return evolve(asked, result=REFUSED if isinstance(found, (Refused, Stopped)) else FAILED)
    return evolve(asked, customers=tuple(dict.fromkeys([*asked.customers, *found.customers])), entries=found.entries)


def denied(by: str, at: int, route: Route) -> Record:
    """Who asked may not do this."""
    return Record(at=at, by=by, door=API, action=route.action, verb=route.name, result=DENIED)


ROUTES = (
    Route(
        method="GET", path=urls.AUDIT, scope=ADMIN, summary="Who read or changed whom", work=listed, query=Search,
        answer=list[Audited], action=audit.AUDITED,
    ),
)  # fmt: skip
