"""A listener that cannot be made says what is wrong with its line in the configuration; and it ends in time."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import _SystemdParser
from twisted.internet.testing import MemoryReactorClock
from twisted.python.systemd import ListenFDs

from jivod.model.errors import BadConfig
from jivod.service.http import GRACE, Listener


@pytest.mark.parametrize(
    "description", ["tcp:8099:interfce=1", "tpc:8099", "tcp:eighty", "systemd:domain=INET", "systemd:index=zero"]
)
@pytest_twisted.ensureDeferred
async def test_what_is_no_endpoint_is_a_fault_of_the_configuration(description: str) -> None:
    site: Any = object()
    with pytest.raises(BadConfig, match=r"listen: .* is no endpoint"):
        await Listener(reactor, "listen", description, site).startService()


@pytest.mark.parametrize("description", ["systemd:domain=INET:index=0", "systemd:domain=INET:name=web"])
@pytest_twisted.ensureDeferred
async def test_a_port_that_systemd_did_not_hand_over_is_no_slip_of_the_pen(description: str) -> None:
    site: Any = object()
    with pytest.raises(BadConfig) as refused:
        await Listener(reactor, "listen", description, site).startService()
    assert str(refused.value).startswith(f"listen: {description} is a port that systemd did not hand over")
    assert "systemctl stop jivod; systemctl start jivod.socket jivod" in str(refused.value)
    assert "no endpoint" not in str(refused.value)


@pytest_twisted.ensureDeferred
async def test_a_family_that_there_is_not_is_a_fault_of_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_SystemdParser, "_sddaemon", ListenFDs([3], ["web"]))
    site: Any = object()
    with pytest.raises(BadConfig, match=r"listen: .* is no endpoint"):
        await Listener(reactor, "listen", "systemd:domain=INET4:index=0", site).startService()


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
