"""The service that owns the engine."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jivod.service.store import StoreService
from jivod.store.lmdb import LmdbEngine


def test_the_daemon_looks_up_single_keys_and_there_is_no_engine_before_or_after(tmp_path: Path) -> None:
    settings: Any = SimpleNamespace(state_dir=tmp_path, data_dir=tmp_path / "data", map_size=1 << 24)
    service = StoreService(settings)
    with pytest.raises(RuntimeError, match="not open"):
        service.engine()
    service.startService()
    engine = service.engine()
    assert isinstance(engine, LmdbEngine)
    flags = engine._house.env.flags()
    assert not flags["readahead"] and flags["sync"] and flags["metasync"]
    service.stopService()
    with pytest.raises(RuntimeError, match="not open"):
        service.engine()
