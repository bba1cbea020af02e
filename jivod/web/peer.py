"""Peer: who is on the other side. A proxy on this machine may say so in X-Forwarded-For; nobody else is believed."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twisted.web.server import Request

_ADDRESS_CHARS = 45


@lru_cache(maxsize=1024)
def is_local(host: str) -> bool:
    """Whether `host` is this machine: a loopback address, or "" for a UNIX socket."""
    if not host:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def client_of(request: Request) -> str:
    """The address to count a request by: of the peer or, behind a proxy of this machine, the rightmost forwarded hop.

    IPv6 is cut to its /64, which one customer of a provider owns.
    """
    peer = getattr(request.getClientAddress(), "host", "")
    if is_local(peer):
        forwarded = request.getHeader(b"X-Forwarded-For") or b""
        hop = forwarded.rpartition(b",")[2].strip().decode("latin-1")
        return _network(hop) or peer
    return _network(peer)


def _network(text: str) -> str:
    if len(text) > _ADDRESS_CHARS:
        return ""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(getattr(address, "ipv4_mapped", None) or address)
