"""Porch: what people look at, built for a daemon when the first of them comes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jivod.config.settings import Settings
from jivod.service.hashing import Hashing
from jivod.service.signin import make_clerk
from jivod.service.threads import Readers
from jivod.web.api.jobs import Jobs
from jivod.web.errors import Exit
from jivod.web.live.hub import Hub
from jivod.web.metrics import Metrics
from jivod.web.porch import Inside, Porch
from jivod.web.rulebook import Rulebook
from jivod.web.trail import Trail

if TYPE_CHECKING:
    from jivod.store.side import Side
    from jivod.web.answers import Answers
    from jivod.web.pages.pages import Pages
    from jivod.web.pages.premises import Premises
    from jivod.web.pages.session import Sessions
    from jivod.web.signin.clerk import Clerk

SECRET_BYTES = 32


def make_porch(
    reactor: Any,
    settings: Settings,
    rulebook: Rulebook,
    readers: Readers,
    jobs: Jobs,
    trail: Trail,
    hashing: Hashing,
    hub: Hub,
    metrics: Metrics,
    now: Callable[[], int],
    file: Callable[[], Side],
    answers: Answers | None,
) -> Porch:
    """Where people come in. The pages are loaded on a reader's thread, however long that takes: else whoever comes
    first would be turned away by a busy machine.
    """

    async def load(exit: Exit) -> Inside:
        def make() -> Inside:
            clerk = make_clerk(reactor, settings, jobs, trail, hashing, metrics, now)
            premises = make_premises(settings, trail, metrics, answers)
            return make_pages(settings, rulebook, jobs, trail, clerk, hub, exit, file, premises, metrics)

        return await readers.call(lambda engine: make())

    return Porch(load, lambda: secrets.token_hex(8))


def make_pages(
    settings: Settings,
    rulebook: Rulebook,
    jobs: Jobs,
    trail: Trail,
    clerk: Clerk,
    hub: Hub,
    exit: Exit,
    file: Callable[[], Side],
    premises: Premises,
    metrics: Metrics,
) -> Pages:
    """The handler of all pages."""
    from jivod.web.live.live import Live
    from jivod.web.pages.assets import Assets
    from jivod.web.pages.pages import Pages
    from jivod.web.pages.press import Press
    from jivod.web.way import Way

    assets, door = Assets(), make_door(settings, jobs, clerk)
    return Pages(
        door=door,
        clerk=clerk,
        jobs=jobs,
        trail=trail,
        rulebook=rulebook,
        exit=exit,
        accounts=settings.accounts,
        regions=settings.regions,
        public_url=settings.public_url,
        language=settings.language,
        now=clerk.now,
        assets=assets,
        press=Press(assets, way=Way(lambda: metrics.queued_events)),
        others=(Live(door=door, hub=hub, trail=trail, now=clerk.now),),
        file=file,
        premises=premises,
    )


def make_premises(settings: Settings, trail: Trail, metrics: Metrics, answers: Answers | None) -> Premises:
    """What the pages of an administrator tell of the daemon."""
    from jivod.web.pages.premises import Premises, addresses

    return Premises(
        addresses=addresses(settings),
        sinks={sink.name: sink.host for sink in settings.sinks},
        size=lambda: metrics.store,
        is_stopped=lambda: bool(metrics.search_stopped),
        audit=trail.ledger.directory,
        rows=answers.rows if answers else None,
    )


def make_door(settings: Settings, jobs: Jobs, clerk: Clerk) -> Sessions:
    """Who knows whether somebody is signed in."""
    from jivod.web.pages.session import Sessions
    from jivod.web.signin.proxy import Proxy

    return Sessions(
        jobs=jobs,
        terms=clerk.terms,
        proxy=Proxy(settings.pages),
        secret=secrets.token_urlsafe(SECRET_BYTES),
        now=clerk.now,
    )
