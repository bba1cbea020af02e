"""Sweep of the whole daemon: one that starts on an empty directory, makes its store and takes events while calls fail.

What it answered is remembered; the store is looked at when it has ended.
"""

from __future__ import annotations

import http.client
import time

from attrs import define, field

from tests.faults import shim
from tests.faults.shim import Fault
from tests.hold.logged import LoggedDaemon

POLL = 0.01
PATIENCE = 60.0  # seconds for a start or an end; nothing is measured here


@define(eq=False)
class Suffered:
    """What came of a run: `hits` calls failed; `acked` were answered 200, `statuses` are all that came; the exit code,
    and all that was written.
    """

    hits: int
    acked: list[str] = field(factory=list)
    statuses: set[int] = field(factory=set)
    code: int = 0
    log: str = ""

    @property
    def sentences(self) -> list[str]:
        """What it told the person at the terminal of its end."""
        return [line for line in self.log.splitlines() if line.startswith("jivod: ")]


def suffer(daemon: LoggedDaemon, fault: Fault, events: int) -> Suffered:
    """Start, post so many events as long as there is somebody to take them, and wait for the end."""
    hits = daemon.directory / "hits"
    hits.unlink(missing_ok=True)
    plain = daemon.environ
    daemon.environ = {**plain, **shim.environ(daemon.directory / "state", fault=fault, hits=hits)}
    daemon.log.unlink(missing_ok=True)
    outcome = Suffered(hits=0)
    daemon.launch()
    if _is_ready(daemon):
        _post(daemon, outcome, events)
    daemon.environ = plain
    outcome.hits = hits.stat().st_size
    outcome.code = end(daemon, asked=not outcome.hits)
    outcome.log = daemon.text()
    return outcome


def end(daemon: LoggedDaemon, *, asked: bool = False) -> int:
    """Wait for the end, which is `asked` for or comes by itself; the exit code."""
    assert daemon.process is not None
    if asked:
        daemon.process.terminate()
    return daemon.process.wait(PATIENCE)


def _is_ready(daemon: LoggedDaemon) -> bool:
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        assert daemon.process is not None
        try:
            if daemon.ask("GET", "/readyz", port=daemon.admin_port)[0] == 200:
                return True
        except OSError:
            if daemon.process.poll() is not None:
                return False
            time.sleep(POLL)
    raise AssertionError("the daemon neither answers nor ends")


def _post(daemon: LoggedDaemon, outcome: Suffered, events: int) -> None:
    for number in range(events):
        try:
            status = daemon.post(f"chat-{number}")
        except (OSError, http.client.HTTPException):
            return  # it has ended
        outcome.statuses.add(status)
        if status == 200:
            outcome.acked.append(f"chat-{number}")
