"""Access: who may call the API or use the pages, and how much of it. A token itself is never kept, only its digest."""

from __future__ import annotations

from enum import StrEnum

from jivod.model.value import frozen

READ = "read"  # customers, chats, reviews, the journal
WRITE = "write"  # and decide about customers
ADMIN = "admin"  # and what is the operator's: the quarantine

SCOPES = (READ, WRITE, ADMIN)
"""Every scope; each allows what those before it do."""


@frozen(kw_only=True)
class Access:
    """The token called `name`. `digest`: SHA-256 of the token, in hex; `created_at`: UNIX ms."""

    name: str
    scope: str
    digest: str
    created_at: int

    def allows(self, scope: str) -> bool:
        """Whether it may do what needs `scope`."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)


class Role(StrEnum):
    """What a person may do on the pages; each does what those before it do."""

    AGENT = "agent"  # sees, writes notes, edits contact data
    STEWARD = "steward"  # settles, merges, undoes, reviews
    ADMIN = "admin"  # users, quarantine, sinks, the store, erasing

    def covers(self, other: Role) -> bool:
        """Whether it may do what takes `other`."""
        ranks = tuple(Role)
        return ranks.index(self) >= ranks.index(other)
