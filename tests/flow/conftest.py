"""Laws over whole streams of events and decisions cost some 100 ms an example: fewer of them, each of many steps."""

from __future__ import annotations

import os

import pytest
from hypothesis import is_hypothesis_test, settings

EXAMPLES = {"fast": 6, "ci": 25, "big": 1000}[os.environ.get("HYPOTHESIS_PROFILE", "fast")]
OF_STREAMS = frozenset(
    {
        "test_policy_laws",
        "test_steward",
        "test_undo",
        "test_foresight",
        "test_whatif",
        "test_cases",
        "test_erase",
        "test_transfer",
        "test_whole",
        "test_listing",
        "test_backup",
        "test_timeline",
        "test_portrait",
        "test_retract",
        "test_comparison",
        "test_following",
    }
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        test = getattr(item, "obj", None)
        if item.path.stem in OF_STREAMS and is_hypothesis_test(test):
            settings(max_examples=EXAMPLES)(test)
