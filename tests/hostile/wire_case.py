"""Case: one bad input as raw bytes, and what is expected of it."""

from __future__ import annotations

from attrs import field, frozen

from tests.hostile.wire_target import HOOK
from tests.smoke.daemon import event

HOST = b"Host: crm.example.com\r\n"
NOTHING, STORED, QUARANTINED = "-", "S", "Q"
END = b"\r\n"
PIECE = 64 * 1024


@frozen(kw_only=True)
class Case:
    """`statuses`: what each answer may be, in order. `kept` of the event: nothing, stored, or the body in quarantine.

    `requests`: as how many requests the bytes may be read, at most. `headers` that every answer has. In
    `parts` stands the event `chat` where there is one, and hidden in its body another one, `inner`, which must not be
    taken for a request.
    """

    id: str
    parts: tuple[bytes, ...] = field(repr=False)
    statuses: tuple[frozenset[int], ...]
    kept: str = NOTHING
    closed: bool = True
    requests: int = 1
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def is_head(self) -> bool:
        return self.parts[0].startswith(b"HEAD ")

    @property
    def chat(self) -> str:
        return self.id

    @property
    def inner(self) -> str:
        return f"inner-{self.id}"


def case(
    id: str,
    data: bytes | tuple[bytes, ...],
    *statuses: int | tuple[int, ...],
    kept: str = NOTHING,
    closed: bool = True,
    requests: int = 1,
    headers: tuple[tuple[str, str], ...] = (),
) -> Case:
    """A case, written down shortly."""
    allowed = tuple(frozenset((status,) if isinstance(status, int) else status) for status in statuses)
    parts = data if isinstance(data, tuple) else (data,)
    return Case(id=id, parts=parts, statuses=allowed, kept=kept, closed=closed, requests=requests, headers=headers)


def head(*lines: bytes, start: bytes = b"POST " + HOOK.encode() + b" HTTP/1.1", host: bytes = HOST) -> bytes:
    """The head of a request."""
    return start + END + host + b"".join(line + END for line in lines) + END


def length(size: int) -> bytes:
    """The header line of a length."""
    return b"Content-Length: %d" % size


def post(chat: str, *lines: bytes, host: bytes = HOST) -> bytes:
    """An event in a request that is in order but for its `lines`."""
    body = event(chat)
    return head(length(len(body)), *lines, host=host) + body


def inner(id: str) -> bytes:
    """The request that hides in the body of the case `id`."""
    return post(f"inner-{id}")


def chunk(data: bytes) -> bytes:
    """One chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def chunked(*lines: bytes, start: bytes = b"POST " + HOOK.encode() + b" HTTP/1.1") -> bytes:
    """The head of a request in chunks."""
    return head(b"Transfer-Encoding: chunked", *lines, start=start)


def pieces_of(data: bytes) -> tuple[bytes, ...]:
    """`data` as it would come over a network."""
    return tuple(data[at : at + PIECE] for at in range(0, len(data), PIECE))


def padded(chat: str, size: int) -> bytes:
    """An event of exactly `size` bytes."""
    return event(chat).ljust(size)
