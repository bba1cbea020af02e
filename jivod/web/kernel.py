"""Kernel: what the machine holds of connections for us: those not yet accepted, and what a peer does not read."""

from __future__ import annotations

import socket
from typing import Any

WAITING = 1024


def queue(port: Any) -> None:
    """Let so many connections of a listening `port` wait. With Twisted's 50 a crowd would fill the queue; whoever comes
    then is not heard by the kernel, and tries again after a second.
    """
    handle = getattr(port, "socket", None)
    if isinstance(handle, socket.socket):
        handle.listen(WAITING)


def bound(transport: Any, size: int, seconds: float) -> None:
    """Hold at most `size` bytes that the peer has not taken, and give it up after `seconds` in which it takes none,
    though there are some. What is no TCP connection is left alone.
    """
    handle = getattr(transport, "socket", None)
    if isinstance(handle, socket.socket) and handle.family in (socket.AF_INET, socket.AF_INET6):
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # of Linux
            handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(1000 * seconds))
