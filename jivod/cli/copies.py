"""Copies: the stores of earlier days in the state directory, as a rebuild, a migration or a restore left them."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from jivod.cli import swap
from jivod.cli.renewal import NEW, OLD
from jivod.config.settings import Settings
from jivod.store import erased, place
from jivod.store.lmdb import LmdbEngine

_NAMES = (NEW, OLD, "data.schema-*", "before-restore-*")


def found(state_dir: Path) -> list[Path]:
    """All there are, in order."""
    return sorted(path for name in _NAMES for path in state_dir.glob(name))


def remove_holding(settings: Settings, id: str, keep: Path | None = None) -> None:
    """Remove all that may hold whoever had this id, who was erased: those that do not know of that, but for `keep`."""
    for path in found(settings.state_dir):
        if path != keep and not _is_gone_from(path, settings.map_size, id):
            shutil.rmtree(path)
    swap.flush(settings.state_dir)


def _is_gone_from(path: Path, map_size: int, id: str) -> bool:
    return all(_knows(file.parent, map_size, id) for file in path.rglob(place.DATA))


def _knows(path: Path, map_size: int, id: str) -> bool:
    try:
        with closing(LmdbEngine(path, map_size)) as engine:
            return engine.read(lambda txn: erased.by(txn, id)) is not None
    except Exception:  # whatever it is, it is no store that knows
        return False
