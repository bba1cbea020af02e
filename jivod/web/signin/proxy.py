"""Proxy: a header in which a program before us says who is signed in. Believed from where the operator said, only."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from jivod.config.settings import UNIX, Pages
from jivod.flow import staff
from jivod.web.problem import Problem, Stopped

if TYPE_CHECKING:
    from twisted.web.server import Request

NOT_BELIEVED = Problem(403, "not_believed", "This header is taken from the proxy that the configuration names, only.")
NOBODY = Problem(403, "no_user", "The proxy names somebody who is no user here; an admin adds users.")


class Proxy:
    """Knows the header and the networks of the configuration."""

    def __init__(self, pages: Pages) -> None:
        self._header = pages.trust_header
        self._is_socket = UNIX in pages.trust_from
        self._networks: list[IPv4Network | IPv6Network] = [
            ip_network(text) for text in pages.trust_from if text != UNIX
        ]

    def says(self, request: Request) -> str | None:
        """The name of the user that the proxy vouches for; None if it vouches for nobody. Raises Stopped: 403 for the
        header from anybody else, or for a name that none can have.
        """
        lines = None if self._header is None else request.requestHeaders.getRawHeaders(self._header)
        if lines is None:
            return None
        if not self._believes(getattr(request.getClientAddress(), "host", "")):
            raise Stopped(NOT_BELIEVED)
        name = staff.name_of(lines[0]) if len(lines) == 1 else None
        if name is None:
            raise Stopped(NOBODY)
        return name

    def _believes(self, peer: str) -> bool:
        if not peer:
            return self._is_socket
        try:
            address = ip_address(peer.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)
