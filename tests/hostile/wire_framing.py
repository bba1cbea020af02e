"""Framing: cases of section H in which the end of a body, or of a request, is in doubt (H001 to H036)."""

from __future__ import annotations

from tests.hostile.wire_case import (
    QUARANTINED,
    STORED,
    Case,
    case,
    chunk,
    chunked,
    head,
    inner,
    length,
    padded,
    pieces_of,
    post,
)
from tests.hostile.wire_target import HOOK, MIB
from tests.smoke.daemon import event

LIMIT = MIB


def hidden(id: str, *lines: bytes) -> bytes:
    """A request whose `lines` are in dispute; its body, up to the length that one of them tells, is another one."""
    return head(*lines) + inner(id)


def smuggled(id: str, *lines: bytes) -> bytes:
    """A request whose chunks are over at once, while its length goes on to the end of another one."""
    body = b"0\r\n\r\n" + inner(id)
    return head(length(len(body)), *lines) + body


def lengths(id: str, *values: bytes) -> Case:
    """A length that is none, or more than one."""
    size = b"%d" % len(inner(id))
    return case(id, hidden(id, *(b"Content-Length: " + value.replace(b"N", size) for value in values)), 400)


def coded(id: str, *values: bytes) -> Case:
    """A coding that is not ours."""
    return case(id, smuggled(id, *(b"Transfer-Encoding: " + value for value in values)), (400, 501))


def bad_chunk(id: str, tail: bytes, status: int = 400) -> Case:
    """A chunk that is none, then what would be another request."""
    return case(id, chunked() + tail + b"0\r\n\r\n" + inner(id), status)


def folded(id: str) -> bytes:
    return hidden(id, b"X-Note: a", b" b: c", length(len(inner(id))))


FRAMING = (
    case("H001", hidden("H001", b"no colon here", length(len(inner("H001")))), 400),
    case("H002", hidden("H002", b"Content-Length : %d" % len(inner("H002"))), 400),
    case("H004", hidden("H004", b"X-Note: a\rb", length(len(inner("H004")))), 400),
    case("H005", hidden("H005", b"X-Note: a\0b", length(len(inner("H005")))), 400),
    coded("H006", b"chunked"),
    lengths("H007", b"N", b"N"),
    lengths("H008", b"N", b"5"),
    lengths("H009", b"N, N"),
    lengths("H010", b"+N"),
    lengths("H011", b"-1"),
    lengths("H012", b"0x7"),
    lengths("H012-blank", b"1 7"),
    lengths("H012-arabic", b"\xd9\xa7"),
    lengths("H012-empty", b""),
    case("H013", head(b"Content-Length: " + 5000 * b"9") + event("H013"), 413),
    case("H014", head(b"Content-Length: 9223372036854775808") + event("H014"), 413),
    case("H015", (head(length(LIMIT + 1)), *pieces_of(padded("H015", LIMIT + 1))), 413),
    case("H016", head(length(LIMIT + 1), b"Expect: 100-continue"), 413),
    case("H017", (chunked(), *(chunk(piece) for piece in pieces_of(padded("H017", LIMIT + 1))), b"0\r\n\r\n"), 413),
    case("H018", (head(length(LIMIT)), *pieces_of(padded("H018", LIMIT))), 200, kept=STORED, closed=False),
    case("H019", head(), 400, closed=False),
    case("H020", head(length(0)), 400, closed=False),
    case("H022", post("H022") + b"extra bytes\r\n\r\n", 200, 400, kept=STORED, requests=2),
    coded("H023", b"xchunked"),
    coded("H024", b"gzip, chunked"),
    case("H025", post("H025", b"Transfer-Encoding: identity"), 400),
    coded("H027", b"chunked", b"chunked"),
    coded("H027-other", b"chunked", b"identity"),
    bad_chunk("H028", b"0x7\r\n1234567\r\n"),
    bad_chunk("H028-minus", b"-7\r\n1234567\r\n"),
    bad_chunk("H028-blank", b" 7\r\n1234567\r\n"),
    bad_chunk("H028-underscore", b"1_0\r\n1234567890123456\r\n"),
    bad_chunk("H030", 22 * b"f" + b"\r\n", 413),
    case("H032", chunked() + b"5;" + 1100 * b"a" + b"\r\n12345\r\n0\r\n\r\n", 400),
    bad_chunk("H033", b"5;a\nb\r\n12345\r\n"),
    case("H034", (chunked(), chunk(event("H034")), b"0\r\n" + 12_000 * b"X: y\r\n"), 400),
    case("H036", chunked(start=b"POST " + HOOK.encode() + b" HTTP/1.0") + chunk(event("H036")) + b"0\r\n\r\n", 400),
    case("folded", folded("folded"), 400, kept=QUARANTINED, closed=False),
    case("lf-only", head(length(len(inner("lf-only")))).replace(b"\r\n", b"\n") + inner("lf-only"), 400),
    case("te-tab", smuggled("te-tab", b"Transfer-Encoding:\tchunked"), 400),
    case("te-vt", smuggled("te-vt", b"Transfer-Encoding: \x0bchunked"), (400, 501)),
    case("te-quoted", smuggled("te-quoted", b'Transfer-Encoding: "chunked"'), (400, 501)),
    case("nul-in-name", hidden("nul-in-name", b"Content-Length\0: 5"), 400),
)
