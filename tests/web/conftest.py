"""Every test of this room fails if an exception was logged that it did not expect."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from twisted.logger import LogEvent, globalLogPublisher

from tests.web.shop import Shop, open_shop


@pytest.fixture(autouse=True)
def failures() -> Iterator[list[LogEvent]]:
    seen: list[LogEvent] = []

    def observe(event: LogEvent) -> None:
        if "log_failure" in event or event.get("isError"):
            seen.append(event)

    globalLogPublisher.addObserver(observe)
    yield seen
    globalLogPublisher.removeObserver(observe)
    assert not seen, seen


@pytest.fixture
def shop() -> Shop:
    return open_shop()
