"""Heads: cases of section H about what stands before a body (H037 to H059)."""

from __future__ import annotations

import gzip

from tests.hostile.wire_case import HOST, QUARANTINED, STORED, Case, case, head, inner, length, pieces_of, post
from tests.hostile.wire_target import HOOK, MIB
from tests.smoke.daemon import event

PATH = HOOK.encode()
ALLOW = (("allow", "POST"),)
BOMB = 100 * gzip.compress(bytes(MIB))  # members of one file
FORM = b"a=%41&" * (MIB // 6)


def host(id: str, *lines: bytes) -> Case:
    """Not exactly one sane Host."""
    return case(id, post(id, host=b"".join(line + b"\r\n" for line in lines)), 400)


def version(id: str, said: bytes, *statuses: int) -> Case:
    return case(id, b"GET /x " + said + b"\r\n" + HOST + b"\r\n", statuses or (400, 505))


def path(id: str, said: bytes, *statuses: int, closed: bool = False) -> Case:
    """An event to a path that is none."""
    body = event(id)
    data = head(length(len(body)), start=b"POST " + said + b" HTTP/1.1") + body
    return case(id, data, statuses or (400, 404), closed=closed)


def method(id: str, said: bytes, status: int = 405) -> Case:
    """A method that the webhook does not have."""
    data = head(length(0), start=said + b" " + PATH + b" HTTP/1.1")
    return case(id, data, status, closed=False, headers=ALLOW if status == 405 else ())


HEADS = (
    case("H037", post("H037", *(63 * [b"X-A: b"])), (400, 431)),
    case("H039", post("H039", *(2 * [b"X-A: " + 10_240 * b"b"])), 431),
    case("H039-sum", post("H039-sum", *(9 * [b"X-A: " + 1000 * b"b"])), 431),
    case("H040", b"GET /" + 17_000 * b"a" + b" HTTP/1.1\r\n" + HOST + b"\r\n", (414, 431)),
    version("H047-2.0", b"HTTP/2.0"),
    version("H047-1.2", b"HTTP/1.2"),
    version("H047-0.9", b"HTTP/0.9"),
    case("H047-bare", b"GET /x\r\n\r\n", (400, 505)),
    case("H048", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + inner("H048"), (400, 505)),
    case(
        "H048-upgrade",
        post("H048-upgrade", b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk"),
        200,
        kept=STORED,
        closed=False,
    ),
    host("H050-none"),
    host("H050-two", b"Host: crm.example.com", b"Host: crm.example.com"),
    host("H050-empty", b"Host: "),
    host("H051-long", b"Host: " + 70 * b"a" + b".example.com"),
    host("H051-blank", b"Host: a b/.."),
    host("H051-ff", b"Host: \xff"),
    host("H051-unicode", "Host: ğ".encode()),
    host("H051-port", b"Host: crm.example.com:99999999"),
    path("H053", PATH + b"/"),
    path("H053-slashes", b"/" + PATH.replace(b"/jivo/", b"/jivo//")),
    path("H053-get", b"/healthz/"),
    path("H054", b"http://evil.example.com/stat"),
    path("H054-hook", b"http://evil.example.com" + PATH),
    path("H054-slashes", b"//evil.example.com/x"),
    method("H055-trace", b"TRACE"),
    method("H055-connect", b"CONNECT"),
    method("H055-put", b"PUT"),
    method("H055-get", b"GET"),
    method("H055-head", b"HEAD"),
    case("H056", post("H056").replace(b"POST", b"post", 1), (400, 405), closed=False),
    case("H056-bracket", post("H056-bracket").replace(b"POST", b"P(ST", 1), (400, 405)),
    path("H057-zz", b"/%zz"),
    path("H057-nul", b"/%00"),
    path("H057-ff", b"/%ff"),
    path("H057-dots", b"/%2f..%2f"),
    path("H057-utf8", "/ğ".encode(), closed=True),
    path("H057-hook", PATH + b"%00"),
    case(
        "H058",
        (head(length(len(BOMB)), b"Content-Encoding: gzip"), *pieces_of(BOMB)),
        415,
        kept=QUARANTINED,
        closed=False,
    ),
    case(
        "H059",
        head(length(9), b"Content-Type: multipart/form-data") + b"--a\r\n\r\n--",
        400,
        kept=QUARANTINED,
        closed=False,
    ),
    case(
        "H059-form",
        (head(length(len(FORM)), b"Content-Type: application/x-www-form-urlencoded"), *pieces_of(FORM)),
        400,
        kept=QUARANTINED,
        closed=False,
    ),
    case(
        "H059-form-20m",
        (head(length(20 * MIB), b"Content-Type: application/x-www-form-urlencoded"), *pieces_of(20 * FORM)),
        413,
    ),
)
