"""Cookies: what a browser holds for us. All are `__Host-`: for this host alone, over https alone, no script reads them.

Browsers take a page of this very machine (http://127.0.0.1, http://localhost) as safe too, so `make run` works as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from twisted.web.server import Request

SESSION = "__Host-jivod"  # who is signed in
DEVICE = "__Host-jivod-device"  # somebody once was, here
DEVICE_FOR = 400 * 86_400  # seconds: browsers keep none for longer
MARKS = 5  # users who are known on one device

_SAME = "; Path=/; Secure; HttpOnly; SameSite=Lax"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_DEVICE = re.compile(rf"([A-Za-z0-9_-]{{22}})((?:\.[A-Za-z0-9_-]{{32}}){{1,{MARKS}}})")
_MANY = 8192  # characters in all cookies that are looked at


@frozen
class Device:
    """A browser that is known: its number, and a mark (`flow.devices`) for each user, the latest first."""

    number: str
    marks: tuple[str, ...] = ()

    def marked(self, mark: str) -> Device:
        """The same, for one user more."""
        others = [one for one in self.marks if one != mark]
        return Device(self.number, (mark, *others[: MARKS - 1]))

    def __str__(self) -> str:
        return ".".join((self.number, *self.marks))


def token(request: Request, name: str) -> str | None:
    """The value of a cookie of ours that is one random text. None where it is absent, odd, or there twice."""
    return next((one for one in _values(request, name) if _TOKEN.fullmatch(one)), None)


def device(request: Request) -> Device | None:
    """What the browser says of itself; whether it is true shows when somebody signs in."""
    for one in _values(request, DEVICE):
        if match := _DEVICE.fullmatch(one):
            return Device(match[1], tuple(match[2][1:].split(".")))
    return None


def keep(name: str, value: str, seconds: int | None = None) -> str:
    """The Set-Cookie that lets a browser have it for so long; None: until it is closed."""
    age = "" if seconds is None else f"; Max-Age={seconds}"
    return f"{name}={value}{_SAME}{age}"


def drop(name: str) -> str:
    """The Set-Cookie that takes it away."""
    return keep(name, "", 0)


def _values(request: Request, name: str) -> Iterable[str]:
    """The one value that the browser sent; none where several claim to be it."""
    text = "; ".join(request.requestHeaders.getRawHeaders("Cookie") or ())
    pairs = [part.strip().partition("=") for part in text[:_MANY].split(";")]
    found = [value for key, _, value in pairs if key == name]
    return found if len(found) == 1 else ()
