"""Live: the address of the streams: who may listen, and from where on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import frozen
from klein import Klein

from jivod.flow.news import Wish
from jivod.model.audit import ALL, PAGE, READ, Record, is_id
from jivod.web import urls
from jivod.web.live import sse
from jivod.web.live.hub import Hub
from jivod.web.live.stream import Stream
from jivod.web.pages import form
from jivod.web.pages.door import Door
from jivod.web.problem import Problem, Stopped
from jivod.web.response import CONTENT_TYPE, send
from jivod.web.trail import Trail

if TYPE_CHECKING:
    from twisted.web.server import Request

LAST = b"Last-Event-ID"
DIGITS = 15
ID = 64  # characters

SIGNED_OUT = Problem(403, "signed_out", "Sign in first; then this address tells what happens.")
BAD_PLACE = Problem(400, "bad_address", "The number after which to go on, or the customer, is none.")


@frozen(kw_only=True)
class Listen:
    """`after` the entry of this number (nothing: from now on), of all or of one customer."""

    after: str | None = form.text(DIGITS, default=None)
    customer: str | None = form.text(ID, default=None)


@frozen(kw_only=True)
class Live:
    """The handler of the streams; `now` gives UNIX ms."""

    door: Door
    hub: Hub
    trail: Trail
    now: Callable[[], int]

    def attach(self, app: Klein) -> None:
        """Add the route to `app`."""

        @app.route(urls.LIVE, methods=["GET"], endpoint=urls.LIVE)
        async def listen(request: Request) -> bytes:
            return await self._listen(request)

    async def _listen(self, request: Request) -> bytes:
        viewer = await self.door.admit(request)
        if viewer is None:
            raise Stopped(SIGNED_OUT)
        wish = read(request)
        if request.method == b"HEAD":
            return send(request, 200, b"", {CONTENT_TYPE: sse.TYPE})
        await self.trail.note(_asked(viewer.name, self.now(), wish))
        stream = Stream(request, viewer.session or viewer.name, wish, self.door.remains, self.hub.now())
        try:
            self.hub.join(stream)
            return await stream.ended
        finally:
            self.hub.leave(stream)


def _asked(by: str, at: int, wish: Wish) -> Record:
    """Whoever listens to all is on record as shown all."""
    verb, id = f"GET {urls.LIVE}", wish.customer
    if id is None:
        return Record(at=at, by=by, door=PAGE, action=READ, verb=verb, about=ALL)
    return Record(at=at, by=by, door=PAGE, action=READ, verb=verb, customers=(id,) if is_id(id) else ())


def read(request: Request) -> Wish:
    """What is asked for. A browser that asks again repeats the address, and says how far it got. Raises Stopped."""
    asked, _ = form.fill(Listen, form.asked(request))
    if asked is None:
        raise Stopped(BAD_PLACE)
    last = (request.getHeader(LAST) or b"").decode("latin-1") or asked.after
    if last is None:
        return Wish(None, asked.customer)
    if not (last.isascii() and last.isdigit() and len(last) <= DIGITS):
        raise Stopped(BAD_PLACE)
    return Wish(int(last), asked.customer)
