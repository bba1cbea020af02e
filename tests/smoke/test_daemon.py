"""The daemon as it is run: it starts, answers, stops, is killed, starts again; and when it cannot, it says so."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tests.smoke.daemon import SECRET, Daemon, Load, running


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
    daemon.start()
    assert daemon.post("first") == 200  # a reader's thread has come, for /readyz
    process, everywhere = daemon.process, os.sched_getaffinity(0)
    assert process is not None
    time.sleep(0.2)  # a thread is where its parent is until it moves
    places = {int(task): os.sched_getaffinity(int(task)) for task in os.listdir(f"/proc/{process.pid}/task")}
    held = places[process.pid]
    assert len(held) == 1 and len(places) > 2
    if len(everywhere) > 1:
        assert sorted(map(len, places.values())) == [1, 1] + [len(everywhere)] * (len(places) - 2)
        assert [place for place in places.values() if len(place) == 1] == [held, held]


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
