"""Pages: [pages] of the configuration: how long a session lasts, and whom to believe that somebody is signed in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from attrs import asdict, evolve

from jivod.config.settings import UNIX, Pages
from jivod.config.tables import PagesTable
from jivod.strict.source import Source

_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_TAKEN = frozenset({"cookie", "host", "origin", "authorization", "content-type", "content-length", "x-forwarded-for"})


def pages(source: Source, table: PagesTable) -> Pages:
    """The settings. Raises BadConfig."""
    said = asdict(evolve(table, zone=None))  # where days begin is for more than pages
    given: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    if table.trust_from is not None:
        given["trust_from"] = tuple([_network(source, text) for text in table.trust_from])
    header = table.trust_header
    if header is not None and (not _HEADER.fullmatch(header) or header.lower() in _TAKEN):
        remedy = 'write the one that your proxy sets, like "X-Remote-User"'
        raise source.fault(("pages", "trust_header"), "trust_header cannot be the name of that header", remedy)
    if header is not None and not table.trust_from:
        remedy = 'say from which proxy, like trust_from = ["127.0.0.1"]'
        raise source.fault(("pages", "trust_header"), "trust_header without trust_from", remedy)
    if header is None and table.trust_from is not None:
        remedy = 'name the header that the proxy sets, like trust_header = "X-Remote-User"'
        raise source.fault(("pages", "trust_from"), "trust_from without trust_header", remedy)
    return Pages(**given)


def notes(table: PagesTable, public_url: str) -> Iterable[str]:
    """What may surprise."""
    address = urlsplit(public_url)
    if address.scheme == "http" and not _is_this_machine(address.hostname or ""):
        yield f"nobody can sign in at {public_url}: browsers keep a sign-in over https only"
    if table.trust_header is not None:
        yield (
            f"whoever reaches the daemon from {', '.join(table.trust_from or ())} is taken for the user that"
            f" {table.trust_header} names; the proxy must remove that header from what it gets"
        )


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _network(source: Source, text: str) -> str:
    if text == UNIX:
        return UNIX
    try:
        found = ip_network(text)
    except ValueError:
        remedy = 'write addresses or networks, like "127.0.0.1" or "10.0.0.0/24", or "unix" for a socket'
        raise source.fault(("pages", "trust_from"), "trust_from has what is no address", remedy) from None
    if found.prefixlen == 0:
        remedy = "name the address of the proxy"
        raise source.fault(("pages", "trust_from"), "trust_from would believe everybody", remedy)
    return str(found)
