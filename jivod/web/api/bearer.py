"""Bearer: whose token is this, and may it do that? Guessing is slow; what cannot be a token never meets the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from jivod.flow import access
from jivod.model.access import Access
from jivod.web.api.jobs import Jobs
from jivod.web.gate import Tries
from jivod.web.peer import client_of
from jivod.web.problem import Problem, Stopped

if TYPE_CHECKING:
    from twisted.web.server import Request

_REALM = 'Bearer realm="jivod"'
NO_TOKEN = Problem(401, "no_token", "Send Authorization: Bearer and a token of `jivod token add`.", challenge=_REALM)
WRONG_TOKEN = Problem(
    401, "wrong_token", "This token is none, or it was revoked.", challenge=f'{_REALM}, error="invalid_token"'
)
TOO_MANY_TOKENS = Problem(429, "too_many_tries", "Too many wrong tokens; try again later.", retry_after=600)
_SCHEME = "bearer "


class TooLittle(Stopped):
    """403: the token called `name` may not do what needs `scope`."""

    def __init__(self, name: str, scope: str) -> None:
        super().__init__(too_little(scope))
        self.name = name


@frozen(kw_only=True)
class Bearer:
    """`tries` counts wrong tokens by address, `count` is told of each."""

    jobs: Jobs
    tries: Tries
    count: Callable[[], None]

    async def admit(self, request: Request, scope: str) -> Access:
        """Who asks. Raises Stopped: 401 without a good token, 429 for who goes on guessing, and TooLittle."""
        lines = request.requestHeaders.getRawHeaders("Authorization")
        if lines is None:
            raise Stopped(NO_TOKEN)
        digest = digest_of(lines)
        found = None if digest is None else await self.jobs.read(lambda txn: access.who(txn, digest))
        if found is None:
            self.count()
            raise Stopped(WRONG_TOKEN if self.tries.take(client_of(request)) else TOO_MANY_TOKENS)
        if not found.allows(scope):
            raise TooLittle(found.name, scope)
        return found


def digest_of(lines: Sequence[str]) -> str | None:
    """The digest of the token in the lines of the header; None for what cannot be one."""
    text = lines[0] if len(lines) == 1 else ""
    return access.digest_of(text[len(_SCHEME) :].strip(" ")) if text.lower().startswith(_SCHEME) else None


def too_little(scope: str) -> Problem:
    """The refusal of a token that may less than `scope`."""
    return Problem(
        403,
        "scope_needed",
        f"This token may not do that; it takes one of scope {scope}.",
        challenge=f'{_REALM}, error="insufficient_scope", scope="{scope}"',
    )
