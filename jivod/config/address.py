"""Address: endpoint strings and the public URL, as far as they can be checked without opening anything."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from jivod.strict.source import Source

_ENDPOINT = re.compile(r"[a-z][a-z0-9]*:\S+")
_TCP = re.compile(r"tcp:(?:port=)?(\d+)(?::(?:[^:\\]|\\.)*)*")
_HOST = re.compile(r"[A-Za-z0-9.-]+|[0-9A-Fa-f:.]+")
PORT_MAX = 65535


def endpoint(source: Source, key: str, text: str) -> str:
    """`text` if it looks like a Twisted endpoint."""
    if not _ENDPOINT.fullmatch(text):
        remedy = 'write something like "tcp:8080:interface=127.0.0.1" or "unix:/run/jivod/web.sock"'
        raise source.fault((key,), f"{key} is not an address to listen on", remedy)
    if text.startswith("tcp:") and not 0 <= _port(text) <= PORT_MAX:
        raise source.fault((key,), f"{key} has no usable port", 'write "tcp:" and a number up to 65535')
    return text


def public_url(source: Source, text: str) -> str:
    """The URL without a slash at its end; scheme and host, in which case says nothing, in small letters."""
    remedy = 'write the address that Jivo and the agents reach, like "https://crm.example.com"'
    try:
        parts = urlsplit(text)
        odd = bool(parts.query or parts.fragment or parts.username or parts.password) or parts.port == 0
    except ValueError:
        raise source.fault(("public_url",), "public_url is not a URL", remedy) from None
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.hostname or ""):
        raise source.fault(("public_url",), "public_url is not an http or https URL", remedy)
    if odd or re.search(r"[\s\x00-\x20\x7f?#]", text):
        raise source.fault(("public_url",), "public_url has more than scheme, host, port and path", remedy)
    return parts._replace(netloc=parts.netloc.lower()).geturl().rstrip("/")


def default_url(source: Source, listen: str) -> str:
    """Where `listen` can be reached on this machine. BadConfig where the endpoint does not say."""
    if not listen.startswith("tcp:"):
        problem = "public_url is missing, and listen does not tell it"
        raise source.fault(("listen",), problem, 'add a line like public_url = "https://crm.example.com"')
    return f"http://127.0.0.1:{_port(listen)}"


def _port(listen: str) -> int:
    match = _TCP.fullmatch(listen)
    return int(match[1]) if match and len(match[1]) <= len(str(PORT_MAX)) else -1
