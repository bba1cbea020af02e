"""A listener that cannot be made says what is wrong with its line in the configuration; and it ends in time."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.testing import MemoryReactorClock

from jivod.model.errors import BadConfig
from jivod.service.http import GRACE, Listener


@pytest.mark.parametrize(
    "description", ["tcp:8099:interfce=1", "tpc:8099", "tcp:eighty", "systemd:domain=INET:index=0"]
)
@pytest_twisted.ensureDeferred
async def test_what_is_no_endpoint_is_a_fault_of_the_configuration(description: str) -> None:
    site: Any = object()
    with pytest.raises(BadConfig, match=r"listen: .* is no endpoint"):
        await Listener(reactor, "listen", description, site).startService()


class Stuck:
    """A site one of whose connections never goes."""

    channels = (None,)
    is_aborted = False

    def drain(self) -> Deferred[None]:
        return Deferred()

    def abort(self) -> None:
        self.is_aborted = True


def test_a_connection_that_never_goes_does_not_keep_the_daemon_from_stopping() -> None:
    clock, site = MemoryReactorClock(), Stuck()
    listener = Listener(clock, "listen", "tcp:0", site)  # type: ignore[arg-type]
    listener.startService()
    gone = listener.stopService()
    clock.advance(GRACE)
    assert site.is_aborted and not gone.called
    clock.advance(1.0)
    assert gone.called and gone.result is None
