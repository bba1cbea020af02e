"""Signin: what lets people in, built for a daemon; and the link by which the first of them gets in."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.logger import Logger
from twisted.python.failure import Failure

from jivod.config.settings import Settings
from jivod.flow import staff
from jivod.service.greeting import Invite
from jivod.service.hashing import Hashing
from jivod.service.threads import Readers, Writer
from jivod.web.api.jobs import Jobs
from jivod.web.metrics import Metrics
from jivod.web.trail import Trail

if TYPE_CHECKING:
    from jivod.web.signin.clerk import Clerk
    from jivod.web.signin.deed import Deed

_log = Logger(namespace="jivod.service")
_SIZE = 256  # bytes that a job holds


def make_clerk(
    reactor: Any,
    settings: Settings,
    jobs: Jobs,
    trail: Trail,
    hashing: Hashing,
    metrics: Metrics,
    now: Callable[[], int],
) -> Clerk:
    """Who lets people in and out. It is loaded when the first of them comes."""
    from jivod.flow import sessions
    from jivod.flow.devices import NUMBER_BYTES
    from jivod.web.signin.clerk import Clerk
    from jivod.web.signin.throttle import Throttle

    return Clerk(
        jobs=jobs,
        hasher=hashing,
        throttle=Throttle(reactor.seconds),
        terms=settings.pages.terms,
        now=now,
        new_cookie=lambda: secrets.token_urlsafe(sessions.COOKIE_BYTES),
        new_number=lambda: secrets.token_urlsafe(NUMBER_BYTES),
        new_link=lambda: secrets.token_urlsafe(staff.LINK_BYTES),
        tell=lambda deed: _tell(deed, trail, metrics),
    )


def _tell(deed: Deed, trail: Trail, metrics: Metrics) -> None:
    from jivod.web.pages.trace import entered

    metrics.signed_in(deed.what)
    if (record := entered(deed)) is not None:
        trail.note(record).addErrback(_unrecorded, metrics)


def _unrecorded(failure: Failure, metrics: Metrics) -> None:
    metrics.unrecorded()
    _log.error("a way in was not recorded in the audit log: {error}", error=type(failure.value).__name__)


def make_invite(settings: Settings, readers: Readers, writer: Writer, now: Callable[[], int]) -> Invite:
    """What the greeting asks for a link while there are no users. Each start makes a new one, and the old one void."""

    async def invite(may_say: bool) -> str | None:
        if not await readers.read(staff.is_unstaffed):
            return None
        if not may_say:
            return ""
        link, at = secrets.token_urlsafe(staff.LINK_BYTES), now()
        opened = await writer.submit(lambda txn: staff.open_first(txn, link, at), _SIZE)
        return settings.welcome_url(link) if opened else None

    return invite
