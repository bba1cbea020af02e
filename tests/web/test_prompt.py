"""Prompt: what was written arrives, in its order and as a whole, however little a peer takes at once; then the end."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.abstract import FileDescriptor
from twisted.internet.main import CONNECTION_DONE, CONNECTION_LOST
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from jivod.web import prompt
from jivod.web.prompt import Turn

PIECES = st.binary(max_size=40)
TAKEN = st.lists(st.integers(0, 30), max_size=30)


class Poller(Clock):
    """A reactor that tells a connection that it may write, and ends one that wants to end."""

    def __init__(self) -> None:
        super().__init__()
        self.writers: set[Any] = set()

    def addWriter(self, one: Any) -> None:
        self.writers.add(one)

    def removeWriter(self, one: Any) -> None:
        self.writers.discard(one)

    def removeReader(self, one: Any) -> None:
        pass

    def turn(self) -> None:
        self.advance(0)
        for one in tuple(self.writers):
            why = one.doWrite()
            if why is not None:
                one.connectionLost(Failure(why))


class Wire(FileDescriptor):
    """Takes what `room` says, call by call, and all when nothing is said any more; None: the peer is gone."""

    connected = 1
    ended: Any = None

    def __init__(self, reactor: Poller, room: list[int | None]) -> None:
        super().__init__(reactor)
        self.room, self.arrived, self.half_closed = room, b"", False

    def writeSomeData(self, data: bytes) -> Any:
        room = self.room.pop(0) if self.room else len(data)
        if room is None:
            return CONNECTION_LOST
        self.arrived += bytes(data[:room])
        return min(room, len(data))

    def connectionLost(self, reason: Any) -> None:
        self.ended = reason.value
        super().connectionLost(reason)

    def _closeWriteConnection(self) -> None:
        self.half_closed = True


class Port:
    transport: type = Wire


def connected(reactor: Poller, *rooms: list[int | None]) -> list[Any]:
    port: Any = Port()
    Turn(reactor.callLater).serve(port)
    return [port.transport(reactor, room) for room in rooms]


@given(st.lists(st.one_of(PIECES, st.lists(PIECES, max_size=3), st.none()), max_size=20), TAKEN, st.booleans())
def test_all_arrives_and_then_the_end(said, taken, ends):
    """`said`: a piece, some of them together, or None where a turn of the reactor goes by."""
    reactor = Poller()
    (wire,) = connected(reactor, list(taken))
    for one in said:
        if one is None:
            reactor.turn()
        elif isinstance(one, list):
            wire.writeSequence(one)
        else:
            wire.write(one)
    if ends:
        wire.loseConnection()
    for _ in range(len(taken) + 3):
        reactor.turn()
    whole = b"".join(b"".join(one) if isinstance(one, list) else one for one in said if one is not None)
    assert wire.arrived == whole
    assert wire.ended is (CONNECTION_DONE if ends else None)
    assert reactor.writers == set() and reactor.getDelayedCalls() == []  # else it would be woken for nothing


@given(st.lists(PIECES, min_size=1, max_size=5), TAKEN)
def test_a_half_closed_one_is_closed_behind_the_last_byte(said, taken):
    reactor = Poller()
    (wire,) = connected(reactor, list(taken))
    for piece in said:
        wire.write(piece)
    wire.loseWriteConnection()
    for _ in range(len(taken) + 3):
        assert wire.half_closed <= (wire.arrived == b"".join(said))
        reactor.turn()
    assert wire.half_closed and wire.arrived == b"".join(said)


def test_it_is_sent_within_the_turn_and_the_poller_is_not_asked():
    reactor = Poller()
    one, two = connected(reactor, [], [])
    for wire in (one, two):
        wire.write(b"head ")
        wire.write(b"body")
    assert (one.arrived, two.arrived) == (b"", b"")
    reactor.advance(0)
    assert (one.arrived, two.arrived, reactor.writers) == (b"head body", b"head body", set())


@pytest.mark.parametrize(("room", "end"), [([None], CONNECTION_LOST), ([], CONNECTION_DONE)], ids=["gone", "done"])
def test_the_end_waits_for_no_poller(room, end):
    """It says that one may write when the peer has read most of what the kernel holds, which may be never."""
    reactor = Poller()
    (wire,) = connected(reactor, room)
    wire.write(b"x")
    wire.loseConnection()
    reactor.advance(0)
    assert (wire.connected, wire.ended, reactor.writers) == (0, end, set())


def test_one_that_was_lost_meanwhile_is_not_sent_to():
    reactor = Poller()
    (wire,) = connected(reactor, [])
    wire.write(b"x")
    wire.connectionLost(Failure(CONNECTION_DONE))
    reactor.turn()
    assert wire.arrived == b"" and reactor.writers == set()


@pytest.mark.parametrize("can_be_cut", [True, False])
def test_one_that_stumbles_does_not_keep_the_others(can_be_cut: bool, monkeypatch: pytest.MonkeyPatch):
    told: list[str] = []
    monkeypatch.setattr(prompt.log, "err", lambda failure, why: told.append(why))
    reactor = Poller()
    odd, other = connected(reactor, [], [])
    odd.abortConnection = lambda: None if can_be_cut else 1 / 0
    odd.doWrite = lambda: 1 / 0
    odd.write(b"x")
    other.write(b"y")
    reactor.advance(0)
    assert other.arrived == b"y"
    assert told == ["cannot send", *["cannot cut a connection"] * (not can_be_cut)]


def test_one_that_could_not_be_noted_is_the_next_time():
    reactor = Poller()
    (wire,) = connected(reactor, [])
    wire.turn._call_later = lambda *_: 1 / 0
    with pytest.raises(ZeroDivisionError):
        wire.write(b"x")
    wire.turn._call_later = reactor.callLater
    wire.write(b"y")
    reactor.advance(0)
    assert wire.arrived == b"xy"


def test_a_port_of_another_kind_is_left_alone():
    port = object()
    Turn(Clock().callLater).serve(port)
