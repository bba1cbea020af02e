"""The store is made anew beneath a daemon at work: no webhook fails, none is lost, whoever dies, whenever."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from jivod.model.entry import EVENT
from jivod.store import journal
from jivod.store.check import check
from jivod.store.lmdb import open_engine
from tests.hold.renewer import STEPS
from tests.smoke.daemon import MAP_SIZE, ROOT, STARTED, Daemon, Load, running
from tests.smoke.test_api_import import ask, jivod, over

PERSON = b"visitor-0-1@example.com"
SMALL = 200  # events before it begins


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    with running(Daemon(tmp_path)) as made:
        made.start()
        yield made


@pytest.fixture
def load(daemon: Daemon) -> Iterator[Load]:
    made = Load(daemon)
    made.begin(2)
    made.wait_for(SMALL)
    yield made
    made.end()


def renewer(daemon: Daemon, step: str, sign: str, *verb: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.hold.renewer", step, sign, "--config", str(daemon.config), *verb]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def chats(daemon: Daemon) -> list[str]:
    """Those in the journal; the daemon is not running."""
    engine = open_engine(daemon.data, MAP_SIZE)
    try:
        assert list(engine.read(lambda txn: list(check(txn)))) == []
        entries = engine.read(lambda txn: journal.after(txn, 0, 1_000_000))
    finally:
        engine.close()
    return [orjson.loads(entry.body)["chat_id"] for entry in entries if entry.kind == EVENT]


def demand_all(daemon: Daemon, load: Load, but: frozenset[str] = frozenset()) -> None:
    """Every event that was answered is there, once."""
    load.end()
    if daemon.process is not None and daemon.process.poll() is None:
        assert daemon.end()[0] == 0
    there = chats(daemon)
    assert len(there) == len(set(there))
    assert set(load.acked) - set(there) <= but


def holding(daemon: Daemon, words: bytes) -> list[str]:
    """The files of the state directory, and those that the daemon has open, in which these words stand."""
    assert daemon.process is not None
    named = [path for path in (daemon.directory / "state").rglob("*") if path.is_file()]
    opened = [path for path in Path(f"/proc/{daemon.process.pid}/map_files").iterdir()]
    return [str(path) for path in (*named, *opened) if words in bytes_of(path)]


def bytes_of(path: Path) -> bytes:
    """What is in a file that the daemon may take away at any moment."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


@pytest.mark.long
def test_no_webhook_fails_while_the_store_is_made_anew(daemon: Daemon, load: Load) -> None:
    for _ in range(2):
        assert "journal entries folded" in jivod(daemon, "rebuild")
    assert load.statuses == {200}
    demand_all(daemon, load)


@pytest.mark.long
def test_a_person_is_erased_by_the_api_beneath_the_daemon(daemon: Daemon, load: Load) -> None:
    token = jivod(daemon, "token", "add", "office", "--scope", "admin").strip().splitlines()[-1]
    assert holding(daemon, PERSON) != []
    _, found = ask(daemon, token, "GET", f"/customers?email={PERSON.decode()}")
    id = found["items"][0]["id"]
    body = orjson.dumps({"reason": "asked by letter 17"})
    status, asked = ask(daemon, token, "POST", f"/customers/{id}/erase", body, Content_Type="application/json")
    assert status == 202, asked
    shown = over(daemon, token, f"/erasures/{asked['id']}")
    assert (shown["state"], shown["records"], shown["entries"]) == ("done", 1, 1), shown
    assert holding(daemon, PERSON) == []
    assert ask(daemon, token, "GET", f"/customers/{id}")[0] == 404
    assert load.statuses == {200}
    demand_all(daemon, load, frozenset(["0-1"]))


@pytest.mark.long
def test_whenever_the_renewal_is_killed_the_daemon_goes_on(daemon: Daemon, load: Load) -> None:
    for step in STEPS:
        assert renewer(daemon, step, "SIGKILL", "rebuild").wait(60) == -signal.SIGKILL
        assert daemon.post(f"after-{step}") == 200
    assert "journal entries folded" in jivod(daemon, "rebuild")
    assert load.statuses == {200}
    demand_all(daemon, load)
    assert {path.name for path in (daemon.directory / "state").iterdir() if path.is_dir()} == {
        "audit", "data", "data.before-rebuild",
    }  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("step", ["folded", "alone", "exchanged"])
def test_whenever_the_daemon_is_killed_the_next_one_goes_on(daemon: Daemon, load: Load, step: str) -> None:
    other = renewer(daemon, step, "SIGSTOP", "rebuild")
    wait_until_halted(other.pid)
    daemon.end(signal.SIGKILL)
    load.end()
    if step == "folded":  # the next one starts in the middle, and is gone on with
        daemon.start()
        assert daemon.post("between") == 200
        load.acked.append("between")
    other.send_signal(signal.SIGCONT)
    assert other.wait(60) == 0
    if step != "folded":
        daemon.start()
    assert daemon.post("after") == 200
    load.acked.append("after")
    demand_all(daemon, load)


def wait_until_halted(pid: int) -> None:
    limit = time.monotonic() + 6 * STARTED
    while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
        assert time.monotonic() < limit, "the renewal does not come so far"
        time.sleep(0.01)


@pytest.mark.long
def test_a_webhook_that_waits_too_long_is_told_so_and_is_not_lost(daemon: Daemon) -> None:
    assert daemon.post("before") == 200
    other = renewer(daemon, "alone", "SIGSTOP", "rebuild")
    wait_until_halted(other.pid)
    assert daemon.post("kept") == 503  # nothing was promised
    other.send_signal(signal.SIGCONT)
    assert other.wait(60) == 0
    assert daemon.post("kept") == 200
    assert daemon.end()[0] == 0
    assert chats(daemon) == ["before", "kept"]
