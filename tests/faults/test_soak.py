"""A soak of `JIVOD_SOAK_MINUTES` (60 with HYPOTHESIS_PROFILE=big): nothing grows but what it was told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.daemon import StruckDaemon
from tests.faults.scale import SOAK_MINUTES
from tests.faults.soak import Look, Soaked, soak
from tests.smoke.daemon import running

RATE = 50.0


def looks(own: int = 0, descriptors: int = 0, readers: int = 0, used: int = 0) -> list[Look]:
    """An hour, in minutes; each argument is what that grows by in the last half, a minute."""
    half = [max(0, n - 30) for n in range(60)]
    return [
        Look(at=60.0 * n, own=(50 << 20) + own * late, descriptors=20 + descriptors * late, readers=3 + readers * late,
             used=10_000 * n + used * late, acked=10 * n)
        for n, late in enumerate(half)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("growing", "told"),
    [({}, None), ({"own": 1 << 20}, "memory grows by 60"), ({"descriptors": 1}, "descriptors grow"),
     ({"readers": 1}, "readers grow"), ({"used": 5000}, "an event took 1000 bytes, then 1500"), ({"own": 100}, None)],
)  # fmt: skip
def test_what_grows_is_seen(growing: dict[str, int], told: str | None) -> None:
    faults = Soaked(looks=looks(**growing), wrong=()).faults()
    assert faults == [] if told is None else len(faults) == 1 and faults[0].startswith(told), faults


@pytest.mark.skipif(SOAK_MINUTES == 0, reason="a soak takes JIVOD_SOAK_MINUTES=5, or HYPOTHESIS_PROFILE=big")
def test_nothing_grows(tmp_path: Path) -> None:
    with running(StruckDaemon(tmp_path, map_size=1 << 34)) as daemon:
        assert isinstance(daemon, StruckDaemon)
        daemon.start()
        found = soak(daemon, SOAK_MINUTES, RATE, lambda look: None)
        print(found)
        assert found.faults() == []
        assert daemon.stop() == 0
        daemon.verify()
