"""Http: one listener. It stops by accepting no more, finishing what is on its way, then closing."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from contextlib import suppress
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, TimeoutError, ensureDeferred, maybeDeferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.error import CannotListenError
from twisted.logger import Logger

from jivod.model.errors import BadConfig, Refused
from jivod.web import kernel
from jivod.web.prompt import Turn
from jivod.web.site import JivodSite

GRACE = 4.0  # seconds for requests in flight
_LAST = 0.5  # seconds more for connections that were cut

_HANDED = "systemd:"
_NO_ENDPOINT = "is no endpoint; write it like tcp:8080:interface=127.0.0.1 or systemd:domain=INET:index=0"
_NOT_HANDED = (
    "is a port that systemd did not hand over: is its socket unit started (systemctl status jivod.socket), and has it"
    " so many ListenStream= lines? If not: systemctl stop jivod; systemctl start jivod.socket jivod"
)

_log = Logger(namespace="jivod.service")


class Listener(Service):
    """Serves `site` at `description`, a Twisted endpoint string that the configuration calls `name`."""

    def __init__(self, reactor: Any, name: str, description: str, site: JivodSite, grace: float = GRACE) -> None:
        self._reactor, self._name, self._description = reactor, name, description
        self._site, self._grace = site, grace
        self._port: Any = None

    def startService(self) -> Deferred[None]:
        """Fires when the port is open. Fails with Refused if it cannot be."""
        super().startService()
        return ensureDeferred(self._listen())

    def stopService(self) -> Deferred[None]:
        """Fires when the last connection is gone, or `grace` seconds after the call, and a moment, at the latest."""
        super().stopService()
        return ensureDeferred(self._stop())

    def port(self) -> int:
        """The TCP port, for those who asked for port 0."""
        return int(self._port.getHost().port) if self._port is not None else 0

    async def _listen(self) -> None:
        try:
            self._port = await serverFromString(self._reactor, self._description).listen(self._site)
        except (CannotListenError, OSError) as error:
            reason = getattr(error, "socketError", error)
            why = getattr(reason, "strerror", None) or str(reason)
            raise Refused(f"{self._name}: cannot listen on {self._description}: {why}; choose another port") from error
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            is_lacking = self._description.startswith(_HANDED) and isinstance(error, LookupError)
            wrong = _NOT_HANDED if is_lacking else _NO_ENDPOINT
            raise BadConfig(f"{self._name}: {self._description} {wrong}") from error
        kernel.queue(self._port)
        Turn(self._reactor.callLater).serve(self._port)

    async def _stop(self) -> None:
        if self._port is not None:
            await maybeDeferred(self._port.stopListening)
        cut = self._reactor.callLater(self._grace, self._cut)
        with suppress(TimeoutError):  # one that cannot even be cut keeps nobody from stopping
            await self._site.drain().addTimeout(self._grace + _LAST, self._reactor)
        if cut.active():
            cut.cancel()

    def _cut(self) -> None:
        _log.warn("{count} connections did not end in time", count=len(self._site.channels))
        self._site.abort()
