"""Guard: does a form come from a page of ours, shown to the same person? Looked at before anything is done."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jivod.web.pages.form import Raw
from jivod.web.pages.viewer import Viewer
from jivod.web.pages.words import _
from jivod.web.problem import Problem, Stopped

if TYPE_CHECKING:
    from twisted.web.server import Request

CSRF = "csrf"  # the hidden field
FOREIGN = Problem(403, "foreign_form", _("This form was sent from elsewhere, so nothing was changed."))
STALE = Problem(403, "stale_form", _("This form is too old, so nothing was changed. Load its page anew and try again."))


def demand_own(request: Request, public_url: str) -> None:
    """Raise Stopped unless a page of ours sent this. Browsers say so themselves; with `no-referrer` some of them send
    "Origin: null" besides, so what Sec-Fetch-Site says goes first.
    """
    site = request.getHeader(b"Sec-Fetch-Site")
    if site is not None:
        if site != b"same-origin":
            raise Stopped(FOREIGN)
        return
    origin = _host(request.getHeader(b"Origin") or b"")
    if not origin or origin not in (_host(b"//" + (request.getHeader(b"Host") or b"")), _host(public_url.encode())):
        raise Stopped(FOREIGN)


def demand_token(viewer: Viewer, raw: Raw) -> None:
    """Raise Stopped unless the form was made for this session."""
    given = raw.get(CSRF, ("",))[0]
    if not viewer.csrf or not hmac.compare_digest(given.encode(), viewer.csrf.encode()):
        raise Stopped(STALE)


def _host(url: bytes) -> str:
    try:
        return urlsplit(url.decode("ascii").lower()).netloc
    except ValueError:
        return ""
