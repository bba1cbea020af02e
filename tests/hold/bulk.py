"""Bulk: bodies longer than any may be, from many connections at once."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.smoke.daemon import SECRET

LIMIT = 1 << 20
PIECE = 16 * 1024
PATIENCE = 10.0
_HEAD = f"POST /jivo/{SECRET} HTTP/1.1\r\nHost: crm.example.com\r\n".encode()


def whole(size: int, fill: bytes = b"x") -> Iterator[bytes]:
    """A body of `size` bytes with Content-Length, in pieces."""
    yield _HEAD + b"Content-Length: %d\r\n\r\n" % size
    for start in range(0, size, PIECE):
        yield fill * min(PIECE, size - start)


def chunked(size: int, fill: bytes = b"x", chunk: int = PIECE) -> Iterator[bytes]:
    """A body of `size` bytes in chunks."""
    yield _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    for start in range(0, size, chunk):
        piece = fill * min(chunk, size - start)
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def send(port: int, parts: Iterator[bytes], start: Barrier | None = None) -> bytes:
    """Send `parts` as far as they are taken; everything that was answered."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as peer:
        if start is not None:
            start.wait(PATIENCE)
        try:
            for part in parts:
                peer.sendall(part)
        except OSError:
            pass  # the other side has heard enough
        return b"".join(iter(lambda: _receive(peer), b""))


def send_all(port: int, many: list[Iterator[bytes]]) -> list[bytes]:
    """Send all at the same time; the answers."""
    start = Barrier(len(many))
    with ThreadPoolExecutor(len(many)) as pool:
        return list(pool.map(lambda parts: send(port, parts, start), many))


def _receive(peer: socket.socket) -> bytes:
    try:
        return peer.recv(65_536)
    except ConnectionResetError:
        return b""
