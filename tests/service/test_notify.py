"""Notify: what systemd hears."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from twisted.internet.task import Clock

from jivod.service.notify import Notify


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "notify"))
        receiver.setblocking(False)
        yield receiver


def heard(ear: socket.socket) -> list[str]:
    messages = []
    while True:
        try:
            messages.append(ear.recv(100).decode())
        except BlockingIOError:
            return messages


def test_ready_alive_stopping(ear: socket.socket) -> None:
    clock = Clock()
    service = Notify(clock, {"NOTIFY_SOCKET": ear.getsockname(), "WATCHDOG_USEC": "30000000"})
    service.startService()
    clock.pump([15, 15])
    service.stopService()
    clock.advance(60)
    assert heard(ear) == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]


def test_without_a_watchdog_nobody_barks(ear: socket.socket) -> None:
    clock = Clock()
    service = Notify(clock, {"NOTIFY_SOCKET": ear.getsockname()})
    service.startService()
    clock.advance(60)
    assert heard(ear) == ["READY=1"]


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}], ids=["unset", "nobody"])
def test_without_systemd_nothing_happens(environ: dict[str, str]) -> None:
    service = Notify(Clock(), environ)
    service.startService()
    service.stopService()


def test_a_reload_is_told_with_its_time(ear: socket.socket) -> None:
    clock = Clock()
    service = Notify(clock, {"NOTIFY_SOCKET": ear.getsockname()})
    service.startService()
    clock.advance(12.5)
    service.reloading()
    service.reloaded()
    assert heard(ear) == ["READY=1", "RELOADING=1\nMONOTONIC_USEC=12500000", "READY=1"]


def test_no_reload_makes_systemd_believe_that_all_is_ready(ear: socket.socket) -> None:
    service = Notify(Clock(), {"NOTIFY_SOCKET": ear.getsockname()})
    service.reloading()
    service.reloaded()
    assert heard(ear) == []
