"""The peer: which hosts are this machine."""

from __future__ import annotations

import pytest

from jivod.web.peer import is_local


@pytest.mark.parametrize("host", ["", "127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_loopback_and_sockets_are_this_machine(host: str) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["203.0.113.1", "2001:db8::1", "10.0.0.1", "::ffff:203.0.113.1", "localhost.example"])
def test_everything_else_is_not(host: str) -> None:
    assert not is_local(host)
