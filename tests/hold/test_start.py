"""From `twistd` to the first 200, and what the daemon weighs while nothing happens."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from tests.hold.logged import LoggedDaemon
from tests.hold.process import memory, waited
from tests.hold.scale import STARTS

START = 1.0  # seconds
IDLE = 100 * 10**6  # bytes
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


def test_the_first_200_comes_within_a_second(
    daemon: LoggedDaemon, record_property: Callable[[str, object], None]
) -> None:
    times, lines = [], []
    for turn in range(STARTS):
        taken, in_line = time_to_first_200(daemon, f"start-{turn}")
        times.append(taken)
        lines.append(in_line)
        assert daemon.stop() == 0
    median, own = statistics.median(times), statistics.median(a - b for a, b in zip(times, lines, strict=True))
    record_property("seconds", round(median, 3))
    print(f"first 200 after {median:.3f} s (median of {STARTS}; {min(times):.3f} to {max(times):.3f}; "
          f"{own:.3f} without the wait for a processor)")  # fmt: skip
    assert own < START


def test_the_idle_daemon_stays_below_100_megabytes(
    daemon: LoggedDaemon, record_property: Callable[[str, object], None]
) -> None:
    daemon.start()
    fresh = memory(daemon.pid)
    assert daemon.post("first") == 200
    daemon.ask("GET", "/metrics", port=daemon.admin_port)  # loads its library
    time.sleep(0.5)
    idle = memory(daemon.pid)
    record_property("megabytes", round(idle / 1e6, 1))
    print(f"VmRSS {fresh / 1e6:.1f} MB when it is ready, {idle / 1e6:.1f} MB idle after an event and a scrape")
    assert idle < IDLE
