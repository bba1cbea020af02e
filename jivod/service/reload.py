"""Reload: takes the policy into use at the start, and again whenever somebody asks. The rest of the configuration is
read at the start alone.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from twisted.application.service import Service
from twisted.internet.defer import Deferred, ensureDeferred, succeed
from twisted.logger import Logger

from jivod.model.errors import BadConfig, JivodError
from jivod.service.policy import Policy, read
from jivod.web.hook import Writer
from jivod.web.rulebook import Rulebook

TAKEN = "policy taken into use"
TAKEN_AGAIN = "policy taken into use; what else has changed in the configuration waits for a restart"
REFUSED = "policy refused, the one in force stays"
NOT_TAKEN = "policy not taken into use, the one in force stays; ask again"
NO_FILE = "no policy file is configured, so nothing was read again"

_log = Logger(namespace="jivod.service")


class Supervisor(Protocol):
    """Who wants to know that a reload is under way (`jivod.service.notify.Notify`)."""

    def reloading(self) -> None:
        """It begins."""

    def reloaded(self) -> None:
        """It is over, however it ended."""


class Reload(Service):
    """Behind the writer and before the listeners, so that no event comes before the policy.

    `path` None: there is no file, the built-in policy decides. `first` is what was read there before the start.
    `in_thread` runs a function off the reactor: playing the cases of a file may take its time.
    """

    def __init__(
        self,
        path: Path | None,
        first: Policy,
        rulebook: Rulebook,
        writer: Writer,
        in_thread: Callable[[Callable[[], Policy]], Awaitable[Policy]],
        supervisor: Supervisor,
    ) -> None:
        self._path, self._first = path, first
        self._rulebook, self._writer = rulebook, writer
        self._in_thread, self._supervisor = in_thread, supervisor
        self._is_asked = False
        self._is_busy = True  # until the first policy is in force
        self._rounds = succeed(None)

    def startService(self) -> Deferred[None]:
        """Fires when the first policy is in force. Fails as the writer does."""
        super().startService()
        return ensureDeferred(self._start())

    def stopService(self) -> Deferred[None]:
        """Fires when a round that is under way has ended."""
        super().stopService()
        return self._rounds

    def again(self) -> None:
        """Read the file again; if that is being done, once more behind it: the file may have changed since."""
        self._is_asked = True
        if self.running and not self._is_busy:
            self._rounds = ensureDeferred(self._work())

    async def _start(self) -> None:
        changed = await self._take(self._first)
        if changed or self._path:
            self._tell(TAKEN, self._first, changed)
        self._is_busy = False
        if self._is_asked:
            self.again()

    async def _work(self) -> None:
        self._is_busy = True
        while self._is_asked and self.running:
            self._is_asked = False
            self._supervisor.reloading()
            await self._round()
            self._supervisor.reloaded()
        self._is_busy = False

    async def _round(self) -> None:
        if self._path is None:
            _log.info(NO_FILE)
            return
        try:
            policy = await self._in_thread(lambda: read(self._path))
            if self.running:
                self._tell(TAKEN_AGAIN, policy, await self._take(policy))
        except BadConfig as error:
            for line in str(error).splitlines():
                _log.error(REFUSED, reason=line)
        except JivodError as error:
            _log.error(NOT_TAKEN, reason=str(error))
        except Exception:
            _log.failure(NOT_TAKEN)

    async def _take(self, policy: Policy) -> bool:
        return await self._rulebook.change(policy.text, lambda job: self._writer.submit(job, len(policy.text)))

    def _tell(self, message: str, policy: Policy, changed: bool) -> None:
        file = str(self._path or "built-in")
        _log.info(message, file=file, changed=changed, differs=policy.differs, warnings=policy.warnings)
