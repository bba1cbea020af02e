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
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None  # who came by IPv4 to an IPv6 socket
    return (mapped or address).is_loopback


def client_of(request: Request) -> str:
    """The address to count a request by: of the peer or, behind a proxy of this machine, the rightmost forwarded hop.

    IPv6 is cut to its /64, which one customer of a provider owns.
    """
    peer = getattr(request.getClientAddress(), "host", "")
    if is_local(peer):
        forwarded = request.getHeader(b"X-Forwarded-For") or b""
        hop = forwarded.rpartition(b",")[2].strip().decode("latin-1")
        return network_of(hop) or peer
    return network_of(peer)


@lru_cache(maxsize=1024)
def network_of(text: str) -> str:
    """What belongs to one peer, of an address as text: an address of IPv4, a /64 of IPv6. "" for what is no address."""
    if len(text) > _ADDRESS_CHARS:
        return ""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(getattr(address, "ipv4_mapped", None) or address)
