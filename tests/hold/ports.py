"""Ports: one that is free, and stays so: no two tests get the same, and none that the kernel gives to who calls out."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from itertools import cycle, islice

FIRST, LAST = 10_000, 32_000  # below what Linux gives out by itself, which begins at 32,768
SHARE = 2_000  # of each worker of pytest-xdist: side by side they do not meet


def _share() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    begin = FIRST + worker * SHARE % (LAST - FIRST)
    skip = os.getpid() * 7 % SHARE  # another run beside this one begins elsewhere
    return cycle([*range(begin + skip, begin + SHARE), *range(begin, begin + skip)])


_ports = _share()


def free_port() -> int:
    """One that nobody listens at, and that was not given before for long."""
    for port in islice(_ports, SHARE):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as who takes it will
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise AssertionError("no port of this machine's loopback interface can be had")
