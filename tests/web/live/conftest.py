"""Fixtures: an audience."""

from __future__ import annotations

import pytest

from tests.web.live.audience import Audience


@pytest.fixture
def audience() -> Audience:
    return Audience()
