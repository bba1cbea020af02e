"""Make: the table of contents of the daemon."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from twisted.application.service import Application, Service
from twisted.internet.defer import succeed
from twisted.internet.threads import deferToThreadPool
from twisted.logger import ILogObserver

from jivod.config.load import load
from jivod.config.settings import Settings
from jivod.flow.case import Desk
from jivod.model.errors import BadConfig
from jivod.service import policy
from jivod.service.answers import make_answers
from jivod.service.core import Core
from jivod.service.crash import Crash
from jivod.service.exit import CONFIGURATION, Exit, line_of
from jivod.service.feed import Feed
from jivod.service.follower import Follower, OwnThread, side_of
from jivod.service.garbage import Garbage
from jivod.service.greeting import Greeting
from jivod.service.hangup import Hangup
from jivod.service.hashing import Hashing
from jivod.service.http import Listener
from jivod.service.keepers import make_keepers
from jivod.service.live import Closing, Witness, make_hub
from jivod.service.log import LineObserver
from jivod.service.make_api import make_api, make_errands
from jivod.service.notify import Notify
from jivod.service.policy import Policy
from jivod.service.porch import make_porch
from jivod.service.readiness import Readiness
from jivod.service.reload import Reload
from jivod.service.sequence import Sequence
from jivod.service.signin import make_invite
from jivod.service.store import StoreService
from jivod.service.threads import READERS, Readers, Writer
from jivod.store.ledger import Ledger
from jivod.web.admin import Admin
from jivod.web.api.api import Api
from jivod.web.api.jobs import Jobs
from jivod.web.app import Handlers, make_resource
from jivod.web.deadline import Deadlines
from jivod.web.errors import Exit as WayOut
from jivod.web.gate import Gate, Tries
from jivod.web.hook import Hook
from jivod.web.limits import Limits
from jivod.web.metrics import Metrics
from jivod.web.porch import Porch
from jivod.web.rulebook import Rulebook
from jivod.web.signin.hasher import AT_ONCE
from jivod.web.site import JivodSite
from jivod.web.tokens import Tokens
from jivod.web.trail import Trail

if TYPE_CHECKING:
    from jivod.web.answers import Answers

SECRET_BYTES = 24
CORES = 1 << 16  # more than any machine has
TURN = 0.0002  # seconds that a thread may keep the interpreter: a page is printed beside the webhooks


def now() -> int:
    """UNIX ms."""
    return time.time_ns() // 1_000_000


def make_application(reactor: Any, environ: Mapping[str, str], beside: Path) -> Any:
    """What twistd runs. `beside`: the directory of the .tac. A bad configuration ends the process with one line."""
    reactor.seconds = time.monotonic  # else every timer waits while the clock of the machine is set back
    sys.setswitchinterval(TURN)
    try:
        service = make_service(reactor, environ, beside)
    except BadConfig as error:
        print(line_of(error), file=sys.stderr)
        raise SystemExit(CONFIGURATION) from None
    application: Any = Application("jivod")
    crash = Crash(LineObserver(sys.stdout, plain=sys.stdout.isatty()), sys.stderr)
    crash.watch(reactor)
    application.setComponent(ILogObserver, crash)
    service.setServiceParent(application)
    return application


def make_service(reactor: Any, environ: Mapping[str, str], beside: Path) -> Sequence:
    """Everything the daemon is, not yet started. Raises BadConfig, also for the policy and the rows."""
    settings = load(environ, beside, lambda: secrets.token_urlsafe(SECRET_BYTES))
    first, metrics = policy.read(settings.policy), Metrics()
    answers = make_answers(reactor, settings, metrics)
    exit, store, file = Exit(reactor, sys.stderr), StoreService(settings), side_of(settings)
    witness, core = Witness(metrics), make_core(reactor)
    writer = make_writer(reactor, settings, store, witness, exit)
    readers = Readers(store.engine, reactor, core.pool(READERS, "jivod-reader"))
    rulebook = Rulebook(Desk(rules=first.rules, public_url=settings.public_url, language=settings.language))
    notify = Notify(reactor, environ)
    reload = make_reload(reactor, settings, first, rulebook, writer, notify)
    hook = make_hook(reactor, settings, rulebook, writer, metrics, answers)
    jobs, ledger = Jobs(readers, writer, hook.deadlines), Ledger(settings.audit_dir)
    trail = Trail(jobs, readers, writer, ledger, metrics.unrecorded)
    hub = make_hub(reactor, rulebook, jobs, metrics, witness)
    errands = make_errands(reactor, settings, environ, writer, now, core)
    hashing = Hashing(reactor, core.pool(AT_ONCE, "jivod-hasher"))
    api = make_api(reactor, settings, rulebook, jobs, trail, metrics, errands, file, now)
    porch = make_porch(reactor, settings, rulebook, readers, jobs, trail, hashing, hub, metrics, now, file, answers)
    admin = Admin(metrics=metrics, unready=Readiness(writer, readers).unready)
    children: tuple[Service, ...] = (
        Hangup(reactor, reload.again),
        store,
        readers,
        core,
        writer,
        hashing,
        reload,
        make_feed(reactor, settings, rulebook, readers, writer, metrics),
        errands,
        *make_keepers(reactor, settings, readers, writer, ledger, metrics, api, now),
        Follower(reactor, OwnThread(reactor, core.pool(1, "jivod-search")), store.engine, file, settings.zone, metrics),
        *make_listeners(reactor, settings, metrics, admin, hook, api, porch),
        Closing(hub),
        Greeting(settings, environ, sys.stdout, make_invite(settings, readers, writer, now)),
        Garbage(),
        notify,
    )
    return Sequence(exit.fail, children)


def make_core(reactor: Any) -> Core:
    """One of the cores by chance: each daemon of the machine gets its own, more or less."""
    core = Core(SystemRandom().randrange(CORES))
    core.free(reactor.getThreadPool())
    return core


def make_writer(reactor: Any, settings: Settings, store: StoreService, witness: Witness, exit: Exit) -> Writer:
    """The one thread that writes; a failing store ends the process."""
    return Writer(
        store.engine,
        reactor.callFromThread,
        reactor.callLater,
        witness,
        exit.fail,
        queue_events=settings.queue_events,
        queue_bytes=settings.queue_bytes,
    )


def make_reload(
    reactor: Any, settings: Settings, first: Policy, rulebook: Rulebook, writer: Writer, notify: Notify
) -> Reload:
    """What takes the policy into use, at the start and by SIGHUP."""
    return Reload(
        settings.policy,
        first,
        rulebook,
        writer,
        lambda function: deferToThreadPool(reactor, reactor.getThreadPool(), function),
        notify,
    )


def make_feed(
    reactor: Any, settings: Settings, rulebook: Rulebook, readers: Readers, writer: Writer, metrics: Metrics
) -> Feed:
    """What tells the sinks of changes. Without one no HTTP client is loaded: it costs a start more than all else."""
    if not settings.sinks:
        return Feed(reactor, (), writer, now, lambda: succeed(None))
    from jivod.service.breaker import Breaker
    from jivod.service.courier import Courier
    from jivod.service.outlet import Outlet

    random, courier = SystemRandom().random, Courier(reactor, now)
    outlets = [
        Outlet(
            sink=sink,
            readers=readers,
            writer=writer,
            post=courier,
            breaker=lambda: Breaker(reactor.seconds, random),
            metrics=metrics,
            now=now,
            random=random,
            soon=partial(reactor.callLater, 0),
            link=rulebook.link,
        )
        for sink in settings.sinks
    ]
    return Feed(reactor, outlets, writer, now, courier.close)


def make_hook(
    reactor: Any, settings: Settings, rulebook: Rulebook, writer: Writer, metrics: Metrics, answers: Answers | None
) -> Hook:
    """The handler of all webhook URLs."""
    return Hook(
        gate=Gate(settings.channels, Tries(reactor.seconds), metrics.wrong_secret),
        writer=writer,
        deadlines=Deadlines(reactor, settings.deadline),
        rulebook=rulebook,
        tokens=Tokens(settings.channels, lambda: rulebook.rules.token_max_age, metrics.token_checked),
        metrics=metrics,
        now=now,
        answers=answers,
    )


def make_listeners(
    reactor: Any, settings: Settings, metrics: Metrics, admin: Admin, hook: Hook, api: Api, porch: Porch
) -> tuple[Service, ...]:
    """The port of the supervisor and that of Jivo, the company's own programs and its people."""
    limits = Limits(body=settings.body_limit, connections=settings.connections)
    site = make_site(reactor, metrics, limits, hook, api, porch=porch)
    admin_site = make_site(reactor, metrics, Limits(), admin)
    return (
        Listener(reactor, "admin_listen", settings.admin_listen, admin_site),
        Listener(reactor, "listen", settings.listen, site),
    )


def make_site(
    reactor: Any, metrics: Metrics, limits: Limits, *handlers: Handlers, porch: Porch | None = None
) -> JivodSite:
    """One listener's site, with the routes of `handlers`."""
    way_out = WayOut(lambda: secrets.token_hex(8)) if porch is None else porch.exit
    resource = make_resource(way_out, *handlers, porch=porch)
    return JivodSite(resource, reactor=reactor, wall=time.time, limits=limits, exit=way_out, metrics=metrics)
