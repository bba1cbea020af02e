"""The daemon as it is run: it starts, answers, stops, is killed, starts again; and when it cannot, it says so."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import orjson
import pytest

from jivod.service.crash import ENDED, STARVED
from jivod.service.exit import INTERNAL, RESTART
from tests.smoke.daemon import SECRET, Daemon, Load, event, running


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    with running(Daemon(tmp_path)) as made:
        yield made


def is_json(line: str) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def one_line(daemon: Daemon) -> tuple[int, str]:
    code, _, err = daemon.finish()
    (line,) = err.splitlines()
    return code, line


def test_it_starts_answers_and_stops(daemon: Daemon) -> None:
    assert daemon.start() < 5
    assert daemon.post("first") == 200
    code, out, err = daemon.end()
    assert (code, err) == (0, "")
    assert f"https://crm.example.com/jivo/{SECRET}" in out
    plain = [line for line in out.splitlines() if not is_json(line) and SECRET not in line]
    assert [line.rpartition(": ")[0] for line in plain] == [  # to a person, not to a journal
        "Nobody can sign in yet. Make yourself the first user here, within a day"
    ]
    assert "visitor-first" not in out
    assert daemon.stored() == ["first"]


def test_two_threads_share_a_core_and_the_others_roam(daemon: Daemon) -> None:
    daemon.start()  # a reader's thread has come, for /readyz
    process, everywhere = daemon.process, os.sched_getaffinity(0)
    assert process is not None
    limit = time.monotonic() + 5
    while not is_shared(places(process.pid), process.pid, everywhere):  # a thread is where its parent is at first
        assert time.monotonic() < limit, places(process.pid)
        time.sleep(0.05)


def places(pid: int) -> dict[int, set[int]]:
    """Where each thread may run."""
    found = {}
    for task in map(int, os.listdir(f"/proc/{pid}/task")):
        with suppress(ProcessLookupError):
            found[task] = os.sched_getaffinity(task)
    return found


def is_shared(found: dict[int, set[int]], pid: int, everywhere: set[int]) -> bool:
    others = [place for task, place in found.items() if task != pid]
    roaming = [place for place in others if place == everywhere]
    return len(found[pid]) == 1 and found[pid] in others and len(roaming) >= len(others) - 1 > 0


THREAD = "reactor.callInThread(lambda: os._exit(len(os.sched_getaffinity(0))))"
LOOP = "base._topHandler = nullcontext(); reactor.doIteration = lambda seconds: int('visitor@example.com')"


NO_ROOM = """
class Tight(request.BytesIO):
    def write(self, data):
        if self.tell() + len(data) > 200_000:
            self.close()
            raise MemoryError
        return super().write(data)

request.BytesIO = Tight
"""


@pytest.mark.parametrize(
    ("deed", "code", "line"),
    [
        ("raise MemoryError", RESTART, STARVED),
        ("threading.Thread(target=int, args=['visitor@example.com']).start()", INTERNAL, ENDED),
        (LOOP, INTERNAL, ENDED),
        (THREAD, len(os.sched_getaffinity(0)), ""),
    ],
    ids=["memory", "thread", "loop", "Twisted's threads roam"],
)
def test_what_befalls_twisted_is_seen(tmp_path: Path, deed: str, code: int, line: str) -> None:
    with running(struck(tmp_path, deed)) as daemon:
        daemon.start()
        found, out, err = daemon.end(signal.SIGUSR1)
    assert found == code
    assert (line in err.splitlines()) == bool(line)
    assert "visitor" not in out + err


def test_a_body_that_no_memory_is_left_for_ends_no_daemon(tmp_path: Path) -> None:
    long = event("long")[:-1] + b" " * 500_000 + b"}"
    with running(struck(tmp_path, NO_ROOM)) as daemon:
        daemon.start()
        assert daemon.process is not None
        daemon.process.send_signal(signal.SIGUSR1)
        assert [daemon.ask("POST", f"/jivo/{SECRET}", long)[0], daemon.post("short")] == [503, 200]
        code, out, err = daemon.end()
        assert (code, err) == (0, "") and "no memory is left for a body" in out
        assert daemon.stored() == ["short"]


def struck(directory: Path, deed: str) -> Daemon:
    """`deed` is done in the reactor of this daemon when it gets SIGUSR1."""
    text = f"""
import os, signal, threading
from contextlib import nullcontext
from jivod.web import request
from twisted.internet import base, reactor
from twisted.scripts.twistd import run

def strike():
    exec(deed, globals())

