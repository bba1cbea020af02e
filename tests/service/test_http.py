"""A listener that cannot be made says what is wrong with its line in the configuration."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor

from jivod.model.errors import BadConfig
from jivod.service.http import Listener


@pytest.mark.parametrize(
    "description", ["tcp:8099:interfce=1", "tpc:8099", "tcp:eighty", "systemd:domain=INET:index=0"]
)
@pytest_twisted.ensureDeferred
async def test_what_is_no_endpoint_is_a_fault_of_the_configuration(description: str) -> None:
    site: Any = object()
    with pytest.raises(BadConfig, match=r"listen: .* is no endpoint"):
        await Listener(reactor, "listen", description, site).startService()
