"""Hook: the webhook. A body becomes one job for the writer; the answer waits for the commit, but not for ever.

A client that goes away cancels the wait and nothing else: the job is on its way, and nothing durable follows the await.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from attrs import frozen
from klein import Klein
from twisted.internet.defer import CancelledError, Deferred

from jivod.flow.ingest import Delivery, ingest, quarantine_body
from jivod.model.entry import Origin
from jivod.model.errors import Busy, JivodError, StoreFailed, StoreFull, Unreadable
from jivod.store.kv import Job, Txn
from jivod.web import urls
from jivod.web.deadline import Deadlines
from jivod.web.errors import UNSUPPORTED_ENCODING
from jivod.web.gate import Gate
from jivod.web.metrics import Metrics
from jivod.web.problem import EMPTY_BODY, Stopped
from jivod.web.response import send
from jivod.web.rulebook import Rulebook
from jivod.web.tokens import Tokens
from jivod.wire import jivo

if TYPE_CHECKING:
    from twisted.web.server import Request

    from jivod.web.answers import Answers  # it loads what makes templates

T = TypeVar("T")


class Writer(Protocol):
    """Where jobs become durable. One Deferred per job: cancelling it ends that one wait, never the job."""

    def submit(self, job: Job[T], size: int) -> Deferred[T]:
        """Queue `job`, which holds `size` bytes. Raises Busy at once where too much is waiting."""


@frozen(kw_only=True)
class Hook:
    """The handler of the webhook URLs. `now` gives UNIX ms. No `answers`: the operator has no rows of his own."""

    gate: Gate
    writer: Writer
    deadlines: Deadlines
    rulebook: Rulebook
    tokens: Tokens
    metrics: Metrics
    now: Callable[[], int]
    answers: Answers | None = None

    def attach(self, app: Klein) -> None:
        """Add the routes to `app`."""

        @app.route(urls.HOOK, methods=["POST"], endpoint="hook")
        @app.route(urls.HOOK_OF_SITE, methods=["POST"], endpoint="hook_of_site")
        async def hook(request: Request, secret: str, site: str | None = None) -> bytes:
            return await self.receive(request, secret, site)

    async def receive(self, request: Request, secret: str, site: str | None = None) -> bytes:
        """Take one body in. What cannot be read, or makes us stumble, goes to quarantine before its error goes out."""
        origin = self.gate.admit(request, secret, site)
        body: bytes = request.content.read()  # type: ignore[union-attr]
        if not body or body.isspace():
            raise Stopped(EMPTY_BODY)
        received_at, begun = self.now(), self.deadlines.begin() if self.answers else 0.0
        try:
            refuse_encoded(request)
            reading = jivo.read(body)
            verdict = self.tokens.verdict(origin.channel, reading.event.user_token, received_at)
            delivery = Delivery(origin=origin, received_at=received_at, body=body, reading=reading, signature=verdict)
            done = await self._submit(lambda txn: ingest(txn, delivery, self.rulebook.desk(txn)), len(body))
        except (CancelledError, Busy, StoreFull, StoreFailed):
            raise
        except Exception as error:
            await self._keep(origin, received_at, body, error)
            raise
        self.metrics.ingested(reading.event.event_name, done.repeated)
        if self.answers is None:
            return send(request, 200, jivo.write(done.answer))
        return send(request, 200, jivo.write(await self.answers.answer(done, delivery, self.deadlines.left(begun))))

    def _submit(self, job: Callable[[Txn], T], size: int) -> Deferred[T]:
        return self.deadlines.within(self.writer.submit(job, size))

    async def _keep(self, origin: Origin, received_at: int, body: bytes, error: Exception) -> None:
        why = error if isinstance(error, Unreadable) else Unreadable(_code(error), "jivod could not process this body")
        await self._submit(lambda txn: quarantine_body(txn, origin, received_at, body, why), len(body))
        self.metrics.quarantined += 1


def refuse_encoded(request: Request) -> None:
    """Raise Unreadable for a compressed body: what a few bytes inflate to has no bound."""
    encoding = request.getHeader(b"Content-Encoding")
    if encoding is not None and encoding.strip().lower() not in (b"", b"identity"):
        raise Unreadable(UNSUPPORTED_ENCODING, "The body is compressed; send it as it is.")


def _code(error: Exception) -> str:
    return error.code if isinstance(error, JivodError) else "internal"
