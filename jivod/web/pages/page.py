"""Page: one address of the pages with one method: what it takes, who may, and what its work gives back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import tzinfo
from typing import Any

from attrs import frozen

from jivod.config.settings import Pages as Defaults
from jivod.flow.case import Desk
from jivod.flow.steward import Hand
from jivod.model.access import Role
from jivod.model.errors import Refused
from jivod.model.user import Terms
from jivod.store.kv import Txn
from jivod.store.side import Side
from jivod.web.pages.premises import Premises
from jivod.web.pages.viewer import Viewer
from jivod.web.signin.caller import Caller
from jivod.web.signin.clerk import Clerk

Headers = tuple[tuple[str, str], ...]


@frozen
class Nothing:
    """An address without a query."""


@frozen
class Flaw:
    """What is wrong with one field: a sentence for the translators, and what stands in its places."""

    sentence: str
    values: Mapping[str, Any] = {}


class Unfit(Refused):
    """A form cannot be used as it is. Work that raises it has changed nothing; the page comes again and says so."""

    code = "unfit"
    status = 422

    def __init__(self, **flaws: Flaw | str) -> None:
        super().__init__("This form cannot be used as it is.")
        self.flaws = {name: flaw if isinstance(flaw, Flaw) else Flaw(flaw) for name, flaw in flaws.items()}


@frozen
class Typed:
    """What was typed into a form, as it came, and the flaws by field. The field "" stands for the form as a whole."""

    raw: Mapping[str, tuple[str, ...]] = {}
    flaws: Mapping[str, Flaw] = {}

    def get(self, name: str, default: str = "") -> str:
        """What stands in a field: what was typed, else what was there before."""
        return self.raw[name][0] if name in self.raw else default


@frozen(kw_only=True)
class Ask:
    """A request for a page, read. `at`: UNIX ms. `path` are the values in the address; `query` and `form` are what the
    page declares. `file`: what is derived beside the store, if anything is; `premises`: what the daemon is made of.
    `typed`: the form as it came, for the page that comes again. `told`: what came of a deed, for the page that tells
    it. `terms`: for how long a session is good.
    """

    viewer: Viewer
    at: int
    desk: Desk
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    path: Mapping[str, Any]
    query: Any
    form: Any
    language: str
    zone: tzinfo
    file: Side | None = None
    premises: Premises = Premises()
    here: str = "/"
    done: str = ""
    typed: Typed = Typed()
    told: Any = None
    terms: Terms = Defaults().terms

    @property
    def hand(self) -> Hand:
        """Who decides: the viewer."""
        return Hand(by=self.viewer.name, at=self.at, rules=self.desk.rules, regions=self.regions)


@frozen
class Shown:
    """A page to be seen: a template with its values, which are taken out of the transaction. For the audit log:
    `customers` are all of whom it shows something, `entries` the journal entries that were made.
    """

    template: str
    values: Mapping[str, Any] = {}
    status: int = 200
    headers: Headers = ()
    customers: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()


@frozen
class Moved:
    """Go on by GET at `location`, a path of ours; `done` is a code of `notices`, said there. `customers` are all whom
    it changed, `entries` the journal entries by which.
    """

    location: str
    done: str = ""
    headers: Headers = ()
    customers: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()

    @property
    def target(self) -> str:
        """The whole address."""
        if not self.done:
            return self.location
        path, hash, fragment = self.location.partition("#")
        return f"{path}{'&' if '?' in path else '?'}done={self.done}{hash}{fragment}"


Work = Callable[[Txn, Ask], "Shown | Moved"]


@frozen
class Told:
    """A deed was done, and what came of it is told at once and never again: a secret stands in no address."""

    value: Any


@frozen(kw_only=True)
class Call:
    """A form for the clerk. `caller`: whoever sent it; `form`: what the page declares."""

    caller: Caller
    viewer: Viewer
    form: Any
    path: Mapping[str, Any]


Deed = Callable[[Clerk, Call], Awaitable["Moved | Told"]]


@frozen(kw_only=True)
class Page:
    """`work` is one job for the store, run on the writer's thread if it `writes`; it is pure but for its transaction.
    `role` None: open to all. `query` and `form` are classes of what is asked (see `form`). `again` is the work of the
    page that comes again where the form is unfit. `menu`: the entry of the rail that it belongs to. `action`: what it
    does with customers, in words of the audit log (`model.audit`); None where it shows none and changes none.

    `deed` instead of `work`: what the clerk does about who may come in. It is no job for the store alone; of a `Told`
    the page `again` tells.
    """

    path: str
    method: str = "GET"
    role: Role | None = Role.AGENT
    work: Work | None = None
    deed: Deed | None = None
    query: type = Nothing
    form: type | None = None
    again: Work | None = None
    writes: bool = False
    menu: str = ""
    action: str | None = None
