"""User: somebody who may sign in to the pages, and the session of each browser in which he has."""

from __future__ import annotations

from jivod.model.access import Role
from jivod.model.value import frozen


@frozen(kw_only=True)
class User:
    """`password` is a hash of Argon2, "" for none yet. `link` is the digest of the one-time link that sets it, good
    until `link_until`; "" for none. `language` and `zone` are None where he has not chosen. Times are UNIX ms.
    """

    name: str
    role: Role
    created_at: int
    password: str = ""
    link: str = ""
    link_until: int = 0
    disabled: bool = False
    language: str | None = None
    zone: str | None = None


@frozen(kw_only=True)
class Session:
    """The cookie itself is never kept, only its `digest` (SHA-256, hex). `agent` names the browser in a few words,
    `address` is where the sign-in came from. Times are UNIX ms.
    """

    digest: str
    user: str
    made_at: int
    seen_at: int
    agent: str = ""
    address: str = ""


@frozen(kw_only=True)
class Terms:
    """For how long a session is good, in ms: unused, and at all."""

    idle: int
    absolute: int

    def end(self, session: Session, now: int) -> bool:
        """Whether it is over. A clock that was set back ends nothing."""
        return now - session.seen_at >= self.idle or now - session.made_at >= self.absolute