deed = {deed!r}
signal.signal(signal.SIGUSR1, lambda *_: reactor.callFromThread(strike))
run()
"""
    return Daemon(directory, twistd=(sys.executable, "-c", text))


@pytest.mark.parametrize(
    ("signs", "code"),
    [
        ([signal.SIGTERM, signal.SIGTERM], 0),
        ([signal.SIGINT, signal.SIGTERM], 0),
        ([signal.SIGTERM, signal.SIGINT], 0),
        ([signal.SIGINT, signal.SIGINT], -signal.SIGINT),
    ],
    ids=["TERM TERM", "INT TERM", "TERM INT", "INT INT"],
)
def test_a_stop_that_is_asked_for_twice_is_in_order_and_a_second_ctrl_c_hurries_it(
    signs: list[signal.Signals], code: int, daemon: Daemon
) -> None:
    daemon.start()
    assert daemon.process is not None
    with half_sent(daemon) as client:
        daemon.post("whole")  # once this is answered, what came before has been read
        daemon.process.send_signal(signs[0])
        wait_until_closed(daemon)
        daemon.process.send_signal(signs[1])
        if code == 0:
            client.sendall(b"}")
            assert client.recv(100).startswith(b"HTTP/1.1 200 ")
        found, out, err = daemon.finish()
    assert (found, err) == (code, "")
    assert "critical" not in out and out.count("asked to stop by") == (2 if code == 0 else 1)


def test_two_orders_to_stop_that_come_at_once_are_one(daemon: Daemon) -> None:
    daemon.start()
    assert daemon.process is not None
    for sign in (signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGCONT):
        daemon.process.send_signal(sign)
    code, out, err = daemon.finish()
    assert (code, err) == (0, "") and "critical" not in out


def half_sent(daemon: Daemon) -> socket.socket:
    """A connection that has sent all of a request but the last byte."""
    body = event("half")
    head = f"POST /jivo/{SECRET} HTTP/1.1\r\nHost: crm.example.com\r\nContent-Length: {len(body)}\r\n\r\n"
    client = socket.create_connection(("127.0.0.1", daemon.port), timeout=5)
    client.sendall(head.encode() + body[:-1])
    return client


def wait_until_closed(daemon: Daemon) -> None:
    limit = time.monotonic() + 5
    with suppress(ConnectionRefusedError):
        while time.monotonic() < limit:
            socket.create_connection(("127.0.0.1", daemon.port), timeout=5).close()
            time.sleep(0.02)
        raise AssertionError("the port is still open")


def test_nothing_that_was_answered_is_lost_by_a_kill(daemon: Daemon) -> None:
    load = Load(daemon)
    daemon.start()
    load.begin()
    load.wait_for(50)
    assert daemon.end(signal.SIGKILL)[0] == -signal.SIGKILL
    load.end()
    daemon.start()
    assert daemon.post(load.acked[0]) == 200
    assert daemon.end()[0] == 0
    stored = daemon.stored()
    assert set(load.acked) <= set(stored)
    assert len(set(stored)) == len(stored)


@pytest.mark.long
def test_o013_an_orderly_stop_under_load_answers_or_refuses(daemon: Daemon) -> None:
    load = Load(daemon)
    daemon.start()
    load.begin(16)
    load.wait_for(50)
    code, _, err = daemon.end()
    load.end()
    assert (code, err) == (0, "")
    assert load.statuses <= {200, 503}
    assert sorted(load.acked) == sorted(daemon.stored())


@pytest.mark.long
def test_o010_a_failing_disk_is_503_and_75_and_what_was_answered_is_there(daemon: Daemon) -> None:
    daemon.start()
    daemon.end()
    daemon.file_limit = (daemon.data / "data.mdb").stat().st_size + 65_536
    load = Load(daemon)
    daemon.start()
    load.begin()
    code, line = one_line(daemon)
    load.end()
    assert (code, load.statuses) == (75, {200, 503})
    assert "store" in line
    daemon.file_limit = None
    daemon.start()
    assert daemon.post("after") == 200
    daemon.end()
    assert {*load.acked, "after"} <= set(daemon.stored())


@pytest.mark.long
def test_under_systemd_no_secret_is_printed(daemon: Daemon) -> None:
    daemon.environ = {"JOURNAL_STREAM": "8:1"}
    daemon.start()
    daemon.post("first")
    _, out, err = daemon.end(signal.SIGINT)
    assert SECRET not in out + err
    assert "jivod url" in out


def test_a_bad_configuration_is_78_and_one_line(daemon: Daemon) -> None:
    daemon.configure('language = "xx"')
    daemon.launch()
    code, line = one_line(daemon)
    assert code == 78
    assert "jivod.toml:6" in line


@pytest.mark.long
def test_a_port_in_use_is_69_and_one_line(daemon: Daemon, tmp_path_factory: pytest.TempPathFactory) -> None:
    daemon.start()
    with running(Daemon(tmp_path_factory.mktemp("second"))) as second:
        second.port = daemon.port
        second.configure()
        second.launch()
        code, line = one_line(second)
    assert code == 69
    assert f"{daemon.port}" in line and "listen" in line


@pytest.mark.long
def test_a_second_daemon_on_the_same_state_is_69_and_one_line(daemon: Daemon) -> None:
    daemon.start()
    with running(Daemon(daemon.directory)) as second:
        second.launch()
        code, line = one_line(second)
        assert daemon.process is not None
        assert line.endswith(f"in use by pid {daemon.process.pid}")
    assert code == 69
    assert daemon.post("the first is not disturbed") == 200


@pytest.mark.long
def test_a_damaged_store_is_65_and_one_line(daemon: Daemon) -> None:
    daemon.start()
    assert daemon.end()[0] == 0
    (daemon.data / "data.mdb").write_bytes(b"not a store")
    daemon.launch()
    code, line = one_line(daemon)
    assert code == 65
    assert "store" in line
