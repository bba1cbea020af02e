"""Reply: what the API answered to a request that may come again, kept for a day."""

from __future__ import annotations

from jivod.model.value import frozen


@frozen(kw_only=True)
class Reply:
    """Caller `who` (a token's name) sent `key`, at `at` (UNIX ms), with a request of this `digest`; this was the
    answer. `headers`: those that only this answer has.
    """

    who: str
    key: str
    at: int
    digest: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
