"""The daemon and its policy: at the start, by SIGHUP while it runs, and when the file cannot be used."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tests.smoke.daemon import ROOT, SECRET, STARTED, STOPPED, Daemon, event, running

STRICT = '[blocked]\nemails = ["visitor-{}@*"]\n'
BAD = "\ntoo_common = 1\n"


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    with running(Daemon(tmp_path)) as made:
        made.configure('policy = "policy.toml"')
        yield made


@pytest.fixture
def ear(daemon: Daemon) -> Iterator[socket.socket]:
    """Where systemd would listen."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(daemon.directory / "notify"))
        receiver.settimeout(STARTED)
        daemon.environ = {"NOTIFY_SOCKET": receiver.getsockname()}
        yield receiver


def write(daemon: Daemon, text: str) -> None:
    (daemon.directory / "policy.toml").write_text(text)


def hang_up(daemon: Daemon, ear: socket.socket) -> list[str]:
    """Send SIGHUP; what systemd heard of it."""
    assert daemon.process is not None
    daemon.process.send_signal(signal.SIGHUP)
    return [ear.recv(100).decode().partition("\n")[0] for _ in range(2)]


def is_known_by_mail(daemon: Daemon, chat: str) -> bool:
    status, body = daemon.ask("POST", f"/jivo/{SECRET}", event(chat))
    assert status == 200
    return "email" in orjson.loads(body).get("contact_info", {})


def told(out: str) -> list[str]:
    found = [orjson.loads(line) for line in out.splitlines() if line.startswith("{")]
    return [line["message"] + line.get("reason", "") for line in found if line["message"].startswith("policy")]


def test_a_policy_is_taken_into_use_at_the_start_and_by_sighup_and_a_bad_one_is_not(
    daemon: Daemon, ear: socket.socket
) -> None:
    write(daemon, STRICT.format("a"))
    daemon.start()
    assert ear.recv(100) == b"READY=1"
    assert (is_known_by_mail(daemon, "a"), is_known_by_mail(daemon, "b")) == (False, True)
    write(daemon, STRICT.format("c"))
    assert hang_up(daemon, ear) == ["RELOADING=1", "READY=1"]
    assert (is_known_by_mail(daemon, "c"), is_known_by_mail(daemon, "d")) == (False, True)
    write(daemon, BAD)
    assert hang_up(daemon, ear) == ["RELOADING=1", "READY=1"]
    assert (is_known_by_mail(daemon, "c"), is_known_by_mail(daemon, "e")) == (False, True)
    code, out, err = daemon.end()
    assert (code, err) == (0, "")
    first, second, refused = told(out)
    assert first == "policy taken into use"
    assert second.startswith("policy taken into use; ")
    assert refused.startswith(f"policy refused, the one in force stays{daemon.directory}/policy.toml:2: ")
    assert "visitor-" not in out
    assert rebuilt_alike(daemon)


def rebuilt_alike(daemon: Daemon) -> bool:
    command = [sys.executable, "-m", "jivod", "--config", str(daemon.config), "rebuild", "--verify"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environ, check=False, capture_output=True, timeout=60).returncode == 0


def test_a_bad_policy_at_the_start_is_78_and_one_line(daemon: Daemon) -> None:
    write(daemon, BAD)
    daemon.launch()
    code, _, err = daemon.finish()
    (line,) = err.splitlines()
    assert code == 78
    assert line.startswith(f"jivod: {daemon.directory}/policy.toml:2: unknown key 'too_common'")
    assert not daemon.data.exists()


def test_a_daemon_at_a_terminal_ends_in_order_when_that_is_closed(daemon: Daemon) -> None:
    write(daemon, "")
    master, daemon.terminal = os.openpty()
    daemon.start()
    os.close(daemon.terminal)
    assert daemon.post("first") == 200
    os.close(master)
    assert daemon.process is not None
    assert daemon.process.wait(STOPPED) == 0
    assert daemon.stored() == ["first"]
