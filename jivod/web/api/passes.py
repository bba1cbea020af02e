"""Passes: may he bring a file? Answered before it comes in and without the store, by the tokens of a moment ago. When
the file is there the store is asked as for every request.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from twisted.internet.defer import ensureDeferred
from twisted.logger import Logger

from jivod.model.access import WRITE, Access
from jivod.web.api.audit import denied
from jivod.web.api.bearer import NO_TOKEN, TOO_MANY_TOKENS, WRONG_TOKEN, digest_of, too_little
from jivod.web.api.imports import UPLOAD
from jivod.web.gate import Tries
from jivod.web.peer import client_of
from jivod.web.problem import Problem
from jivod.web.trail import Trail

if TYPE_CHECKING:
    from twisted.web.server import Request

_log = Logger(namespace="jivod.web")


class Passes:
    """`tries` counts wrong tokens by address, `count` is told of each. `trail` keeps whose token may too little; `now`
    gives UNIX ms.
    """

    def __init__(self, tries: Tries, count: Callable[[], None], trail: Trail, now: Callable[[], int]) -> None:
        self._tries, self._count, self._trail, self._now = tries, count, trail, now
        self._known: Sequence[Access] = ()

    def learn(self, known: Sequence[Access]) -> None:
        """These are the tokens now."""
        self._known = known

    def saw(self, access: Access) -> None:
        """This token was good just now."""
        if access not in self._known:
            self._known = [*self._known, access]

    def problem_of_long(self, request: Request) -> Problem | None:
        """Why whoever asks may not bring a file; a wrong token has been counted then."""
        lines = request.requestHeaders.getRawHeaders("Authorization")
        if lines is None:
            return NO_TOKEN
        found, digest = None, digest_of(lines) or ""
        for access in self._known:  # all of them, whichever fits: the time must not tell
            if hmac.compare_digest(access.digest, digest):
                found = access
        if found is None:
            self._count()
            return WRONG_TOKEN if self._tries.take(client_of(request)) else TOO_MANY_TOKENS
        if found.allows(WRITE):
            return None
        noted = ensureDeferred(self._record(found))
        noted.addErrback(lambda failure: _log.failure("cannot record who may not bring a file", failure))
        return too_little(WRITE)

    async def _record(self, who: Access) -> None:
        await self._trail.note(denied(who.name, self._now(), UPLOAD))
