"""Endpoint: where a client reaches what listens on a Twisted server endpoint string, as far as the string tells."""

from __future__ import annotations

import re
from ipaddress import ip_address

from attrs import frozen

_PART = re.compile(r"(?:^|:)((?:[^:\\]|\\.)*)", re.DOTALL)
_NAMED = re.compile(r"((?:[^=\\]|\\.)*)=(.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_ORDER = {"tcp": ("port", "interface"), "tcp6": ("port", "backlog", "interface"), "unix": ("address",)}
"""Kind -> what its arguments without a name are, first to last."""


@frozen
class Tcp:
    """`host` is an IP address, v4 or v6, of this machine."""

    host: str
    port: int


@frozen
class Unix:
    """`path` is absolute."""

    path: str


def client(listen: str) -> Tcp | Unix | None:
    """Where the listener can be reached on this machine.

    None if its endpoint does not tell (systemd:, port 0), or serves TLS under a name that it does not tell.
    """
    (kind, *unnamed), named = split(listen)
    given = dict(zip(_ORDER.get(kind, ()), unnamed, strict=False)) | named
    if kind == "unix":
        return Unix(given["address"]) if given.get("address", "").startswith("/") else None
    host = _host(given.get("interface") or ("::" if kind == "tcp6" else "0.0.0.0"))
    if kind not in _ORDER or host is None or not _PORT.fullmatch(given.get("port", "")):
        return None
    return Tcp(host, int(given["port"]))


def split(text: str) -> tuple[list[str], dict[str, str]]:
    """The arguments of an endpoint string, without and with a name: a:b:d=1 -> [a, b], {d: 1}. A backslash escapes."""
    unnamed, named = [], {}
    for part in _PART.findall(text):
        if match := _NAMED.fullmatch(part):
            named[_plain(match[1])] = _plain(match[2])
        else:
            unnamed.append(_plain(part))
    return unnamed, named


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _host(interface: str) -> str | None:
    """The address itself; of a listener on all addresses the loopback one. None if it is no address."""
    try:
        address = ip_address(interface)
    except ValueError:
        return None
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "::1"
    return str(address)
