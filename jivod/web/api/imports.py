"""Imports: customers from a file. It is taken in batch by batch by a process of its own, so that webhooks come between;
the answer says where to look how far it is.
"""

from __future__ import annotations

from attrs import asdict, frozen

from jivod.flow import errands
from jivod.model import audit, region
from jivod.model.access import WRITE
from jivod.model.errand import IMPORT, Errand
from jivod.model.errors import Refused
from jivod.store import errands as kept
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api.body import unfit
from jivod.web.api.fields import choice, text, texts
from jivod.web.api.route import Ask, Done, Route, done, missing
from jivod.web.problem import Fault, Problem
from jivod.wire import errand as wire
from jivod.wire.columns import mapping
from jivod.wire.row import FINDING

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "tab", "pipe": "|"}
"""What a table may be separated by -> as `jivod import --separator` calls it."""

NO_IMPORT = Problem(404, "no_import", "There is no import of this id; the oldest go where there are many.")


@frozen(kw_only=True)
class HowToRead:
    """With `dry_run` it is only told what would come of the file. `key`: the one kind of key that finds customers;
    `map`: COLUMN=FIELD, what a column holds; `name` is what the history calls the file.
    """

    dry_run: bool = False
    key: str | None = choice(FINDING)
    map: tuple[str, ...] = texts(50, 300)
    separator: str | None = choice(SEPARATORS)
    region: str | None = text(2, least=2, default=None)
    name: str | None = text(200, default=None)


def bring_in(txn: Txn, ask: Ask) -> Done:
    """Take customers in from a file, in the background. `Location` says where to look what came of it."""
    try:
        mapping(ask.query.map)
    except Refused as error:
        raise unfit([Fault("parameter", "map", str(error))]) from None
    asked = {name: value for name, value in {**asdict(ask.query), **asdict(ask.body)}.items() if value}
    if ask.query.region and (fault := region.wrong(ask.query.region.upper())):
        raise unfit([Fault("parameter", "region", "; ".join(fault))])
    errand = errands.ask(txn, Errand(id=ask.id, kind=IMPORT, by=ask.who.name, asked=asked, asked_at=ask.at))
    place = urls.IMPORT.replace("<id>", errand.id)
    return done(wire.shown(errand), status=202, headers=(("Location", place),))


def read(txn: Txn, ask: Ask) -> Done:
    """How far an import is, and what came of it."""
    errand = kept.get(txn, ask.path["id"])
    if errand is None or errand.kind != IMPORT:
        raise missing(NO_IMPORT)
    shown = wire.shown(errand)
    return done(shown, [row["customer"] for row in shown["contested"]])


UPLOAD = Route(
    method="POST", path=urls.IMPORTS, scope=WRITE, summary="Bring in customers from a file", work=bring_in,
    query=HowToRead, answer=wire.Import, status=202, writes=True, upload=True, errand=True, action=audit.IMPORTED,
)  # fmt: skip

ROUTES = (
    UPLOAD,
    Route(
        method="GET", path=urls.IMPORT, scope=WRITE, summary="What came of an import", work=read, answer=wire.Import,
        action=audit.READ,
    ),
)  # fmt: skip
