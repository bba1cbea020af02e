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
    """Where a link leads and the host that is shown for it, both as ASCII; None for what may not be a link."""
    if len(url) > LONGEST or not url.isprintable() or any(c.isspace() or c in '\\"<>' for c in url):
        return None
    if not url.lower().startswith(("http://", "https://")):
        return None
    try:
        host = urlsplit(url).hostname or ""
        return (url, host.encode("idna").decode()) if host else None
    except (UnicodeError, ValueError):
        return None
