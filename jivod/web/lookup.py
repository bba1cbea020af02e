"""Lookup: what another CRM knows of a customer, asked while the agent waits. Late, wrong or nothing: it only adds.

What was found is shown and then forgotten: nothing of it is stored or logged.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol

from attrs import frozen
from twisted.internet.defer import CancelledError, Deferred, TimeoutError
from twisted.logger import Logger

from jivod.model.errors import Unreadable
from jivod.policy.inquiry import Inquiry
from jivod.policy.view import Looked, Scene
from jivod.web.fuse import Fuse
from jivod.web.inquirer import Reply
from jivod.web.metrics import Metrics
from jivod.web.recent import Recent
from jivod.wire import lookup as wire

CROWD = 16  # look-ups at the same time
LEAST = 0.02  # seconds in which one may come to something

FOUND, RECENT, UNKNOWN = "found", "cached", "unknown"
LATE, FAILED, REFUSED, GARBAGE = "late", "failed", "refused", "garbage"
PAUSED, CROWDED, NO_TIME, NO_KEY, LEFT = "paused", "crowded", "no_time", "no_key", "left"

NOTHING: Looked = {}
_log = Logger(namespace="jivod.web")


class Asker(Protocol):
    """An HTTP client (`jivod.web.inquirer.Inquirer`)."""

    def ask(self, url: bytes) -> Coroutine[Deferred[Any], Any, Reply]:
        """GET `url`."""


@frozen(kw_only=True)
class Lookup:
    """`deadline` in seconds; `paths`: name of a value -> its place in the answer."""

    inquiry: Inquiry
    asker: Asker
    paths: Mapping[str, wire.Path]
    deadline: float
    clock: Any
    fuse: Fuse
    recent: Recent[bytes, Looked]
    metrics: Metrics

    async def find(self, scene: Scene, seconds: float) -> Looked:
        """What is known there, within `seconds`; nothing if anything goes wrong."""
        url = self.inquiry.url(scene)
        if url is None:
            return self._nothing(NO_KEY)
        known = self.recent.get(url)
        if known is not None:
            self.metrics.looked_up(RECENT)
            return known
        seconds = min(seconds, self.deadline)
        if seconds < LEAST:
            return self._nothing(NO_TIME)
        if self.metrics.lookups_waiting >= CROWD:
            return self._nothing(CROWDED)
        if not self.fuse.may_ask():
            return self._nothing(PAUSED)
        return await self._ask(url, seconds)

    async def _ask(self, url: bytes, seconds: float) -> Looked:
        begun = self.clock.seconds()
        self.metrics.lookups_waiting += 1
        try:
            outcome, found = await self._outcome(url, seconds)
        except CancelledError:
            self.fuse.gave_up()
            self.metrics.looked_up(LEFT)
            raise
        finally:
            self.metrics.lookups_waiting -= 1
        self.metrics.lookup_seconds.observe(self.clock.seconds() - begun)
        self.metrics.looked_up(outcome)
        self._judge(outcome)
        if outcome in (FOUND, UNKNOWN):
            self.recent.put(url, found)
        return found

    async def _outcome(self, url: bytes, seconds: float) -> tuple[str, Looked]:
        try:
            reply = await Deferred.fromCoroutine(self.asker.ask(url)).addTimeout(seconds, self.clock, _late)
            if reply.status == 404:
                return UNKNOWN, NOTHING
            return (FOUND, wire.read(reply.body, self.paths)) if reply.status == 200 else (REFUSED, NOTHING)
        except TimeoutError:
            return LATE, NOTHING
        except Unreadable:
            return GARBAGE, NOTHING
        except CancelledError:
            raise
        except Exception:  # whatever a network may do
            return FAILED, NOTHING

    def _judge(self, outcome: str) -> None:
        if outcome in (FOUND, UNKNOWN):
            if self.fuse.worked():
                _log.info("look-ups work again")
        elif self.fuse.failed():
            _log.warn("look-ups pause, the other CRM does not answer well", outcome=outcome)
        self.metrics.lookup_paused = self.fuse.is_open

    def _nothing(self, outcome: str) -> Looked:
        self.metrics.looked_up(outcome)
        return NOTHING


def _late(result: object, seconds: float) -> Reply:
    """However the client takes it that nobody waits any more."""
    raise TimeoutError()


def make_lookup(
    inquiry: Inquiry, asker: Asker, paths: Mapping[str, wire.Path], deadline: float, cache: float,
    clock: Any, metrics: Metrics,
) -> Lookup:  # fmt: skip
    """A look-up with a fuse and a memory of its own. `deadline` and `cache` in seconds."""
    seconds: Callable[[], float] = clock.seconds
    return Lookup(
        inquiry=inquiry,
        asker=asker,
        paths=paths,
        deadline=deadline,
        clock=clock,
        fuse=Fuse(seconds),
        recent=Recent(seconds, cache),
        metrics=metrics,
    )
