"""Route: one address with one method: what it asks, what it answers, and which scope it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from attrs import field, frozen

from jivod.flow.case import Desk
from jivod.flow.steward import Hand
from jivod.model.access import Access
from jivod.store.kv import Txn
from jivod.web.api.conditional import Tags
from jivod.web.problem import Problem, Stopped

if TYPE_CHECKING:
    from jivod.store.side import Side


@frozen
class Nothing:
    """A request that says nothing but its address."""


@frozen(kw_only=True)
class Ask:
    """A request that was read. `id` is one that nobody has, `at`: UNIX ms. `path` are the values in the address,
    `query` and `body` what the route declares; `if_match` and `if_none_match` what the caller knows of the customer
    already; `audit` is where the log is. `file`: what is derived beside the store, None if nothing is.
    """

    who: Access
    id: str
    at: int
    desk: Desk
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    path: Mapping[str, Any]
    query: Any
    body: Any
    audit: Path
    file: Side | None = None
    if_match: Tags | None = None
    if_none_match: Tags | None = None

    @property
    def hand(self) -> Hand:
        """Who decides: the token's name."""
        return Hand(by=self.who.name, at=self.at, rules=self.desk.rules, regions=self.regions)


Headers = tuple[tuple[str, str], ...]


@frozen(kw_only=True)
class Done:
    """The answer. `headers` are those that only this one has. For the audit log: `customers` are all of whom it shows
    something, and whom it changed; `entries` the journal entries by which.
    """

    status: int
    body: bytes
    headers: Headers = ()
    customers: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()


@frozen
class Later:
    """The shape of an answer whose classes are loaded when the description is asked for, not at the start."""

    load: Callable[[], Any]


Work = Callable[[Txn, Ask], Done]


@frozen(kw_only=True)
class Route:
    """`work` is one job for the store, run on the writer's thread if it `writes`. `answer` is the shape of what comes
    back, or `Later`. `match` demands that a change names the state that it is of, `tagged` answers carry the tag of a
    state. `upload`: the body is a file. `errand`: what was asked is done later. `refusals` are the statuses that only
    routes like this one have. `action` is what the audit log calls it.
    """

    method: str
    path: str
    scope: str
    summary: str
    work: Work
    answer: Any
    action: str
    status: int = 200
    query: type = Nothing
    body: type | None = None
    writes: bool = False
    match: bool = False
    tagged: bool = False
    upload: bool = False
    errand: bool = False
    refusals: tuple[int, ...] = field(default=())

    @property
    def name(self) -> str:
        """What it is called in the description and in the audit log."""
        return f"{self.work.__module__.rpartition('.')[2]}_{self.work.__name__}"


def done(value: Any, customers: Iterable[str | None] = (), *, status: int = 200, headers: Headers = ()) -> Done:
    """The answer that is this value, and of whom it shows something."""
    return Done(
        status=status,
        body=orjson.dumps(value),
        headers=headers,
        customers=tuple([id for id in customers if id]),
    )


def missing(problem: Problem) -> Stopped:
    """What the address names is not there."""
    return Stopped(problem)
