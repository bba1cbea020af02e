"""Response: status, headers and body of every answer, set the same way everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from twisted.web.http import RESPONSES

if TYPE_CHECKING:
    from twisted.web.server import Request

CONTENT_TYPE = b"Content-Type"
JSON = b"application/json; charset=utf-8"
HTML = b"text/html; charset=utf-8"
POLICY = (
    b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"  # of content
)
PAGE_HEADERS: Mapping[bytes, bytes] = {
    CONTENT_TYPE: HTML,
    b"Content-Security-Policy": POLICY,
    b"Referrer-Policy": b"no-referrer",
    b"Cross-Origin-Opener-Policy": b"same-origin",
    b"X-Frame-Options": b"DENY",
}
"""What every page has beside what all answers have."""
_PHRASES = {status: HTTPStatus(status).phrase.encode() for status in (422, 428, 429, 431)}  # Twisted has none for them
_JSON_HEADERS: Mapping[bytes, bytes] = {CONTENT_TYPE: JSON}


def send(request: Request, status: int, body: bytes, headers: Mapping[bytes, bytes] = _JSON_HEADERS) -> bytes:
    """Set status and headers of `request`; returns `body`, for Klein to write."""
    request.setResponseCode(status, _PHRASES.get(status))
    put = request.responseHeaders.setRawHeaders
    for name, value in headers.items():
        put(name, (value,))
    put(b"Content-Length", (b"%d" % len(body),))
    put(b"Cache-Control", (b"no-store",))
    put(b"X-Content-Type-Options", (b"nosniff",))
    put(b"Cross-Origin-Resource-Policy", (b"same-origin",))
    return body


def last_answer(status: int, body: bytes, headers: Mapping[bytes, bytes]) -> bytes:
    """An answer as it is written to a connection that has no request, and is closed then."""
    all_headers = {**headers, b"Content-Length": b"%d" % len(body), b"Connection": b"close"}
    lines = [b"HTTP/1.1 %d %s" % (status, RESPONSES.get(status, b"Refused"))]
    lines += [b"%s: %s" % header for header in all_headers.items()]
    return b"\r\n".join([*lines, b"", body])
