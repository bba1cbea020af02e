"""Urls: each path once. No path ends with a slash, and none is ever redirected to."""

from __future__ import annotations

HOOK = "/jivo/<secret>"
HOOK_OF_SITE = "/jivo/<secret>/<site>"

HEALTHZ = "/healthz"
READYZ = "/readyz"
METRICS = "/metrics"
