"""Logged: the daemon of the smoke tests with its output in files, so that nothing it writes can make it wait."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import orjson

from jivod.model.entry import Entry
from jivod.store import journal
from jivod.store.lmdb import open_engine
from tests.smoke.daemon import MAP_SIZE, ROOT, STOPPED, Daemon

CHECK_TIME = 30.0


class LoggedDaemon(Daemon):
    """As under systemd, where no secret is printed. What all its runs wrote is in `log`; its TMPDIR is `scratch`.

    It gets the file descriptors `handed`.
    """

    handed: tuple[int, ...] = ()

    greets = False

    @property
    def log(self) -> Path:
        return self.directory / "log"

    @property
    def scratch(self) -> Path:
        return self.directory / "scratch"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def launch(self) -> subprocess.Popen[str]:
        self.scratch.mkdir(exist_ok=True)
        environ = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
        environ |= {"PYTHONPATH": str(ROOT), "JIVOD_CONFIG": str(self.config), "JOURNAL_STREAM": "8:1"}
        environ |= {"TMPDIR": str(self.scratch), **self.environ}
        command = [*self.twistd, "--nodaemon", "--pidfile=", "-y", str(ROOT / "jivod.tac")]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                command, cwd=self.directory, env=environ, stdin=subprocess.DEVNULL, stdout=out, stderr=out, text=True,
                pass_fds=self.handed,
            )  # fmt: skip
        if self.file_limit is not None:
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (self.file_limit, self.file_limit))
        return self.process

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit code."""
        self.send(sign)
        return self.wait()

    def send(self, sign: signal.Signals) -> None:
        """One that has ended meanwhile does not hear it."""
        assert self.process is not None
        self.process.send_signal(sign)

    def wait(self) -> int:
        """Wait for an end that comes by itself; the exit code."""
        assert self.process is not None
        return self.process.wait(STOPPED)

    def text(self) -> str:
        """Everything written until now."""
        return self.log.read_bytes().decode(errors="backslashreplace") if self.log.exists() else ""

    def faults(self) -> list[object]:
        """What `jivod check` finds, beside the running daemon or without one."""
        command = [sys.executable, "-m", "jivod", "--config", str(self.config), "check", "--json"]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, timeout=CHECK_TIME, check=False)
        assert done.returncode in (0, 1), done.stderr
        found: list[object] = orjson.loads(done.stdout)["findings"]
        return found

    def journal(self) -> list[Entry]:
        """The whole journal, beside the running daemon or without one."""
        engine = open_engine(self.data, MAP_SIZE)
        try:
            entries: list[Entry] = []
            done = 0
            while page := engine.read(lambda txn, done=done: journal.after(txn, done, 10_000)):  # type: ignore[misc]
                entries += page
                done = page[-1].seq
            return entries
        finally:
            engine.close()

    def chats(self) -> list[str]:
        """The chat of every journal entry, in order."""
        return [orjson.loads(entry.body)["chat_id"] for entry in self.journal()]

    def metric(self, name: str) -> float:
        """One number of /metrics."""
        _, body = self.ask("GET", "/metrics", port=self.admin_port)
        (line,) = [line for line in body.decode().splitlines() if line.startswith(f"{name} ")]
        return float(line.split()[1])
