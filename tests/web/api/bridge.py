"""Bridge: WSGI over a connection in memory, so that tools of the WSGI world meet the site byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from itertools import count
from typing import Any

from tests.web.api.counter import Counter
from tests.web.shop import request

_PLAIN = {"CONTENT_TYPE": b"Content-Type"}
_OURS = ("HTTP_HOST", "HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING", "HTTP_EXPECT")

Start = Callable[[str, list[tuple[str, str]]], Any]


def bridge(counter: Counter) -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    """The shop of `counter` as a WSGI application. Each request comes from an address of its own."""
    numbers = count()

    def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        number = next(numbers)
        wire = counter.shop.connect(f"198.18.{number >> 8 & 255}.{number & 255}")
        asked = environ.get("QUERY_STRING")
        target = environ["REQUEST_URI"].partition("?")[0] + (f"?{asked}" if asked else "")
        wire.send(
            request(
                environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)),
                method=environ["REQUEST_METHOD"].encode("latin-1"),
                path=target,
                extra=b"".join(_headers(environ)),
            )
        )
        reply = wire.reply()
        wire.hang_up()
        start(f"{reply.status} {HTTPStatus(reply.status).phrase}", list(reply.headers.items()))
        return [reply.body]

    return application


def _headers(environ: dict[str, Any]) -> Iterable[bytes]:
    for name, value in environ.items():
        if name in _PLAIN and value:
            yield _PLAIN[name] + b": " + value.encode("latin-1") + b"\r\n"
        elif name.startswith("HTTP_") and name not in _OURS:
            yield name[5:].replace("_", "-").encode("latin-1") + b": " + value.encode("latin-1") + b"\r\n"
