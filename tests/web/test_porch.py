"""Porch: what people look at is loaded once, however many of them come before it is there."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.web.resource import Resource
from twisted.web.test.requesthelper import DummyRequest

from jivod.model.errors import Busy
from jivod.web.porch import Porch


class Room:
    """The inside: it counts who is served."""

    def __init__(self) -> None:
        self.served = 0
        self.resource = Resource()
        self.resource.render = self._render  # type: ignore[method-assign]

    def _render(self, request: Any) -> bytes:
        self.served += 1
        return b"served"

    def face(self, headers: Any, problem: Any, request_id: str) -> bytes:
        return b"problem"


def porch() -> tuple[Porch, list[Deferred[Any]]]:
    loads: list[Deferred[Any]] = []

    async def load(exit: Any) -> Any:
        loads.append(Deferred())
        return await loads[-1]

    return Porch(load, lambda: "0"), loads


def visit(where: Porch) -> DummyRequest:
    request = DummyRequest([b"customers"])
    request.channel, request.path, request.uri = object(), b"/customers", b"/customers"  # type: ignore[attr-defined]
    where.render(request)
    return request


def test_many_who_come_at_once_load_it_once() -> None:
    where, loads = porch()
    room = Room()
    for _ in range(5):
        visit(where)
    assert len(loads) == 1
    loads[0].callback(room)
    visit(where)
    assert (room.served, len(loads)) == (6, 1)


def test_where_it_cannot_be_loaded_the_next_one_tries_again() -> None:
    where, loads = porch()
    for _ in range(3):
        visit(where)
    loads[0].errback(Busy("Too many."))
    room = Room()
    visit(where)
    loads[1].callback(room)
    assert (room.served, len(loads)) == (1, 2)
