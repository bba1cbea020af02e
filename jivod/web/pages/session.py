"""Session: the door by which people with a cookie, or whom a proxy vouches for, come in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from attrs import define, field
from twisted.logger import Logger

from jivod.flow import sessions
from jivod.model.errors import Busy
from jivod.model.user import Session, Terms, User
from jivod.store import users
from jivod.web.api.jobs import Jobs
from jivod.web.pages.viewer import Viewer
from jivod.web.problem import Stopped
from jivod.web.signin import cookies
from jivod.web.signin.proxy import NOBODY, Proxy

if TYPE_CHECKING:
    from twisted.web.server import Request

CSRF = "csrf"
_SIZE = 256  # bytes that a job holds
_log = Logger(namespace="jivod.web")


@define(eq=False)
class Sessions:
    """The door of the pages. `secret` seals the forms of those whom a proxy vouches for; `now` gives UNIX ms."""

    jobs: Jobs
    terms: Terms
    proxy: Proxy
    secret: str
    now: Callable[[], int]
    _touched: set[str] = field(factory=set)  # sessions that are being noted as used

    async def admit(self, request: Request) -> Viewer | None:
        """Who asks. Raises Stopped: 403 for a header that is not believed."""
        name = self.proxy.says(request)
        if name is not None:
            return await self._vouched(name)
        cookie = cookies.token(request, cookies.SESSION)
        digest = None if cookie is None else sessions.digest_of(cookie)
        if cookie is None or digest is None:
            return None
        at = self.now()
        found = await self.jobs.read(lambda txn: sessions.admit(txn, digest, self.terms, at))
        if found is None:
            return None
        user, session = found
        if at - session.seen_at >= sessions.SEEN_EACH and _is_of_a_person(request):
            self._touch(session, at)
        return _viewer(user, session.digest, sessions.seal(cookie, CSRF))

    async def remains(self, request: Request) -> bool:
        """Whether whoever was admitted by this request is still signed in. That is no use of his session."""
        name = self.proxy.says(request)
        if name is not None:
            user = await self.jobs.read(lambda txn: users.get(txn, name))
            return user is not None and not user.disabled
        digest = sessions.digest_of(cookies.token(request, cookies.SESSION) or "")
        if digest is None:
            return False
        return await self.jobs.read(lambda txn: sessions.admit(txn, digest, self.terms, self.now())) is not None

    async def _vouched(self, name: str) -> Viewer:
        user = await self.jobs.read(lambda txn: users.get(txn, name))
        if user is None or user.disabled:
            raise Stopped(NOBODY)
        return _viewer(user, "", sessions.seal(self.secret, f"{CSRF} {name}"))

    def _touch(self, session: Session, at: int) -> None:
        """Note that it was used. Nobody waits for it, and a page is shown also if it fails."""
        digest = session.digest
        if digest in self._touched:
            return
        self._touched.add(digest)

        def done(result: Any) -> None:
            self._touched.discard(digest)

        try:
            work = self.jobs.write(lambda txn: sessions.touch(txn, digest, at), _SIZE)
        except Busy:
            done(None)
            return
        work.addErrback(lambda failure: _log.failure("cannot note the use of a session", failure))
        work.addBoth(done)


def _is_of_a_person(request: Request) -> bool:
    """Not what an open page asks for by itself: else it would keep a session from ever being idle."""
    return request.getHeader(b"Sec-Fetch-Dest") != b"empty"


def _viewer(user: User, session: str, csrf: str) -> Viewer:
    return Viewer(name=user.name, role=user.role, language=user.language, zone=user.zone, session=session, csrf=csrf)
