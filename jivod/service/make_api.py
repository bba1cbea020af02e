"""Make_api: the API, and what does for it what takes long."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from twisted.internet.threads import deferToThreadPool

from jivod.config.settings import Settings
from jivod.flow.ulid import ulid
from jivod.model.errand import ASKED_BY
from jivod.service import child
from jivod.service.core import Core
from jivod.service.errands import Call, Errands
from jivod.service.threads import Writer
from jivod.web.api.api import Api
from jivod.web.api.bearer import Bearer
from jivod.web.api.jobs import Jobs
from jivod.web.api.passes import Passes
from jivod.web.gate import Tries
from jivod.web.metrics import Metrics
from jivod.web.rulebook import Rulebook
from jivod.web.trail import Trail

if TYPE_CHECKING:
    from jivod.store.side import Side

SECRET_BYTES = 10
_OURS = ("NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES")
"""What systemd tells this process and no other."""


def make_errands(
    reactor: Any, settings: Settings, environ: Mapping[str, str], writer: Writer, now: Callable[[], int], core: Core
) -> Errands:
    """What has imports and erasures done."""
    return Errands(
        reactor,
        writer,
        make_call(reactor, environ, core),
        partial(deferToThreadPool, reactor, reactor.getThreadPool()),
        now,
        settings.state_dir,
    )


def make_call(reactor: Any, environ: Mapping[str, str], core: Core) -> Call:
    """What starts the command `jivod`, on whatever core."""
    kept = {name: value for name, value in environ.items() if name not in _OURS}

    def call(arguments: list[str], file: BinaryIO | None, by: str, /) -> child.Child:
        with core.roaming():
            return child.begin(reactor, arguments, {**kept, ASKED_BY: by}, file)

    return call


def make_api(
    reactor: Any,
    settings: Settings,
    rulebook: Rulebook,
    jobs: Jobs,
    trail: Trail,
    metrics: Metrics,
    errands: Errands,
    file: Callable[[], Side],
    now: Callable[[], int],
) -> Api:
    """The handler of the API."""
    tries = Tries(reactor.seconds)
    return Api(
        bearer=Bearer(jobs=jobs, tries=tries, count=metrics.wrong_token),
        passes=Passes(tries, metrics.wrong_token, trail, now),
        porter=errands,
        trail=trail,
        rulebook=rulebook,
        accounts=settings.accounts,
        regions=settings.regions,
        now=now,
        new_id=lambda at: ulid(at, secrets.token_bytes(SECRET_BYTES)),
        file=file,
    )
