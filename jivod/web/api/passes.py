"""Passes: may he bring a file? Answered before it comes in and without the store, by the tokens of a moment ago. When
the file is there the store is asked as for every request.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from jivod.model.access import WRITE, Access
from jivod.web.api.bearer import NO_TOKEN, TOO_MANY_TOKENS, WRONG_TOKEN, digest_of, too_little
from jivod.web.gate import Tries
from jivod.web.peer import client_of
from jivod.web.problem import Problem

if TYPE_CHECKING:
    from twisted.web.server import Request


class Passes:
    """`tries` counts wrong tokens by address, `count` is told of each."""

    def __init__(self, tries: Tries, count: Callable[[], None]) -> None:
        self._tries, self._count = tries, count
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
        return None if found.allows(WRITE) else too_little(WRITE)
