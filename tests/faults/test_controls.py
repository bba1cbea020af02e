"""Negative controls: a daemon that breaks its promise must be found out, or the other tests here prove nothing."""

from __future__ import annotations

import pytest

from tests.faults.conftest import Stage
from tests.faults.deaths import CUT_EXT4, CUT_XFS, KILL
from tests.faults.nemesis import Nemesis
from tests.faults.rounds import strike_once
from tests.faults.scale import CONTROL_ROUNDS


def demand_loss(stage: Stage, nemesis: Nemesis, treason: str) -> None:
    """Answered events are lost in one of a few rounds."""
    scene = stage(nemesis, treason)
    for _ in range(CONTROL_ROUNDS):
        strike_once(scene, nemesis)
        scene.daemon.kill()  # it may keep its lock for ever
        lost = scene.balance().lost
        if lost:
            print(f"{treason}, {nemesis.name}: {len(lost)} of {len(set(scene.books.acked))} answered events are lost")
            return
    raise AssertionError(f"{treason}: nothing was lost by {nemesis.name}; these tests would not find it")


@pytest.mark.long
class TestTraitors:
    def test_an_answer_before_the_commit_is_found_out_by_a_kill(self, stage: Stage) -> None:
        demand_loss(stage, KILL, "ack-first")

    @pytest.mark.parametrize("cut", [CUT_EXT4, CUT_XFS], ids=lambda cut: str(cut.name))
    def test_a_commit_without_a_flush_is_found_out_by_a_power_cut(self, stage: Stage, cut: Nemesis) -> None:
        demand_loss(stage, cut, "no-sync")

    def test_a_commit_without_a_flush_is_not_found_out_by_a_kill(self, stage: Stage) -> None:
        """Which is why there are power cuts."""
        with pytest.raises(AssertionError, match="nothing was lost"):
            demand_loss(stage, KILL, "no-sync")
