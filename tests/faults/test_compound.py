"""A fault on top of another one: still nothing is lost, and the store opens by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.compound import COMPOUNDS
from tests.faults.conftest import Stage
from tests.faults.nemesis import Nemesis
from tests.faults.rounds import play_all
from tests.faults.scale import COMPOUND


@pytest.mark.long
@pytest.mark.parametrize("nemesis", COMPOUNDS, ids=lambda nemesis: str(nemesis.name))
def test_nothing_is_lost_by_two_faults_at_once(
    stage: Stage, nemesis: Nemesis, record_property: Callable[[str, object], None]
) -> None:
    told = play_all(stage(nemesis), nemesis, COMPOUND // len(COMPOUNDS))
    record_property("kept", told)
    print(told)
