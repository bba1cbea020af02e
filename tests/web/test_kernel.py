"""Kernel: what a TCP connection may hold is bounded; what is none is left alone."""

from __future__ import annotations

import socket

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
