"""Kernel: a crowd may wait to be accepted; what a TCP connection may hold is bounded; what is none is left alone."""

from __future__ import annotations

import socket
from contextlib import ExitStack

from twisted.internet.testing import StringTransport

from jivod.web import kernel


class Transport:
    def __init__(self, handle: socket.socket) -> None:
        self.socket = handle


def test_a_connection_is_bounded() -> None:
    with socket.socket() as handle:
        kernel.bound(Transport(handle), 32 * 1024, 20.0)
        assert handle.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * 32 * 1024
        assert handle.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 20_000


def test_what_is_no_connection_of_tcp_is_left_alone() -> None:
    kernel.bound(StringTransport(), 1, 1.0)
    with socket.socket(socket.AF_UNIX) as handle:
        before = handle.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        kernel.bound(Transport(handle), 5000, 1.0)
        assert handle.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == before


def test_a_crowd_may_wait_to_be_accepted() -> None:
    with socket.socket() as port, ExitStack() as crowd:
        port.bind(("127.0.0.1", 0))
        port.listen(1)
        kernel.queue(Transport(port))
        for _ in range(200):  # beyond the queue, each would wait a second for its turn
            crowd.enter_context(socket.create_connection(port.getsockname(), 0.5))
    kernel.queue(StringTransport())
