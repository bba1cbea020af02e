"""Errand: something long that the API was asked for and that a process of its own does: an import, an erasure."""

from __future__ import annotations

from typing import Any

from jivod.model.value import frozen

IMPORT, ERASURE = "import", "erasure"
KINDS = (IMPORT, ERASURE)

ASKED_BY = "JIVOD_ASKED_BY"
"""Names, to the process that does it, the token by which it was asked for: it is on record under that name."""

WAITING, RUNNING, DONE, FAILED, INTERRUPTED = "waiting", "running", "done", "failed", "interrupted"
STATES = (WAITING, RUNNING, DONE, FAILED, INTERRUPTED)
"""`failed`: it was refused, and `error` says why. `interrupted`: the daemon ended; what was done of it is kept."""


@frozen(kw_only=True)
class Errand:
    """`id` sorts by the time it was asked for; `by` is the token's name, `asked` what was asked, times are UNIX ms.

    `told` is what came of it, `error` why nothing did. `rows` are those of an import that were refused, as a file.
    """

    id: str
    kind: str
    by: str
    asked: dict[str, Any]
    asked_at: int
    state: str = WAITING
    ended_at: int | None = None
    told: dict[str, Any] | None = None
    error: str | None = None
    rows: bytes = b""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in (WAITING, RUNNING)
