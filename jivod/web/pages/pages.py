"""Pages: from a request to its page and back: who asks, what, one job for the store, the page printed on a thread."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from attrs import define
from klein import Klein
from twisted.internet.defer import CancelledError
from twisted.python.failure import Failure
from twisted.web.http_headers import Headers

from jivod.model.audit import Record
from jivod.model.errors import Refused
from jivod.web import urls
from jivod.web.api.jobs import Jobs
from jivod.web.app import Handlers, make_app
from jivod.web.errors import Exit, extra_headers
from jivod.web.pages import (
    account,
    chats,
    choice,
    customers,
    deeds,
    edit,
    form,
    guard,
    inbox,
    language,
    login,
    mishap,
    now,
    office,
    overview,
    pair,
    record,
    reviews,
    trace,
    trial,
    turn,
    users,
    welcome,
)
from jivod.web.pages.assets import Assets
from jivod.web.pages.door import Door
from jivod.web.pages.errand import Brought, Errands, Printed
from jivod.web.pages.frame import RAIL, Entry
from jivod.web.pages.page import Call, Deed, Moved, Page, Unfit
from jivod.web.pages.premises import Premises
from jivod.web.pages.press import Press
from jivod.web.pages.static import Static
from jivod.web.pages.turn import Turn
from jivod.web.pages.viewer import NOBODY, Viewer
from jivod.web.pages.words import _
from jivod.web.problem import Problem, Stopped
from jivod.web.response import PAGE_HEADERS, send
from jivod.web.rulebook import Rulebook
from jivod.web.signin.caller import caller_of
from jivod.web.signin.clerk import Clerk
from jivod.web.trail import Trail

if TYPE_CHECKING:
    from twisted.web.server import Request

    from jivod.store.side import Side

PAGES: tuple[Page, ...] = (
    *overview.PAGES,
    *customers.PAGES,
    *record.PAGES,
    *edit.PAGES,
    *deeds.PAGES,
    *pair.PAGES,
    *chats.PAGES,
    *reviews.PAGES,
    *language.PAGES,
    *login.PAGES,
    *welcome.PAGES,
    *account.PAGES,
    *users.PAGES,
    *now.PAGES,
    *office.PAGES,
    *trial.PAGES,
    *inbox.PAGES,
)
"""Every page; whoever brings another noun adds its own here."""

NOT_ALLOWED = Problem(403, "role_needed", _("This takes a role that you do not have."))
UNFIT = Problem(422, "unfit", "This form cannot be used as it is.")
_SOME = 1024  # bytes that a job holds beside its form


@define(eq=False, slots=False)
class Pages:
    """The handler of all pages. `public_url` is where browsers find us; `language` is for who wants none of ours;
    `now` gives UNIX ms; `exit` knows what an error means; `clerk` lets people in and out. `others` serve people too, by
    something that is no page. `file` gives what is derived beside the store, if anything is;
    `premises` are what the daemon is made of.
    """

    door: Door
    jobs: Jobs
    trail: Trail
    rulebook: Rulebook
    exit: Exit
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    public_url: str
    language: str
    now: Callable[[], int]
    assets: Assets
    press: Press
    clerk: Clerk | None = None
    pages: tuple[Page, ...] = PAGES
    others: tuple[Handlers, ...] = ()
    file: Callable[[], Side] | None = None
    premises: Premises = Premises()

    @cached_property
    def resource(self) -> Any:
        """What serves them."""
        return make_app(self.exit, self, *self.others).resource()

    @cached_property
    def _errands(self) -> Errands:
        return Errands(self.jobs, self.trail, self.press)

    @cached_property
    def _rail(self) -> tuple[Entry, ...]:
        there = {page.path for page in self.pages}
        return tuple([entry for entry in RAIL if entry.path in there])

    def attach(self, app: Klein) -> None:
        """Add the routes to `app`."""
        for path in dict.fromkeys([page.path for page in self.pages]):
            self._add(app, path, {page.method: page for page in self.pages if page.path == path})
        Static(assets=self.assets).attach(app)

    def _add(self, app: Klein, path: str, pages: Mapping[str, Page]) -> None:
        @app.route(path, methods=[*pages], endpoint=path)
        async def handle(request: Request, **values: Any) -> bytes:
            method = request.method.decode()
            return await self.serve(request, pages["GET" if method == "HEAD" else method], values)

    async def serve(self, request: Request, page: Page, path: Mapping[str, Any]) -> bytes:
        """Answer one request; what goes wrong is a page too."""
        viewer: Viewer | None = None
        try:
            viewer = await self.door.admit(request)
            if viewer is None and page.role is not None:
                return send_moved(request, _to_login(request))
            found = await self._found(request, page, path, viewer)
            return send_moved(request, found) if isinstance(found, Moved) else send_printed(request, found)
        except CancelledError:
            raise
        except Exception:
            problem, request_id = self.exit.judge(Failure())
            body = self._mishap(request.requestHeaders, viewer, problem, request_id)
            return send(request, problem.status, body, {**extra_headers(problem, is_api=False), **PAGE_HEADERS})

    def face(self, headers: Headers, problem: Problem, request_id: str) -> bytes:
        """The page of a problem that no page of ours has met, for `Exit`."""
        return self._mishap(headers, None, problem, request_id)

    async def _found(
        self, request: Request, page: Page, path: Mapping[str, Any], viewer: Viewer | None
    ) -> Printed | Moved:
        if viewer is not None and page.role is not None and not viewer.role.covers(page.role):
            if page.action is not None:
                await self.trail.note(trace.denied(viewer.name, self.now(), page))
            raise Stopped(NOT_ALLOWED)
        raw = self._posted(request, page, viewer) if page.method == "POST" else {}
        ask = turn.read(request, page, path, viewer, self.language)
        ask = partial(ask, at=self.now(), accounts=self.accounts, regions=self.regions, premises=self.premises)
        if self.clerk is not None:
            ask = partial(ask, terms=self.clerk.terms)
        mine = Turn(page=page, path=path, rail=self._rail, ask=ask, typed=raw, file=self.file)
        asked = trace.asked((viewer or NOBODY).name, self.now(), page, path.get("id", "")) if page.action else None
        found = await (self._deed(page.deed, request, mine, viewer) if page.deed else self._work(mine, asked))
        if isinstance(found, Refused) and (again := mine.again(found, self.rulebook.desk)):
            found = await self._errands.look(again, asked)
        if isinstance(found, Exception):
            raise Stopped(UNFIT) if isinstance(found, Unfit) else found
        return found

    async def _work(self, mine: Turn, asked: Record | None) -> Brought:
        job = mine.work(self.rulebook.desk)
        if isinstance(job, Unfit):
            return job
        if not mine.page.writes:
            return await self._errands.look(job, asked)
        try:
            return await self._errands.do(job, mine.size + _SOME, asked)
        except Refused as error:  # found out when something had been written, which was taken back
            return error

    async def _deed(self, deed: Deed, request: Request, mine: Turn, viewer: Viewer | None) -> Brought:
        given = mine.form()
        if isinstance(given, Unfit):
            return given
        if self.clerk is None:
            raise Stopped(NOT_ALLOWED)
        call = Call(caller=caller_of(request), viewer=viewer or NOBODY, form=given, path=mine.path)
        try:
            found = await deed(self.clerk, call)
        except Refused as refused:
            return refused
        if isinstance(found, Moved):
            return found
        return await self._errands.look(mine.tell(found, self.rulebook.desk), None)

    def _posted(self, request: Request, page: Page, viewer: Viewer | None) -> form.Raw:
        """The form, if it is one of ours and was shown to this viewer."""
        guard.demand_own(request, self.public_url)
        raw = form.posted(request)
        if page.role is not None:
            guard.demand_token(viewer or NOBODY, raw)
        return raw

    def _mishap(self, headers: Headers, viewer: Viewer | None, problem: Problem, request_id: str) -> bytes:
        spoken = choice.language_of(viewer, headers, self.language)
        return mishap.page(self.press.print, spoken, viewer, problem, request_id)


def send_printed(request: Request, found: Printed) -> bytes:
    """Set status and headers for a page that is printed; returns the body."""
    return _with(request, found.shown.headers, send(request, found.shown.status, found.body, PAGE_HEADERS))


def send_moved(request: Request, moved: Moved) -> bytes:
    """Set status and headers for going on elsewhere; returns the body."""
    body = send(request, 303, b"", {**PAGE_HEADERS, b"Location": moved.target.encode()})
    return _with(request, moved.headers, body)


def _with(request: Request, headers: tuple[tuple[str, str], ...], body: bytes) -> bytes:
    for name, value in headers:
        request.responseHeaders.addRawHeader(name, value)
    return body


def _to_login(request: Request) -> Moved:
    """To the way in, and from there back to where a GET wanted to go."""
    if request.method == b"POST":
        return Moved(urls.LOGIN)
    return Moved(f"{urls.LOGIN}?next={quote(request.uri, safe='/')}")
