"""Crowds: many connections, many chunks, no file descriptors: others are served meanwhile, and after."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.hostile.flood_beside import beside
from tests.hostile.wire_case import chunk, chunked, padded
from tests.hostile.wire_peer import Door
from tests.hostile.wire_target import PROMPT, Target, ask, target_in
from tests.smoke.daemon import SECRET, event

CHUNKS = 100_000
CROWD = 2000
EACH_ADDRESS = 64
IN_ALL = 1000
SETTLED = 10.0  # seconds
FEW = 24  # connections, more than there are descriptors left for
SPARE = 8  # of them may find one, as others are let go
GUESS = "/jivo/stranger-guesses"

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Open to every address of this machine; nothing but this machine knows of its ports."""
    with target_in(tmp_path_factory.mktemp("crowd"), everywhere=True) as made:
        yield made


@pytest.fixture
def address() -> str:
    """One of this machine that is not of its loopback interface. Nothing leaves the machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))
        found = str(probe.getsockname()[0])
        if not found.startswith("127."):
            return found
    pytest.skip("this machine has only its loopback interface: give it an address, like `ip link add x type dummy`")


def test_h035_a_hundred_thousand_chunks_hold_nobody_up(target: Target) -> None:
    body = padded("H035", CHUNKS)
    data = chunked() + b"".join(chunk(body[at : at + 1]) for at in range(CHUNKS)) + b"0\r\n\r\n"
    before = cpu(target.daemon.pid)
    with beside(target.daemon.pid, target.daemon.admin_port) as others:
        said = target.door.say((data,), to_the_end=False)
        time.sleep(0.3)
    assert said.statuses == (200,)
    assert cpu(target.daemon.pid) - before < 1.0 + 0.01 * len(others.took)
    assert (others.lost, others.worst < PROMPT) == (0, True)
    target.acked["H035"] += 1
    target.holds()


def test_h045_one_address_gets_so_many_connections_and_others_are_served(target: Target, address: str) -> None:
    before = target.daemon.metric("jivod_refused_connections_total")
    with crowd(Door(target.daemon.port, host=address), CROWD) as peers:
        assert settled(peers, EACH_ADDRESS) == EACH_ADDRESS
        target.post("beside")  # from another address
        assert any(target.healthz() < PROMPT for _ in range(3))
        assert target.daemon.metric("jivod_refused_connections_total") - before == CROWD - EACH_ADDRESS
    target.holds()


def test_h045_there_are_so_many_connections_in_all(target: Target) -> None:
    with crowd(target.door, CROWD) as peers:  # of this machine, where a proxy may be
        assert settled(peers, IN_ALL) == IN_ALL
        assert any(target.healthz() < PROMPT for _ in range(3))  # the supervisor has a port of his own
    target.is_well()
    target.post("after-H045")
    target.holds()


def test_h046_without_descriptors_the_old_are_served_and_it_recovers(target: Target) -> None:
    body = event("H046")
    head = f"POST /jivo/{SECRET} HTTP/1.1\r\nHost: crm.example.com\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    target.forgiven = frozenset({"EMFILE encountered; releasing reserved file descriptor."})
    with target.door.connection() as old, ExitStack() as stack:
        old.sendall(head + body)
        assert old.recv(65_536).startswith(b"HTTP/1.1 200")
        limits = resource.prlimit(target.daemon.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(target.daemon.pid, resource.RLIMIT_NOFILE, (descriptors(target.daemon.pid) + 2, limits[1]))
        peers = [stack.enter_context(target.door.connection()) for _ in range(FEW)]
        assert settled(peers, SPARE) <= SPARE
        old.sendall(head + body)
        assert old.recv(65_536).startswith(b"HTTP/1.1 200")
    target.acked["H046"] += 1
    target.is_well()
    resource.prlimit(target.daemon.pid, resource.RLIMIT_NOFILE, limits)
    target.post("after-H046")
    target.holds()


def test_mistakes_of_one_address_cost_no_other(target: Target, address: str) -> None:
    """Whoever is not of this machine is believed nothing of what he says about where he comes from."""
    stranger, neighbour = Door(target.daemon.port, host=address), target.door
    forged = [
        f"POST {GUESS} HTTP/1.1\r\nHost: crm.example.com\r\nX-Forwarded-For: 203.0.113.{n}\r\n"
        "Content-Length: 0\r\nConnection: close\r\n\r\n"
        for n in range(12)
    ]
    assert [stranger.say((data.encode(),)).statuses for data in forged] == 10 * [(404,)] + 2 * [(429,)]
    assert ask(neighbour, "POST", GUESS)[0] == 404
    assert ask(stranger, "POST", f"/jivo/{SECRET}", event("right"))[0] == 200
    target.holds()


@contextmanager
def crowd(door: Door, size: int) -> Iterator[list[socket.socket]]:
    """So many connections, held until the end of the block."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, size + 500), hard), hard))
    peers: list[socket.socket] = []
    with ExitStack() as stack:
        for _ in range(size):
            with suppress(OSError):  # reset while it is made
                peers.append(stack.enter_context(door.connection()))
        yield peers


def settled(peers: list[socket.socket], few: int) -> int:
    """How many of `peers` are still connected, when they are few, or after some time."""
    until = time.monotonic() + SETTLED
    while len(alive := [peer for peer in peers if is_alive(peer)]) > few and time.monotonic() < until:
        time.sleep(0.1)
    return len(alive)


def is_alive(peer: socket.socket) -> bool:
    peer.setblocking(False)
    try:
        return bool(peer.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return True
    except OSError:
        return False


def cpu(pid: int) -> float:
    """Seconds of processor that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def descriptors(pid: int) -> int:
    """How many descriptors a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
