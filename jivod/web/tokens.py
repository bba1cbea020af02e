"""Tokens: is a signed user_token good? Asked once, on reception; the verdict is journaled, so no replay needs the key.

The keys go no further than this. A body that comes out of quarantine later is taken in without a verdict: its token
then counts as one that nobody signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from jivod.config.settings import Channel
from jivod.policy import signature

LABELS = {
    signature.GOOD: "good",
    signature.WRONG: "wrong",
    signature.STALE: "stale",
    signature.FUTURE: "future",
    signature.FOREIGN: "foreign",
    signature.MALFORMED: "malformed",
}
"""What a verdict is called in the metrics."""


class Tokens:
    """Knows the keys of the channels that have one. `max_age` gives seconds, `count` is told of every verdict."""

    def __init__(self, channels: Iterable[Channel], max_age: Callable[[], int], count: Callable[[str], None]) -> None:
        self._keys = {channel.name: channel.token_secret.encode() for channel in channels if channel.token_secret}
        self._max_age, self._count = max_age, count

    def verdict(self, channel: str, token: str | None, now: int) -> str:
        """What `policy.signature.check` says at `now`, UNIX ms; "" where there is no key, or no signature to check."""
        key = self._keys.get(channel)
        if key is None or not token or not signature.looks_signed(token):
            return ""
        verdict = signature.check(token, key, now, self._max_age())
        self._count(LABELS[verdict])
        return verdict
