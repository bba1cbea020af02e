"""Hypothesis profiles, chosen by HYPOTHESIS_PROFILE: `fast` repeats itself, `ci` and `big` look further each time.

Where tests run side by side, those that start the daemon are one worker's: they measure it, and each takes its ports.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

QUIET = (HealthCheck.too_slow,)

settings.register_profile("fast", max_examples=15, deadline=None, derandomize=True, suppress_health_check=QUIET)
settings.register_profile("ci", max_examples=300, deadline=None, print_blob=True, suppress_health_check=QUIET)
settings.register_profile("big", max_examples=2000, deadline=None, print_blob=True, suppress_health_check=QUIET)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))

WITH_A_DAEMON = frozenset({"hold", "smoke"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name in WITH_A_DAEMON:
            item.add_marker(pytest.mark.xdist_group("daemon"))
