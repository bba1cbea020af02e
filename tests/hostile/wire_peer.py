"""Peer: raw bytes to whatever listens there, and what it says to them."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress

from attrs import field, frozen

PATIENCE = 10.0  # seconds for an answer, on a busy machine
MORE = 0.05  # seconds in which an answer that nobody asked for would come


@frozen(kw_only=True)
class Answer:
    """One answer as it came. The names of its headers are in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes


@frozen(kw_only=True)
class Said:
    """All that was said. `closed`: the other side hung up; `rest` is what makes no whole answer."""

    answers: tuple[Answer, ...]
    closed: bool
    rest: bytes
    seconds: float

    @property
    def statuses(self) -> tuple[int, ...]:
        return tuple(answer.status for answer in self.answers)


@frozen
class Door:
    """Where to knock. `tls`: a context, if it speaks TLS; `host`: where the peer stands, as the other side sees it."""

    port: int
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    host: str = "127.0.0.1"

    @contextmanager
    def connection(self, patience: float = PATIENCE) -> Iterator[socket.socket]:
        """A connection to it."""
        peer = socket.create_connection((self.host, self.port), patience)
        if self.tls is not None:
            peer = self.tls.wrap_socket(peer, server_hostname="crm.example.com")
        with closing(peer):
            yield peer

    def say(
        self,
        parts: Iterable[bytes],
        *,
        answers: int = 1,
        to_the_end: bool = True,
        bodiless: bool = False,
        patience: float = PATIENCE,
        linger: float = MORE,
    ) -> Said:
        """Send `parts` as far as they are taken, and listen: until the other side hangs up or, if not `to_the_end`,
        until so many `answers` are there and no more come in `linger` seconds. `bodiless`: they are to HEAD.
        """
        begun = time.monotonic()
        with self.connection(patience) as peer:
            with suppress(OSError):
                for part in parts:
                    peer.sendall(part)
            data, closed = _listen(peer, begun + patience, None if to_the_end else answers, bodiless, linger)
        found, rest = parse(data, bodiless)
        return Said(answers=found, closed=closed, rest=rest, seconds=time.monotonic() - begun)


def parse(data: bytes, bodiless: bool = False) -> tuple[tuple[Answer, ...], bytes]:
    """The whole answers in `data`, informational ones left out, and what is left."""
    found: list[Answer] = []
    while b"\r\n\r\n" in data:
        head, _, tail = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":")[::2] for line in lines)
        headers = {name.lower(): value.strip() for name, value in pairs}
        body, rest = (b"", tail) if bodiless else _body(headers, tail)
        if body is None or not first.startswith("HTTP/1."):
            break
        data, status = rest, int(first.split()[1])
        if status >= 200:
            found.append(Answer(status=status, headers=headers, body=body))
    return tuple(found), data


def _body(headers: dict[str, str], tail: bytes) -> tuple[bytes | None, bytes]:
    if headers.get("transfer-encoding") == "chunked":
        return _chunks(tail)
    size = int(headers.get("content-length", 0))
    return (tail[:size], tail[size:]) if len(tail) >= size else (None, tail)


def _chunks(tail: bytes) -> tuple[bytes | None, bytes]:
    body, rest = b"", tail
    while b"\r\n" in rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        body, rest = body + rest[:length], rest[length + 2 :]
        if length == 0:
            return body, rest
    return None, tail


def _listen(peer: socket.socket, until: float, enough: int | None, bodiless: bool, linger: float) -> tuple[bytes, bool]:
    data = b""
    while (left := until - time.monotonic()) > 0:
        has_enough = enough is not None and len(parse(data, bodiless)[0]) >= enough
        if has_enough and not linger:
            break
        peer.settimeout(min(left, linger) if has_enough else left)
        try:
            piece = peer.recv(65_536)
        except TimeoutError:
            if has_enough:
                break
            continue
        except OSError:  # reset, or TLS cut short
            return data, True
        if not piece:
            return data, True
        data += piece
    return data, False
