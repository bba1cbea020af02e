"""Any call to the disk may fail, once or from then on: nothing acknowledged is lost, nothing is there by halves, and
the error says to whoever runs jivod what its page of errors says.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from attrs import frozen

from jivod.model.errors import StoreFailed
from tests.faults.images_judge import GOOD, HOME, Judge
from tests.faults.images_story import pages, story
from tests.faults.shim import Fault
from tests.faults.sweep import COURSES, PROFILE, Course, victim
from tests.faults.sweep_victim import Outcome

SEED = 3
GROUPS = {"fast": 2, "ci": 4, "big": 30}[PROFILE]
STEP = {"fast": 15, "ci": 1, "big": 1}[PROFILE]
TAKEN = COURSES[:1] if PROFILE == "fast" else COURSES


@frozen
class Bench:
    """Where stores suffer, and what judges them afterwards."""

    place: Path
    suffer: Callable[[Fault, Path], Outcome]
    judge: Judge


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    place = tmp_path_factory.mktemp("sweep") / "state"
    groups = story(SEED, GROUPS)
    with victim(place, SEED, GROUPS) as suffer, Judge(place, groups, pages(groups)) as judge:
        yield Bench(place, suffer, judge)


@pytest.mark.parametrize("course", TAKEN, ids=str)
def test_after_a_call_failed_all_that_was_acknowledged_is_there(
    bench: Bench, course: Course, record_property: Callable[[str, object], None]
) -> None:
    broken: list[tuple[Fault, str]] = []

    def suffer(fault: Fault) -> Outcome:
        shutil.rmtree(bench.place, ignore_errors=True)
        bench.place.mkdir(mode=0o700)
        outcome = bench.suffer(fault, bench.place / HOME)
        broken.extend((fault, what) for what in _wrong(bench, outcome))
        return outcome

    tries = list(course.run(suffer, lambda outcome: outcome.hits > 0, count(1, STEP)))
    assert tries[-1][1] == Outcome(acked=GROUPS, begun=GROUPS), "the last pass was not clean"
    assert broken == []
    record_property("injections", len(tries) - 1)
    print(f"{course}: {len(tries) - 1} injections, each good, then a clean pass")


def _wrong(bench: Bench, outcome: Outcome) -> Iterator[str]:
    if outcome.hits and outcome.error != StoreFailed.__name__:
        yield f"it was told as {outcome.error or 'nothing'}"
    if outcome.hits and outcome.acked >= 0 and outcome.again != StoreFailed.__name__:
        yield f"after a failure the engine took another write: {outcome.again}"
    verdict = bench.judge.of_place(outcome.acked, outcome.begun, closely=True)
    if verdict != GOOD:
        yield verdict
