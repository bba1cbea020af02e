"""Access: who may call the API, and how much of it. A token itself is never kept, only its digest."""

from __future__ import annotations

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
