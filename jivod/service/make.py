"""Make: the table of contents of the daemon."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twisted.application.service import Application, Service
from twisted.logger import ILogObserver

from jivod.config.load import load
from jivod.config.settings import Settings
from jivod.flow.case import Desk
from jivod.model.errors import BadConfig
from jivod.policy.rules import DEFAULT
from jivod.service.chores import Chores
from jivod.service.exit import CONFIGURATION, Exit, line_of
from jivod.service.garbage import Garbage
from jivod.service.greeting import Greeting
from jivod.service.http import Listener
from jivod.service.log import LineObserver
from jivod.service.notify import Notify
from jivod.service.readiness import Readiness
from jivod.service.sequence import Sequence
from jivod.service.store import StoreService
from jivod.service.threads import Readers, Writer
from jivod.web.admin import Admin
from jivod.web.app import Handlers, make_resource
from jivod.web.deadline import Deadlines
from jivod.web.errors import Exit as WayOut
from jivod.web.gate import Gate, Tries
from jivod.web.hook import Hook
from jivod.web.limits import Limits
from jivod.web.metrics import Metrics
from jivod.web.site import JivodSite

SECRET_BYTES = 24


def make_application(reactor: Any, environ: Mapping[str, str], beside: Path) -> Any:
    """What twistd runs. `beside`: the directory of the .tac. A bad configuration ends the process with one line."""
    reactor.seconds = time.monotonic  # else every timer waits while the clock of the machine is set back
    try:
        service = make_service(reactor, environ, beside)
    except BadConfig as error:
        print(line_of(error), file=sys.stderr)
        raise SystemExit(CONFIGURATION) from None
    application: Any = Application("jivod")
    application.setComponent(ILogObserver, LineObserver(sys.stdout, plain=sys.stdout.isatty()))
    service.setServiceParent(application)
    return application


def make_service(reactor: Any, environ: Mapping[str, str], beside: Path) -> Sequence:
    """Everything the daemon is, not yet started. Raises BadConfig."""
    settings = load(environ, beside, lambda: secrets.token_urlsafe(SECRET_BYTES))
    exit = Exit(reactor, sys.stderr)
    metrics = Metrics()
    store = StoreService(settings)
    writer = make_writer(reactor, settings, store, metrics, exit)
    readers = Readers(store.engine, reactor)
    hook = make_hook(reactor, settings, writer, metrics)
    admin = Admin(metrics=metrics, unready=Readiness(writer, readers).unready)
    site = make_site(reactor, metrics, Limits(body=settings.body_limit, connections=settings.connections), hook)
    admin_site = make_site(reactor, metrics, Limits(), admin)

    sequence = Sequence(exit.fail)
    children: tuple[Service, ...] = (
        store,
        readers,
        writer,
        Chores(reactor, readers, metrics),
        Listener(reactor, "admin_listen", settings.admin_listen, admin_site),
        Listener(reactor, "listen", settings.listen, site),
        Greeting(settings, environ, sys.stdout),
        Garbage(),
        Notify(reactor, environ),
    )
    for child in children:
        child.setServiceParent(sequence)
    return sequence


def make_writer(reactor: Any, settings: Settings, store: StoreService, metrics: Metrics, exit: Exit) -> Writer:
    """The one thread that writes; a failing store ends the process."""
    return Writer(
        store.engine,
        reactor.callFromThread,
        reactor.callLater,
        metrics,
        exit.fail,
        queue_events=settings.queue_events,
        queue_bytes=settings.queue_bytes,
    )


def make_hook(reactor: Any, settings: Settings, writer: Writer, metrics: Metrics) -> Hook:
    """The handler of all webhook URLs."""
    return Hook(
        gate=Gate(settings.channels, Tries(reactor.seconds), metrics.wrong_secret),
        writer=writer,
        deadlines=Deadlines(reactor, settings.deadline),
        desk=Desk(rules=DEFAULT, public_url=settings.public_url, language=settings.language),
        metrics=metrics,
        now=lambda: time.time_ns() // 1_000_000,
    )


def make_site(reactor: Any, metrics: Metrics, limits: Limits, *handlers: Handlers) -> JivodSite:
    """One listener's site, with the routes of `handlers`."""
    way_out = WayOut(lambda: secrets.token_hex(8))
    resource = make_resource(way_out, *handlers)
    return JivodSite(resource, reactor=reactor, wall=time.time, limits=limits, exit=way_out, metrics=metrics)
