"""Gate: the secret in the URL decides whose event this is. Guessing is slow, and tells nothing."""

from __future__ import annotations

import hmac
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from jivod.config.settings import Channel
from jivod.model.entry import Origin
from jivod.web.peer import client_of
from jivod.web.problem import BODY_TOO_LARGE, NOT_FOUND, TOO_MANY_TRIES, Problem, Stopped

if TYPE_CHECKING:
    from twisted.web.server import Request

TRIES = 10
WINDOW = 60.0  # seconds in which TRIES wrong secrets are taken as mistakes
BLOCK = 600.0  # seconds of 429 after that
_ADDRESSES = 10_000
_SITE = re.compile(r"[\w.~+@ -]{1,64}")


class Gate:
    """Knows the channels by the digest of their secret. `count` is told of every wrong secret."""

    def __init__(self, channels: Sequence[Channel], tries: Tries, count: Callable[[], None]) -> None:
        self._channels = [(sha256(channel.secret.encode()).digest(), _origin(channel)) for channel in channels]
        self._tries = tries
        self._count = count

    def admit(self, request: Request, secret: str, site: str | None) -> Origin:
        """Where a body sent to this URL comes in. Raises Stopped: 404 as for any unknown path, 429 for who goes on."""
        origin = self._find(secret, site)
        if origin is None:
            raise Stopped(self._mistake(request, NOT_FOUND))
        if site is None:
            return origin
        return Origin(channel=origin.channel, account=origin.account, region=origin.region, site=site)

    def problem_of_long(self, request: Request, secret: str, site: str | None) -> Problem | None:
        """Why no long body may be sent to this URL. A wrong secret is counted: refused, it does not reach `admit`."""
        return self._mistake(request, BODY_TOO_LARGE) if self._find(secret, site) is None else None

    def _mistake(self, request: Request, problem: Problem) -> Problem:
        self._count()
        return problem if self._tries.take(client_of(request)) else TOO_MANY_TRIES

    def _find(self, secret: str, site: str | None) -> Origin | None:
        given = sha256(secret.encode()).digest()
        found = None
        for digest, origin in self._channels:  # all of them, whichever fits: the time must not tell
            if hmac.compare_digest(given, digest):
                found = origin
        return found if site is None or _SITE.fullmatch(site) else None


class Tries:
    """Counts mistakes by address. `seconds` is a clock; only the latest addresses are remembered."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._known: OrderedDict[str, tuple[int, float]] = OrderedDict()  # mistakes, and until when they count

    def take(self, address: str) -> bool:
        """Note a mistake of `address`; False once it has used up its tries."""
        now = self._seconds()
        count, until = self._known.pop(address, (0, 0.0))
        if until <= now:
            count, until = 0, now + WINDOW
        if count == TRIES:
            until = now + BLOCK
        self._known[address] = (count + 1, until)
        if len(self._known) > _ADDRESSES:
            self._known.popitem(last=False)
        return count < TRIES


def _origin(channel: Channel) -> Origin:
    return Origin(channel=channel.name, account=channel.account, region=channel.region)
