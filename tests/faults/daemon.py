"""Daemon: that of the other tests, on a ground that may give way; and a look at all that is in its store."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, cast

import orjson
from attrs import define, frozen

from jivod.flow import query
from jivod.model.entry import EVENT
from jivod.policy.rules import DEFAULT
from jivod.store import journal
from jivod.store.check import check
from jivod.store.kv import Txn
from jivod.store.lmdb import open_engine
from tests.faults import nest
from tests.hold.logged import LoggedDaemon
from tests.smoke.daemon import MAP_SIZE, ROOT

SOME = 20  # findings are enough to say that there are
VERB_TIME = 120.0
_PAGE = 10_000


@frozen(kw_only=True)
class Seen:
    """What a store holds: the chat of each journal entry; those of `look` that no index finds; what `check` says."""

    there: tuple[str, ...]
    unfound: tuple[str, ...]
    faults: tuple[str, ...]


@define(eq=False)
class StruckDaemon(LoggedDaemon):
    """`ground` holds its state; `forked` from the nest it starts sooner."""

    ground: Path | None = None
    map_size: int = MAP_SIZE
    forked: bool = False

    def configure(self, more: str = "") -> None:
        super().configure(more)
        text = self.config.read_text().replace(f"{MAP_SIZE}", f"{self.map_size}")
        self.config.write_text(text.replace(f"{self.directory / 'state'}", f"{self.state}"))

    @property
    def state(self) -> Path:
        return (self.ground or self.directory) / "state"

    @property
    def data(self) -> Path:
        return self.state / "data"

    def launch(self) -> subprocess.Popen[str]:
        if not self.forked:
            return super().launch()
        environ = {"PATH": os.environ["PATH"], "JIVOD_CONFIG": str(self.config), "JOURNAL_STREAM": "8:1"}
        command = ["--nodaemon", "--pidfile=", "-y", str(ROOT / "jivod.tac")]
        fledgling = nest.fork(command, self.directory, {**environ, **self.environ}, self.log)
        self.process = cast("subprocess.Popen[str]", fledgling)
        return self.process

    def look(self, recent: Sequence[str] = ()) -> Seen:
        """All that is there, beside the running daemon or without one."""
        engine = open_engine(self.data, self.map_size)
        try:
            return engine.read(lambda txn: _look(txn, recent))
        finally:
            engine.close()

    def call(self, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
        """A verb of the command line, to its end."""
        return subprocess.run(self._command(arguments), capture_output=True, text=True, timeout=VERB_TIME, **more,
                              cwd=ROOT, env=self._environ(), check=False)  # fmt: skip

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A verb of the command line that goes on beside us."""
        return subprocess.Popen(self._command(arguments), cwd=ROOT, env=self._environ(),
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip

    def verify(self) -> None:
        """What an operator would ask: `jivod check`, and that everything made anew from the journal is the same."""
        for verb in (("check",), ("rebuild", "--verify")):
            done = self.call(*verb)
            assert done.returncode == 0, (verb, done.stdout, done.stderr)

    def tracebacks(self) -> list[str]:
        """Lines of the log that tell of one."""
        return [line for line in self.text().splitlines() if "Traceback" in line or "Unhandled" in line]

    def gone(self) -> int | None:
        """The exit code, if it has ended."""
        return None if self.process is None else self.process.poll()

    def kill(self) -> int:
        return self.stop(signal.SIGKILL)

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "jivod", "--config", str(self.config), *arguments]

    @staticmethod
    def _environ() -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(ROOT)}


def _look(txn: Txn, recent: Sequence[str]) -> Seen:
    chats, done = [], 0
    while page := journal.after(txn, done, _PAGE):
        chats += [orjson.loads(entry.body)["chat_id"] for entry in page if entry.kind == EVENT]
        done = page[-1].seq
    unfound = tuple(chat for chat in recent if len(query.find(txn, f"visitor-{chat}@example.com", DEFAULT)) != 1)
    return Seen(there=tuple(chats), unfound=unfound, faults=tuple(str(fault) for fault in islice(check(txn), SOME)))
