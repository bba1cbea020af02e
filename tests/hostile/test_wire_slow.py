"""Who takes his time: cases that last until a deadline of ours passes. All of them at once."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tests.hold.process import forget_peak, memory
from tests.hostile.wire_case import HOST, chunked, head, length
from tests.hostile.wire_peer import Door, Said, parse
from tests.hostile.wire_target import MIB, Target, ask, is_error, target_in
from tests.smoke.daemon import event

HEADER_TIME, BODY_TIME, STALL_TIME, FLUSH_TIME = 10.0, 20.0, 30.0, 15.0
LATE = 5.0  # seconds by which all of them may be later, on a busy machine
EVERY = 1.0  # seconds between two drops
GETS = 10_000
HELD = 16 * MIB  # what all of them together may take

pytestmark = pytest.mark.long


def drip(first: bytes, drop: bytes) -> Callable[[Door], Said]:
    """`first` at once, then a drop a second, as long as it is taken."""

    def run(door: Door) -> Said:
        over: list[bool] = []

        def parts() -> Iterator[bytes]:
            yield first
            while not over:
                time.sleep(EVERY)
                yield drop

        with door.connection(BODY_TIME + 2 * LATE) as peer, ThreadPoolExecutor(1) as pool:
            begun = time.monotonic()
            dripping = pool.submit(_send, peer, parts())
            try:
                said = _hear(peer, begun)
            finally:
                over.append(True)
                dripping.result()
        return said

    return run


def once(data: bytes) -> Callable[[Door], Said]:
    """`data`, and nothing more."""
    return lambda door: door.say((data,), patience=BODY_TIME + 2 * LATE)


def unread(door: Door) -> Said:
    """Asks and asks, and reads nothing."""
    begun = time.monotonic()
    with socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.settimeout(STALL_TIME + FLUSH_TIME + 2 * LATE)
        peer.connect((door.host, door.port))
        _send(peer, iter([b"GET /nowhere HTTP/1.1\r\n" + HOST + b"\r\n"] * GETS))
        while not _is_gone(peer):
            assert time.monotonic() - begun < STALL_TIME + FLUSH_TIME + 2 * LATE, "it is still served"
            time.sleep(0.1)
    return Said(answers=(), closed=True, rest=b"", seconds=time.monotonic() - begun)


CASES: dict[str, Callable[[Door], Said]] = {
    "H031": once(chunked() + b"5\n12345\n0\n\n"),
    "H041": drip(b"POST / HTTP/1.1\r\n" + HOST, b"X-A: b\r\n"),
    "H042": drip(head(length(1000)), b"a"),
    "H042-chunks": drip(chunked(), b"1\r\na\r\n"),
    "H043": once(b""),
    "H044": unread,
    "H049-tls": once(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200))),
    "H049-nul": once(bytes(2000)),
}
EXPECTED: dict[str, tuple[tuple[tuple[int, ...], ...], float]] = {
    "H031": (((400,), (408,)), BODY_TIME),
    "H041": (((408,),), HEADER_TIME),
    "H042": (((408,),), BODY_TIME),
    "H042-chunks": (((408,),), BODY_TIME),
    "H043": (((),), HEADER_TIME),
    "H044": (((),), STALL_TIME + FLUSH_TIME),
    "H049-tls": (((400,), (408,)), HEADER_TIME),
    "H049-nul": (((400,), (408,)), HEADER_TIME),
}
"""What may be answered, and after how many seconds."""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with target_in(tmp_path_factory.mktemp("slow")) as made:
        yield made


@pytest.fixture(scope="module")
def said(target: Target) -> dict[str, Said]:
    """What came of each; the rules hold after all of them, and one who is quick was served beside them."""
    ask(target.door, "GET", "/nowhere")  # loads what makes pages
    forget_peak(target.daemon.pid)
    before = memory(target.daemon.pid)
    with ThreadPoolExecutor(len(CASES)) as pool:
        running = {id: pool.submit(run, target.door) for id, run in CASES.items()}
        target.post("beside")
        found = {id: each.result() for id, each in running.items()}
    assert memory(target.daemon.pid, "VmHWM") - before < HELD
    target.post("after")
    target.holds()
    assert set(target.stored()) == {"warm", "beside", "after"}
    return found


@pytest.mark.parametrize("id", CASES)
def test_cut_off(said: dict[str, Said], id: str) -> None:
    found, (statuses, seconds) = said[id], EXPECTED[id]
    assert found.closed
    assert found.statuses in statuses
    assert all(is_error(answer) for answer in found.answers)
    assert found.seconds < seconds + LATE
    if found.statuses != (400,) and id != "H044":
        assert found.seconds > seconds - 0.1


def test_h021_a_body_cut_short_is_not_kept(target: Target, said: dict[str, Said]) -> None:
    body = event("H021")
    with target.door.connection() as peer:
        peer.sendall(head(length(len(body))) + body[:-5])
        peer.shutdown(socket.SHUT_WR)
        assert peer.recv(1024) == b""
    target.holds()
    assert "H021" not in target.stored()


def _send(peer: socket.socket, parts: Iterator[bytes]) -> None:
    with suppress(OSError):
        for part in parts:
            peer.sendall(part)


def _hear(peer: socket.socket, begun: float) -> Said:
    data = b""
    with suppress(ConnectionResetError):
        while piece := peer.recv(65_536):
            data += piece
    answers, rest = parse(data)
    return Said(answers=answers, closed=True, rest=rest, seconds=time.monotonic() - begun)


def _is_gone(peer: socket.socket) -> bool:
    try:
        peer.send(b"\r\n")
    except OSError:
        return True
    return False
