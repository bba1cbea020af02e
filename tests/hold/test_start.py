"""From `twistd` to the first 200, and what the daemon weighs while nothing happens."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest

from tests.hold.logged import LoggedDaemon
from tests.hold.process import memory
from tests.hold.scale import STARTS
from tests.hold.start import time_to_first_200

START = 1.0  # seconds
IDLE = 100 * 10**6  # bytes


@pytest.mark.long
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
