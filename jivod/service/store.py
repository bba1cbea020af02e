"""Store: the service that owns the engine: one daemon per state directory, opened at start, closed at the very end."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Callable

from twisted.application.service import Service

from jivod.config.settings import Settings
from jivod.store.kv import Engine
from jivod.store.lmdb import open_engine
from jivod.store.lock import Lock, hold


class StoreService(Service):
    """Opens the store of `settings` in startService, never before: twistd may fork between loading and starting."""

    def __init__(self, settings: Settings, open: Callable[..., Engine] = open_engine) -> None:
        self._settings, self._open_engine = settings, open
        self._lock: Lock | None = None
        self._engine: Engine | None = None

    def startService(self) -> None:
        """Take the lock and open the engine. Raises Refused, Damaged, StoreFull, StoreFailed."""
        self._lock = hold(self._settings.state_dir, follows=True)
        try:
            self._engine = self._open_engine(self._settings.data_dir, self._settings.map_size, reads_ahead=False)
        except BaseException:
            self._release()
            raise
        super().startService()

    def stopService(self) -> None:
        """Close the engine: nobody may be using it any more."""
        super().stopService()
        if self._engine is not None:
            self._engine.close()
            self._engine = None
        self._release()

    def engine(self) -> Engine:
        """The engine; only while the service runs."""
        if self._engine is None:
            raise RuntimeError("the store is not open")
        return self._engine

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None
