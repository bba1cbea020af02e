"""Urls: each path once. No path ends with a slash, and none is ever redirected to."""

from __future__ import annotations

from collections.abc import Sequence

HOOK = "/jivo/<secret>"
HOOK_OF_SITE = "/jivo/<secret>/<site>"

HEALTHZ = "/healthz"
READYZ = "/readyz"
METRICS = "/metrics"

_HOOK_HEAD = b"jivo"


def hook_place(segments: Sequence[bytes]) -> tuple[str, str | None] | None:
    """(secret, site) where the decoded path `segments` are `HOOK` or `HOOK_OF_SITE`, else None."""
    if len(segments) not in (2, 3) or segments[0] != _HOOK_HEAD or not all(segments):
        return None
    try:
        secret, site = segments[1].decode(), segments[2].decode() if len(segments) == 3 else None
    except UnicodeDecodeError:
        return None
    return None if "/" in secret or (site is not None and "/" in site) else (secret, site)
