"""The power is cut under load, again and again: what was answered 200 was on the disk."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.conftest import Stage
from tests.faults.deaths import CUT_EXT4, CUT_XFS
from tests.faults.nemesis import Nemesis
from tests.faults.rounds import play_all
from tests.faults.scale import CUTS


@pytest.mark.long
@pytest.mark.parametrize("cut", [CUT_EXT4, CUT_XFS], ids=lambda cut: str(cut.name))
def test_every_answered_event_survives_a_power_cut(
    stage: Stage, cut: Nemesis, record_property: Callable[[str, object], None]
) -> None:
    told = play_all(stage(cut), cut, CUTS)
    record_property("kept", told)
    print(told)
