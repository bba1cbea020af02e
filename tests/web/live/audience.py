"""Audience: a window with streams, and pages that listen to them over raw connections."""

from __future__ import annotations

from typing import Any

import orjson
from attrs import define, field

from jivod.service.live import Witness, make_hub
from jivod.web.api.jobs import Jobs
from jivod.web.live.hub import Hub
from jivod.web.live.live import Live
from jivod.web.rulebook import Rulebook
from jivod.web.trail import Trail
from tests.web.pages.window import Window
from tests.web.shop import NOW, Wire

OFF = b"0\r\n\r\n"  # the end of a chunked answer


@define(eq=False)
class Page:
    """One that listens. `events` are what its script would be told; `last` is what its browser would go on from."""

    wire: Wire
    data: bytes = b""
    read: int = 0

    def take(self) -> bytes:
        """All that came, without the head and the lengths of chunks."""
        head, _, rest = self.wire.transport.value().partition(b"\r\n\r\n")
        assert b"Transfer-Encoding: chunked" in head, head
        found = b""
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            found, rest = found + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
        return found

    @property
    def blocks(self) -> list[dict[str, str]]:
        blocks = self.take().decode().split("\n\n")
        assert blocks.pop() == ""
        return [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]

    @property
    def events(self) -> list[tuple[str, int, Any]]:
        return [
            (block.get("event", "message"), int(block["id"]), orjson.loads(block["data"]))
            for block in self.blocks
            if "data" in block
        ]

    @property
    def ids(self) -> list[int]:
        assert {kind for kind, _, _ in self.events} <= {"message"}
        return [id for _, id, _ in self.events]

    @property
    def last(self) -> str | None:
        return next((block["id"] for block in reversed(self.blocks) if "id" in block), None)

    @property
    def is_over(self) -> bool:
        return self.wire.transport.value().endswith(OFF)

    @property
    def is_cut(self) -> bool:
        return bool(self.wire.transport.disconnected)


@define(eq=False)
class Audience(Window):
    hub: Hub = field(init=False)
    witness: Witness = field(init=False)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        self.look("/login")  # the pages are loaded, and the hub with them

    def others(self, jobs: Jobs, trail: Trail, rulebook: Rulebook) -> tuple[Live]:
        self.witness = Witness(self.shop.metrics)
        self.hub = make_hub(self.shop.clock, rulebook, jobs, self.shop.metrics, self.witness)
        return (Live(door=self.porter, hub=self.hub, trail=trail, now=lambda: NOW),)

    def tell(self, body: dict[str, Any]) -> None:
        super().tell(body)
        self.witness.committed(1, 0.001)

    def request(self, query: str = "", *, last: str | None = None, method: str = "GET", version: str = "1.1") -> Wire:
        wire = self.shop.connect(None)
        more = "" if last is None else f"Last-Event-ID: {last}\r\n"
        wire.send(f"{method} /live{query} HTTP/{version}\r\nHost: crm.example.com\r\n{more}\r\n".encode())
        return wire

    def listen(self, query: str = "", last: str | None = None) -> Page:
        wire = self.request(query, last=last)
        assert wire.transport.value().startswith(b"HTTP/1.1 200 OK\r\n"), wire.transport.value()
        return Page(wire)

    def wait(self, seconds: float = 0.2) -> None:
        self.shop.pass_time(seconds)
