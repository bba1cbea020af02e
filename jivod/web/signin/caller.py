"""Caller: whoever sent a request, as far as a sign-in needs to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from jivod.web.peer import client_of
from jivod.web.signin import browser, cookies
from jivod.web.signin.cookies import Device

if TYPE_CHECKING:
    from twisted.web.server import Request


@frozen(kw_only=True)
class Caller:
    """`session` is the cookie of a session, whether good or not."""

    address: str
    agent: str = ""
    session: str | None = None
    device: Device | None = None


def caller_of(request: Request) -> Caller:
    """Who sent it."""
    return Caller(
        address=client_of(request),
        agent=browser.name_of(request.getHeader("User-Agent") or ""),
        session=cookies.token(request, cookies.SESSION),
        device=cookies.device(request),
    )
