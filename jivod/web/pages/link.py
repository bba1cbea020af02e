"""Link: where an address may lead that somebody typed: out of the house only by http, and within it only to a path."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST = 2000  # characters
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")  # printable ASCII without a backslash


def local(path: str) -> str:
    """`path`, where it is one of ours; else the beginning of all."""
    return path if len(path) <= LONGEST and _PATH.fullmatch(path) else "/"


def outside(url: str) -> tuple[str, str] | None:
    """Where a link leads, and what is shown for it: the host as ASCII with its port, and whatever is behind; None for
    what may not be a link.
    """
    if len(url) > LONGEST or not url.isprintable() or any(c.isspace() or c in '\\"<>' for c in url):
        return None
    if not url.lower().startswith(("http://", "https://")):
        return None
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (UnicodeError, ValueError):
        return None
    if not host:
        return None
    shown = f"[{host}]" if ":" in host else host
    behind = url.partition("//")[2].removeprefix(parts.netloc)
    return url, shown + ("" if port is None else f":{port}") + ("" if behind == "/" else behind)
