"""The same for the whole daemon: 503 to whom it cannot promise, exit code 75, and all that it answered 200 is there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from jivod.service.exit import RESTART
from tests.faults import shim, sweep_daemon
from tests.faults.shim import META, SYNC, WRITE, Fault
from tests.faults.sweep import COURSES, PROFILE, Course
from tests.faults.sweep_daemon import Suffered
from tests.hold.logged import LoggedDaemon
from tests.smoke.daemon import running

EVENTS = 30 if PROFILE == "big" else 3
CALLS: dict[str, Iterable[int]] = {WRITE: (30,), META: (3,), SYNC: (6,)}  # the first event's; the store is made before
TAKEN = COURSES if PROFILE == "big" else COURSES[::3]
if PROFILE == "big":
    CALLS = {op: range(1, shim.FOR_EVER) for op in CALLS}


@pytest.mark.long
@pytest.mark.parametrize("course", TAKEN, ids=str)
def test_a_daemon_whose_disk_fails_promises_nothing_and_ends_and_lost_nothing(
    tmp_path: Path, course: Course, record_property: Callable[[str, object], None]
) -> None:
    def suffer(fault: Fault) -> Suffered:
        directory = tmp_path / "daemon"
        directory.mkdir()
        daemon = LoggedDaemon(directory)
        with running(daemon):
            outcome = sweep_daemon.suffer(daemon, fault, EVENTS)
        demand_good(daemon, outcome, f"{fault}")
        shutil.rmtree(directory)
        return outcome

    tries = [outcome for _, outcome in course.run(suffer, lambda outcome: outcome.hits > 0, CALLS[course.op])]
    injections = sum(outcome.hits > 0 for outcome in tries)
    if PROFILE == "big":
        assert len(tries[-1].acked) == EVENTS, "the last pass was not clean"
    record_property("injections", injections)
    print(f"{course}: {injections} injections into a daemon, each good")
    assert injections > 0


def demand_good(daemon: LoggedDaemon, outcome: Suffered, told: str) -> None:
    """What must hold of any run."""
    assert "Traceback" not in outcome.log, told
    assert outcome.statuses <= {200, 503}, told
    if outcome.hits:
        assert (outcome.code, len(outcome.sentences)) == (RESTART, 1), told
    else:
        assert (outcome.code, outcome.statuses) == (0, {200}), told
    kept = daemon.stored() if (daemon.data / "data.mdb").exists() else []
    assert len(kept) == len(set(kept)) and set(outcome.acked) <= set(kept), told
