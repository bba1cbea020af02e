"""Killed under load, again and again: what was answered 200 is there, once, and the store opens by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.conftest import Stage
from tests.faults.deaths import KILL
from tests.faults.rounds import play_all
from tests.faults.scale import KILLS

CHAPTER = 15  # rounds on one store; then a new one, for what is looked at each time grows


@pytest.mark.parametrize("first", range(0, KILLS, CHAPTER))
def test_every_answered_event_is_there_once_after_each_kill(
    stage: Stage, first: int, record_property: Callable[[str, object], None]
) -> None:
    told = play_all(stage(KILL), KILL, min(CHAPTER, KILLS - first))
    record_property("kept", told)
    print(told)
