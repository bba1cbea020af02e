"""A restart loses nothing where somebody else holds the port, as systemd does: nobody is turned away meanwhile."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.faults.arrivals import Arrivals
from tests.faults.daemon import StruckDaemon
from tests.faults.scale import HANDED, HANDOVERS
from tests.smoke.daemon import running

BACKLOG = 1024  # as in systemd/jivod.socket
RATE = 40.0  # a second
ACTIVATED = """
import os
os.dup2({held}, 3)
os.environ |= {{"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid()), "LISTEN_FDNAMES": "jivod.socket"}}
from twisted.scripts.twistd import run
run()
"""


@pytest.fixture
def held() -> Iterator[socket.socket]:
    """The port, ours."""
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as made:
        yield made


@pytest.fixture
def daemon(tmp_path: Path, held: socket.socket) -> Iterator[StruckDaemon]:
    made = StruckDaemon(tmp_path)
    made.handed = (held.fileno(),)
    made.twistd = (sys.executable, "-c", ACTIVATED.format(held=held.fileno()))
    text = made.config.read_text().replace(f"tcp:{made.port}:interface=127.0.0.1", "systemd:domain=INET:index=0")
    made.config.write_text(text)
    made.port = held.getsockname()[1]
    with running(made):
        yield made


@pytest.mark.long
def test_no_request_fails_over_restarts(daemon: StruckDaemon) -> None:
    daemon.start()
    arrivals = Arrivals("h", daemon.port, RATE)
    posting = Thread(target=arrivals.run, args=(HANDED,), daemon=True)
    posting.start()
    for turn in range(1, HANDOVERS + 1):
        while len(arrivals.books.sent) < HANDED * turn // (HANDOVERS + 1):
            time.sleep(0.01)
        assert daemon.stop() == 0
        daemon.start()
    posting.join(60)
    print(f"{HANDOVERS} restarts: {arrivals}")
    assert arrivals.failed == []
    assert len(arrivals.books.acked) == HANDED, arrivals.books
    balance = arrivals.books.close(daemon.look().there)
    assert balance.even, balance
    assert daemon.stop() == 0
    assert daemon.tracebacks() == []
