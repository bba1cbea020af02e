"""Api: from a request to its route and back: who asks, what, one job for the store, the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import orjson
from attrs import define, evolve
from klein import Klein
from twisted.internet.defer import Deferred

from jivod.model.access import Access
from jivod.model.audit import Record
from jivod.model.errors import Refused
from jivod.store import journal
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api import (
    audit,
    body,
    chats,
    conditional,
    customers,
    deeds,
    erasures,
    events,
    figures,
    idempotency,
    imports,
    parcel,
    quarantine,
    query,
    reviews,
    search,
)
from jivod.web.api.bearer import Bearer, TooLittle
from jivod.web.api.jobs import refusable
from jivod.web.api.openapi import description
from jivod.web.api.parcel import Porter
from jivod.web.api.passes import Passes
from jivod.web.api.route import Ask, Done, Route
from jivod.web.problem import Problem, Stopped
from jivod.web.response import CONTENT_TYPE, JSON, send
from jivod.web.rulebook import Rulebook
from jivod.web.trail import Trail

if TYPE_CHECKING:
    from twisted.web.server import Request

    from jivod.store.side import Side

ROUTES: tuple[Route, ...] = (
    *customers.ROUTES,
    *deeds.ROUTES,
    *chats.ROUTES,
    *reviews.ROUTES,
    *events.ROUTES,
    *quarantine.ROUTES,
    *audit.ROUTES,
    *search.ROUTES,
    *figures.ROUTES,
    *imports.ROUTES,
    *erasures.ROUTES,
)
"""Every route; whoever brings another noun adds its own here."""

NO_BODY = Problem(400, "bad_request", "This request takes no body; leave it out.")
_SOME = 1024  # bytes that a job holds beside its body


@define(eq=False, slots=False)
class Api:
    """The handler of /api/v1; `trail` leads to the store. `accounts`: where a visitor number may be looked up;
    `regions`: the countries of phones typed without a code; `now` gives UNIX ms, `new_id` an id of that moment that
    nobody has, `file` what is derived beside the store, if anything is.
    """

    bearer: Bearer
    passes: Passes
    porter: Porter
    trail: Trail
    rulebook: Rulebook
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    now: Callable[[], int]
    new_id: Callable[[int], str]
    file: Callable[[], Side] | None = None

    def attach(self, app: Klein) -> None:
        """Add the routes to `app`."""
        for path in dict.fromkeys([route.path for route in ROUTES]):
            self._add(app, path, {route.method: route for route in ROUTES if route.path == path})

        @app.route(urls.OPENAPI, methods=["GET", "OPTIONS"], endpoint=urls.OPENAPI)
        def openapi(request: Request) -> bytes:
            if request.method == b"OPTIONS":
                return _options(request, ["GET"])
            return send(request, 200, self._description)

    @cached_property
    def _description(self) -> bytes:
        return orjson.dumps(description(ROUTES))

    def _add(self, app: Klein, path: str, routes: Mapping[str, Route]) -> None:
        @app.route(path, methods=[*routes, "OPTIONS"], endpoint=path)
        async def handle(request: Request, **values: Any) -> bytes:
            method = request.method.decode()
            if method == "OPTIONS":
                return _options(request, routes)
            return await self.serve(request, routes["GET" if method == "HEAD" else method], values)

    async def serve(self, request: Request, route: Route, path: dict[str, Any]) -> bytes:
        """Answer one request. Raises what the one exit makes an answer of."""
        who = await self._admit(request, route)
        self.passes.saw(who)
        raw: bytes = request.content.read()  # type: ignore[union-attr]
        at = self.now()
        make_ask = partial(
            Ask,
            who=who,
            id=(id := self.new_id(at)),
            at=at,
            accounts=self.accounts,
            regions=self.regions,
            path=path,
            audit=self.trail.ledger.directory,
            query=query.read(request, route.query),
            body=_body(request, raw, route),
            if_match=_if_match(request, route),
            if_none_match=None if route.writes else conditional.read(request, "If-None-Match"),
        )
        said = await self._packed(id, raw) if route.upload else raw
        ended = partial(self.porter.look, id) if route.errand else _nothing
        try:
            key = idempotency.read(request, said) if route.method == "POST" else None
            work = self._begun(route, key, len(said), audit.asked(who.name, at, route, path), make_ask, ended)
        except BaseException:
            ended()
            raise
        found = await work
        if isinstance(found, Exception):
            raise found
        return _send(request, found)

    async def _packed(self, id: str, raw: bytes) -> bytes:
        """Put a file aside for the errand `id`; what stands for it from here on."""
        found = await self.porter.pack(raw)
        self.porter.expect(id, found)
        return found.digest.encode()

    def _begun(
        self, route: Route, key: idempotency.Key | None, size: int, asked: Record, make_ask: Callable[..., Ask],
        ended: Callable[[], None],
    ) -> Deferred[Done | Refused | Stopped]:  # fmt: skip
        """The work under way; `ended` is called when a change is, also if the client has left by then."""

        def job(txn: Txn) -> Done | Refused | Stopped:
            ask = make_ask(desk=self.rulebook.desk(txn), file=self.file() if self.file else None)
            return _told(txn, lambda: idempotency.once(txn, ask.who.name, key, ask.at, lambda: route.work(txn, ask)))

        tell = partial(audit.told, asked)
        if route.writes:
            return self.trail.write(job, size + _SOME, asked, tell, ended)
        return self.trail.read(job, tell)

    async def _admit(self, request: Request, route: Route) -> Access:
        try:
            return await self.bearer.admit(request, route.scope)
        except TooLittle as error:
            await self.trail.note(audit.denied(error.name, self.now(), route))
            raise


def _nothing() -> None:
    """Nobody waits for it to end."""


def _told(txn: Txn, work: Callable[[], Done]) -> Done | Refused | Stopped:
    """What comes of the work, and the journal entries that it made."""
    before = journal.last(txn)
    found = refusable(txn, work)
    last = journal.last(txn)
    if last == before or not isinstance(found, Done):
        return found
    return evolve(found, entries=tuple(range(before + 1, last + 1)))


def _if_match(request: Request, route: Route) -> conditional.Tags | None:
    found = conditional.read(request, "If-Match") if route.writes else None
    if found is None and route.match:
        raise Stopped(conditional.NEEDED)
    return found


def _body(request: Request, raw: bytes, route: Route) -> Any:
    if route.upload:
        return parcel.label(request, raw)
    if route.body is not None:
        return body.read(request, raw, route.body)
    if raw:
        raise Stopped(NO_BODY)
    return None


def _send(request: Request, found: Done) -> bytes:
    headers = {name.encode(): value.encode() for name, value in found.headers}
    return send(request, found.status, found.body, {CONTENT_TYPE: JSON, **headers})


def _options(request: Request, methods: Iterable[str]) -> bytes:
    """Say what an address takes, to anybody: who has no token learns nothing that the description does not tell."""
    allowed = {"OPTIONS", *methods} | ({"HEAD"} if "GET" in methods else set())
    request.setResponseCode(204)
    put = request.responseHeaders.setRawHeaders
    put(b"Allow", (", ".join(sorted(allowed)).encode(),))
    put(b"Cache-Control", (b"no-store",))
    put(b"X-Content-Type-Options", (b"nosniff",))
    return b""
