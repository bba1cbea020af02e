"""Start: from `twistd` to the first 200."""

from __future__ import annotations

import time

from tests.hold.logged import LoggedDaemon
from tests.hold.process import waited

POLL = 0.003
PATIENCE = 10.0


def time_to_first_200(daemon: LoggedDaemon, chat: str) -> tuple[float, float]:
    """Seconds, and how many of them it stood in line for a processor that others had."""
    begun = time.monotonic()
    process = daemon.launch()
    while time.monotonic() - begun < PATIENCE:
        try:
            assert daemon.post(chat) == 200
            return time.monotonic() - begun, waited(process.pid)
        except ConnectionError:
            assert process.poll() is None, daemon.text()
            time.sleep(POLL)
    raise AssertionError("the daemon does not answer")
