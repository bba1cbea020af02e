"""Daemon: the real twistd in a process of its own, with a state directory of its own."""

from __future__ import annotations

import http.client
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import orjson
from attrs import define, field

from jivod.model.entry import Entry
from jivod.store import journal
from jivod.store.check import check
from jivod.store.lmdb import open_engine
from tests.hold.ports import free_port
from tests.hold.silence import demand_silence

ROOT = Path(__file__).resolve().parents[2]
SECRET = "secret-of-the-smoke-test_0123456789"
STARTED = 10.0  # seconds, on a busy machine
STOPPED = 5.0
MAP_SIZE = 1 << 28
TWISTD = (sys.executable, "-c", "from twisted.scripts.twistd import run; run()")


@define(eq=False)
class Daemon:
    """`directory` holds the configuration and the state; ports stay the same over restarts.

    `file_limit`, if set, is the size in bytes beyond which no file of the process can grow: the disk fails there.
    `terminal`, if set, is a file descriptor: the daemon is run there, as a person would, and nothing of it is captured.
    """

    directory: Path
    environ: dict[str, str] = field(factory=dict)
    port: int = 0
    admin_port: int = 0
    process: subprocess.Popen[str] | None = None
    file_limit: int | None = None
    terminal: int | None = None
    twistd: tuple[str, ...] = TWISTD
    said: list[str] = field(factory=list)
    greets: ClassVar[bool] = True  # nobody keeps what it prints, so it prints the secret

    def __attrs_post_init__(self) -> None:
        self.port, self.admin_port = free_port(), free_port()
        self.configure()

    def configure(self, more: str = "") -> None:
        self.config.write_text(
            f"""
            state_dir = "{self.directory / "state"}"
            listen = "tcp:{self.port}:interface=127.0.0.1"
            admin_listen = "tcp:{self.admin_port}:interface=127.0.0.1"
            public_url = "https://crm.example.com"
            {more}
            [store]
            map_size = {MAP_SIZE}
            [[channel]]
            name = "shop"
            secret = "{SECRET}"
            """
        )
        self.config.chmod(0o600)

    @property
    def config(self) -> Path:
        return self.directory / "jivod.toml"

    @property
    def data(self) -> Path:
        return self.directory / "state" / "data"

    def launch(self) -> subprocess.Popen[str]:
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        if self.terminal is not None:
            streams = {"preexec_fn": partial(os.login_tty, self.terminal)}
        command = [*self.twistd, "--nodaemon", "--pidfile=", "-y", str(ROOT / "jivod.tac")]
        kept = {name: value for name, value in os.environ.items() if name not in ("JOURNAL_STREAM", "NOTIFY_SOCKET")}
        environ = {**kept, "PYTHONPATH": str(ROOT), "JIVOD_CONFIG": str(self.config), **self.environ}
        self.process = subprocess.Popen(command, cwd=self.directory, env=environ, text=True, **streams)
        if self.file_limit is not None:
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (self.file_limit, self.file_limit))
        return self.process

    def start(self) -> float:
        """Start and wait for the first answer; how long it took, in seconds."""
        begun = time.monotonic()
        process = self.launch()
        while time.monotonic() - begun < STARTED:
            try:
                if self.ask("GET", "/readyz", port=self.admin_port)[0] == 200:
                    return time.monotonic() - begun
            except OSError:
                assert process.poll() is None, process.communicate()
                time.sleep(0.02)
        raise AssertionError("the daemon does not answer")

    def end(self, sign: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Send a signal; the exit code, and what was written to stdout and stderr."""
        assert self.process is not None
        self.process.send_signal(sign)
        return self.finish()

    def finish(self) -> tuple[int, str, str]:
        """Wait for the end."""
        assert self.process is not None
        try:
            out, err = self.process.communicate(timeout=STOPPED)
            self.said += [out or "", err or ""]
        finally:
            self.process.kill()
            self.process.wait()
        return self.process.returncode, out, err

    def text(self) -> str:
        """Everything written by those runs that have ended."""
        return "".join(self.said)

    def ask(self, method: str, path: str, body: bytes | None = None, port: int = 0) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=5)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def post(self, chat: str) -> int:
        return self.ask("POST", f"/jivo/{SECRET}", event(chat))[0]

    def stored(self) -> list[str]:
        """The chats in the journal, in order. The daemon must not be running."""
        engine = open_engine(self.data, MAP_SIZE)
        try:
            assert list(engine.read(lambda txn: list(check(txn)))) == []
            entries: list[Entry] = engine.read(lambda txn: journal.after(txn, 0, 100_000))
        finally:
            engine.close()
        return [orjson.loads(entry.body)["chat_id"] for entry in entries]


@define(eq=False)
class Load:
    """Several clients that post as fast as they are answered; `acked` are the chats answered with 200."""

    daemon: Daemon
    acked: list[str] = field(factory=list)
    statuses: set[int] = field(factory=set)
    _stop: bool = False
    _threads: list[Thread] = field(factory=list)

    def begin(self, clients: int = 4) -> None:
        self._threads = [Thread(target=self._run, args=(str(n),), daemon=True) for n in range(clients)]
        for thread in self._threads:
            thread.start()

    def wait_for(self, acked: int) -> None:
        limit = time.monotonic() + STARTED
        while len(self.acked) < acked:
            assert time.monotonic() < limit, "the daemon answers too little"
            time.sleep(0.01)

    def end(self) -> None:
        self._stop = True
        for thread in self._threads:
            thread.join()

    def _run(self, name: str) -> None:
        count = 0
        while not self._stop:
            count += 1
            chat = f"{name}-{count}"
            try:
                status = self.daemon.post(chat)
            except (OSError, http.client.HTTPException):
                return  # the daemon is gone
            self.statuses.add(status)
            if status == 200:
                self.acked.append(chat)


def event(chat: str) -> bytes:
    visitor = {"name": "Visitor", "email": f"visitor-{chat}@example.com"}
    return orjson.dumps({"event_name": "chat_accepted", "chat_id": chat, "visitor": visitor})


@contextmanager
def running(daemon: Daemon) -> Iterator[Daemon]:
    """Whatever happens, no process is left behind; and nothing private was logged."""
    try:
        yield daemon
    finally:
        if daemon.process is not None and daemon.process.poll() is None:
            daemon.process.kill()
            daemon.finish()
    demand_silence(daemon.directory, daemon.text(), greets=daemon.greets)
