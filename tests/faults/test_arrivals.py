"""Load as it comes: evenly, in a burst, on a slow disk, with a clock that is set: all are answered, and soon.

How soon is only demanded where nobody else has the processor: what is measured beside others is theirs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.faults.arrivals import Arrivals
from tests.faults.daemon import StruckDaemon
from tests.faults.scale import BIG, LOAD_SECONDS
from tests.faults.skew import Skew
from tests.smoke.daemon import running

pytestmark = pytest.mark.long

AT_ONCE = 60
RESTARTED = 1.0  # seconds from a kill to the first answer
Told = Callable[[str, object], None]


@pytest.fixture
def skew(library: Path, tmp_path: Path) -> Skew:
    return Skew(library, tmp_path / "skew")


@pytest.fixture
def daemon(skew: Skew, tmp_path: Path) -> Iterator[StruckDaemon]:
    with running(StruckDaemon(tmp_path, environ=skew.environ, map_size=1 << 32)) as made:
        assert isinstance(made, StruckDaemon)
        made.start()
        yield made
        assert made.stop() == 0
        assert made.tracebacks() == []


def is_ours() -> bool:
    """Whether nobody else uses the machine much."""
    return os.getloadavg()[0] < 1.5 * (os.cpu_count() or 1)


def demand(arrivals: Arrivals, daemon: StruckDaemon, part: float, seconds: float, told: Told) -> None:
    """All answered 200, all there; and this part of them in so many seconds, if the machine is ours."""
    print(arrivals)
    told(arrivals.name, str(arrivals))
    assert arrivals.failed == [] and arrivals.books.wrong == [] and arrivals.books.refused == []
    balance = arrivals.books.close(daemon.look().there)
    assert balance.even, balance
    if is_ours():
        assert arrivals.quantile(part) <= seconds, arrivals


def test_an_even_load(daemon: StruckDaemon, record_property: Told) -> None:
    rate = 200 if BIG else 100
    arrivals = Arrivals("even", daemon.port, rate)
    arrivals.run(rate * LOAD_SECONDS)
    demand(arrivals, daemon, 0.99, 0.1, record_property)


def test_a_burst(daemon: StruckDaemon, record_property: Told) -> None:
    rate, seconds = (1000, 10) if BIG else (500, 5)
    arrivals = Arrivals("burst", daemon.port, rate)
    arrivals.run(rate * seconds)
    demand(arrivals, daemon, 0.5, float(seconds), record_property)


def test_many_at_once_on_a_slow_disk(daemon: StruckDaemon, skew: Skew, record_property: Told) -> None:
    skew.set(flush=0.1)
    arrivals = Arrivals("slow", daemon.port, 1e6)
    arrivals.run(AT_ONCE)
    skew.set()
    demand(arrivals, daemon, 1.0, 1.0, record_property)


@pytest.mark.parametrize("step", [-3600.0, 86400.0], ids=["back an hour", "forward a day"])
def test_a_clock_that_is_set_changes_no_answer(
    daemon: StruckDaemon, skew: Skew, record_property: Told, step: float
) -> None:
    for name, wall in (("before", 0.0), ("after", step)):
        skew.set(wall=wall)
        arrivals = Arrivals(f"{name} {step:g}".replace(" ", ""), daemon.port, 100)
        arrivals.run(200)
        print(arrivals)
        record_property(name, str(arrivals))
        assert arrivals.failed == [] and len(arrivals.books.acked) == 200


def test_a_restart_after_a_kill(daemon: StruckDaemon, record_property: Told) -> None:
    times = []
    for turn in range(3):
        assert daemon.post(f"before-{turn}") == 200
        daemon.kill()
        times.append(daemon.start())
    told = f"ready after a kill in {median(times):.2f} s, load {os.getloadavg()[0]:.1f}"
    record_property("restart", told)
    print(told)
    assert sorted(daemon.look().there) == [f"before-{turn}" for turn in range(3)]
    if is_ours():
        assert median(times) <= RESTARTED
