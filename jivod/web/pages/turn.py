"""Turn: one request on its way to its page: what it asks, the work that answers, again where its form is unfit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from jivod.flow.case import Desk
from jivod.model.errors import Refused
from jivod.store import journal
from jivod.store.kv import Job, Txn
from jivod.web.api.jobs import refusable
from jivod.web.pages import choice, form, refusals
from jivod.web.pages.frame import Entry, frame
from jivod.web.pages.link import local
from jivod.web.pages.notices import CODE
from jivod.web.pages.page import Ask, Moved, Page, Shown, Told, Typed, Unfit, Work
from jivod.web.pages.viewer import NOBODY, Viewer
from jivod.web.problem import Problem, Stopped

if TYPE_CHECKING:
    from twisted.web.server import Request

    from jivod.store.side import Side

BAD_ADDRESS = Problem(400, "bad_address", "This address is not one of a page of ours.")

Found = Shown | Moved | Refused | Stopped


@frozen(kw_only=True)
class Turn:
    """`ask` makes the ask of a desk and a form. `typed` is the form as it came; `rail`: the places that there are;
    `file` gives what is derived beside the store.
    """

    page: Page
    path: Mapping[str, Any]
    rail: Sequence[Entry]
    ask: Callable[..., Ask]
    typed: form.Raw
    file: Callable[[], Side] | None = None

    def work(self, desk: Callable[[Txn], Desk]) -> Job[Found] | Unfit:
        """The job of the page; Unfit where its form cannot be read."""
        given = self.form()
        work = self.page.work
        if isinstance(given, Unfit) or work is None:
            return given if isinstance(given, Unfit) else Unfit()
        return self._job(work, desk, form=given, typed=Typed(self.typed))

    def form(self) -> Any:
        """The form as the page declares it; Unfit where it cannot be read."""
        if self.page.form is None:
            return None
        given, flaws = form.fill(self.page.form, self.typed)
        return Unfit(**flaws) if flaws else given

    def tell(self, told: Told, desk: Callable[[Txn], Desk]) -> Job[Found]:
        """The job of the page that tells what came of a deed."""
        if self.page.again is None:
            raise ValueError("a page that tells has a page that comes again")
        return self._job(self.page.again, desk, form=None, told=told.value)

    @property
    def size(self) -> int:
        """Characters that it holds, about."""
        return sum(len(name) + len(value) for name, values in self.typed.items() for value in values)

    def again(self, refused: Refused, desk: Callable[[Txn], Desk]) -> Job[Found] | None:
        """The job of the page that says what is wrong; None where the page has none such."""
        if self.page.again is None:
            return None
        inner = self._job(self.page.again, desk, form=None, typed=Typed(self.typed, refusals.flaws(refused)))
        status = refused.status if isinstance(refused, Unfit) else 409
        return lambda txn: _with_status(inner(txn), status)

    def _job(self, work: Work, desk: Callable[[Txn], Desk], **given: Any) -> Job[Found]:
        def job(txn: Txn) -> Found:
            file = self.file() if self.file else None
            ask, before = self.ask(desk=desk(txn), file=file, **given), journal.last(txn)
            found = refusable(txn, lambda: work(txn, ask))
            if isinstance(found, Exception):
                return found
            found = evolve(found, entries=tuple(range(before + 1, journal.last(txn) + 1)))
            if isinstance(found, Shown):
                return evolve(found, values={**frame(txn, ask, self.page.menu, self.rail), **found.values})
            return found

        return job


def read(
    request: Request, page: Page, path: Mapping[str, Any], viewer: Viewer | None, language: str
) -> Callable[..., Ask]:
    """What makes the ask of a request, for the job to add what it knows. `language`: for who wants none of ours. Raises
    Stopped for a query that cannot be read.
    """
    asked = form.asked(request)
    query, flaws = form.fill(page.query, asked)
    if flaws:
        raise Stopped(BAD_ADDRESS)
    return partial(
        Ask,
        viewer=viewer or NOBODY,
        path=path,
        query=query,
        language=choice.language_of(viewer, request.requestHeaders, language),
        zone=choice.zone_of(viewer, request.requestHeaders),
        here=local(request.uri.decode("latin-1")),
        done=asked.get(CODE, ("",))[0],
    )


def _with_status(found: Found, status: int) -> Found:
    return evolve(found, status=status) if isinstance(found, Shown) else found
