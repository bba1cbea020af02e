"""The daemon of each test; whatever happens, no process is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hold.logged import LoggedDaemon
from tests.smoke.daemon import running


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[LoggedDaemon]:
    made = LoggedDaemon(tmp_path)
    with running(made):
        yield made
