"""All other kinds of fault: 200 only if it is on disk, else 503; then it recovers by itself, or ends and says why."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.conftest import Stage
from tests.faults.deaths import DEATHS
from tests.faults.nemesis import Nemesis
from tests.faults.rounds import play_all
from tests.faults.scale import INJECTIONS
from tests.faults.trials import TRIALS


@pytest.mark.long
@pytest.mark.parametrize("nemesis", [*DEATHS, *TRIALS], ids=lambda nemesis: str(nemesis.name))
def test_nothing_is_lost_and_nothing_promised_in_vain(
    stage: Stage, nemesis: Nemesis, record_property: Callable[[str, object], None]
) -> None:
    told = play_all(stage(nemesis), nemesis, INJECTIONS)
    record_property("kept", told)
    print(told)
