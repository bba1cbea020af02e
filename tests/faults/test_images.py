"""Whatever a power cut leaves of a store, it opens by itself, with all that was acknowledged and nothing by halves."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count, islice
from random import Random

import pytest
from attrs import frozen

from tests.faults import shim
from tests.faults.images import Crash, crashes
from tests.faults.images_judge import GOOD, HOME, Judge
from tests.faults.images_scale import SCALE
from tests.faults.images_story import pages, story
from tests.smoke.daemon import ROOT

WRITING = 120.0  # seconds, on a busy machine
AT_EACH = 1  # state amid each call, to a turn


@frozen
class Told:
    """A story that was written beneath the shim, and who judges what a crash would have left of it."""

    seed: int
    records: Sequence[shim.Record]
    judge: Judge


@pytest.fixture(scope="module", params=range(1, SCALE.stories + 1))
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    seed, directory = request.param, tmp_path_factory.mktemp("images")
    state, trace = directory / "written", directory / "trace"
    subprocess.run(
        [sys.executable, "-m", "tests.faults.images_writer", state / HOME, str(seed), str(SCALE.groups)],
        cwd=ROOT, env={**os.environ, **shim.environ(state, trace=trace)}, check=True, timeout=WRITING,
    )  # fmt: skip
    groups = story(seed, SCALE.groups)
    with Judge(directory / "crashed", groups, pages(groups)) as judge:
        yield Told(seed, list(shim.records(trace)), judge)


def states(told: Told, size: int, forgets: str = "") -> Iterator[Crash]:
    """That many or a few more, spread evenly over the calls of the trace."""
    seen: set[int] = set()
    for turn in count():
        if len(seen) >= size:
            return
        yield from crashes(told.records, Random(f"{told.seed} {turn}"), AT_EACH, seen, forgets=forgets)


def test_every_state_that_a_power_cut_leaves_is_a_whole_store(
    told: Told, record_property: Callable[[str, object], None]
) -> None:
    begun, verdicts, acked, closely = time.monotonic(), Counter[str](), 0, 0
    for number, crash in enumerate(states(told, SCALE.states)):
        is_close = number % SCALE.closely == 0
        verdicts[told.judge.of_crash(crash, closely=is_close)] += 1
        acked, closely = acked + (crash.acked > 0), closely + is_close
    seconds = time.monotonic() - begun
    record_property("states", verdicts.total())
    print(f"story {told.seed}: {verdicts.total()} states of {len(told.records)} records, {acked} after an event was "
          f"acknowledged, {closely} looked at closely, {verdicts[GOOD]} good, {seconds:.0f} s")  # fmt: skip
    assert set(verdicts) == {GOOD}, verdicts.most_common(5)
    assert acked > verdicts.total() / 2


@pytest.mark.long
@pytest.mark.parametrize(("forgotten", "least"), [("S", 0.8), ("F", 0.3)])
@pytest.mark.parametrize("told", [1], indirect=True)
def test_where_flushes_did_nothing_most_states_would_be_bad(told: Told, forgotten: str, least: float) -> None:
    """The negative control: the judge must see what a flush is for."""
    crashed = islice(states(told, 1, forgotten), 0, None, SCALE.control_step)
    verdicts = Counter(told.judge.of_crash(crash, closely=False) for crash in crashed if crash.acked > 0)
    bad = verdicts.total() - verdicts[GOOD]
    print(f"story {told.seed} without {forgotten}: {bad} of {verdicts.total()} states are bad")
    assert bad > least * verdicts.total() > 0, verdicts
