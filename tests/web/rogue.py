"""Rogue: a CRM on the loopback interface that does to whoever asks whatever a script says."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from attrs import define, field
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import LoopingCall

GOOD = json.dumps({"account": {"balance": 1234.5}}).encode()
MEGABYTE = b"x" * (1 << 20)

Script = Callable[["Caller"], None]


@define(eq=False)
class Rogue:
    """`asked` are the heads of all requests. `script` is what is done to the next one."""

    script: Script
    port: int = 0
    asked: list[bytes] = field(factory=list)
    callers: list[Caller] = field(factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Caller(Protocol):
    """One connection to the rogue."""

    def __init__(self, rogue: Rogue) -> None:
        self.rogue, self.head = rogue, b""
        self.gone: Deferred[None] = Deferred()
        self.loop: Any = None

    def connectionMade(self) -> None:
        self.rogue.callers.append(self)

    def dataReceived(self, data: bytes) -> None:
        self.head += data
        if self.head.endswith(b"\r\n\r\n"):
            self.rogue.asked.append(self.head)
            self.head = b""
            self.rogue.script(self)

    def connectionLost(self, reason: Any = None) -> None:
        if self.loop is not None and self.loop.running:
            self.loop.stop()
        self.gone.callback(None)

    def say(self, *parts: bytes) -> None:
        for part in parts:
            self.transport.write(part)  # type: ignore[union-attr]

    def again(self, seconds: float, part: bytes) -> None:
        """Write the same again and again, as long as somebody listens."""
        self.loop = LoopingCall(self.say, part)
        self.loop.start(seconds).addErrback(lambda _: None)

    def end(self) -> None:
        self.transport.loseConnection()  # type: ignore[union-attr]

    def reset(self) -> None:
        self.transport.abortConnection()  # type: ignore[union-attr]


def answer(body: bytes, *, status: bytes = b"200 OK", length: int | None = None, extra: bytes = b"") -> bytes:
    size = len(body) if length is None else length
    return b"HTTP/1.1 " + status + b"\r\n" + extra + b"Content-Length: %d\r\n\r\n" % size + body


def says(*parts: bytes) -> Script:
    return lambda caller: caller.say(*parts)


def says_and_ends(*parts: bytes) -> Script:
    def script(caller: Caller) -> None:
        caller.say(*parts)
        caller.end()

    return script


def good(caller: Caller) -> None:
    caller.say(answer(GOOD))


def drips(head: bytes, part: bytes = b" ") -> Script:
    def script(caller: Caller) -> None:
        caller.say(head)
        caller.again(0.005, part)

    return script


def redirects(to: str) -> Script:
    return says(answer(b"", status=b"302 Found", extra=b"Location: " + to.encode() + b"\r\n"))


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(b'{"account":{"balance":1}}' + b" " * (8 << 20))

MISDEEDS: dict[str, tuple[Script, set[str]]] = {
    "stalls": (lambda caller: None, {"late"}),
    "stalls in the head": (says(b"HTTP/1.1 200 OK\r\nContent-Le"), {"late"}),
    "stalls in the body": (says(answer(GOOD[:5], length=len(GOOD))), {"late"}),
    "drips its head": (drips(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"), {"late"}),
    "drips its body": (drips(answer(b"", length=5000)), {"late"}),
    "goes on with a hundred": (drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), {"late"}),
    "resets": (lambda caller: caller.reset(), {"failed"}),
    "hangs up": (lambda caller: caller.end(), {"failed"}),
    "hangs up in the body": (says_and_ends(answer(GOOD[:5], length=len(GOOD))), {"failed"}),
    "is no HTTP": (says(b"\x00\xff\x16\x03\x01 garbage\r\n\r\n"), {"failed"}),
    "says nothing but lines": (says(b"\r\n" * 1000), {"failed", "late"}),
    "is no JSON": (says(answer(b"<html>\xff\x00")), {"garbage"}),
    "is no object": (says(answer(b"[[[[[")), {"garbage"}),
    "is empty": (says(answer(b"")), {"garbage"}),
    "is packed": (says(answer(BOMB, extra=b"Content-Encoding: gzip\r\n")), {"garbage"}),
    "sends ten megabytes": (says(answer(b"", length=10 << 20), *[MEGABYTE] * 10), {"failed"}),
    "sends ten megabytes in chunks": (says(CHUNKED, *[b"100000\r\n" + MEGABYTE + b"\r\n"] * 10), {"failed"}),
    "sends ten megabytes of head": (says(b"HTTP/1.1 200 OK\r\n", *[b"A: " + b"b" * 9000 + b"\r\n"] * 1100), {"failed"}),
    "sends one long line": (says(b"HTTP/1.1 200 ", *[MEGABYTE] * 10), {"failed"}),
    "says a length too short": (says(answer(GOOD, length=5)), {"garbage"}),
    "says a length too long": (says(answer(GOOD, length=500)), {"late"}),
    "says two lengths": (says(answer(GOOD, extra=b"Content-Length: 5\r\n")), {"failed"}),
    "says no number for a length": (says(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n" + GOOD), {"failed"}),
    "says a chunk that is none": (says(CHUNKED, b"zz\r\n"), {"failed"}),
    "is broken": (says(answer(b"", status=b"500 Oh")), {"refused"}),
    "wants to know who asks": (says(answer(b"", status=b"401 Who")), {"refused"}),
    "redirects to itself": (redirects("/"), {"refused"}),
    "redirects in circles of schemes": (redirects("file:///etc/passwd"), {"refused"}),
}
"""What it does, and what may be counted for it."""


@asynccontextmanager
async def rogue(script: Script) -> AsyncIterator[Rogue]:
    """The rogue at work."""
    found = Rogue(script)
    factory = Factory.forProtocol(lambda: Caller(found))
    factory.noisy = False
    port: Any = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(factory)
    found.port = port.getHost().port
    try:
        yield found
    finally:
        await port.stopListening()
        for caller in found.callers:
            if not caller.gone.called:
                caller.reset()
                await caller.gone
