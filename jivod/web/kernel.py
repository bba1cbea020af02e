"""Kernel: what the machine may hold of a connection that is never silent for long: a little, and not for long."""

from __future__ import annotations

import socket
from typing import Any


def bound(transport: Any, size: int, seconds: float) -> None:
    """Hold at most `size` bytes that the peer has not taken, and give it up after `seconds` in which it takes none,
    though there are some. What is no TCP connection is left alone.
    """
    handle = getattr(transport, "socket", None)
    if isinstance(handle, socket.socket) and handle.family in (socket.AF_INET, socket.AF_INET6):
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # of Linux
            handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(1000 * seconds))
