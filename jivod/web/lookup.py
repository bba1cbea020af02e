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
REJECTED = "rejected"  # what is asked by does not suit it: nothing is wrong with it, and a visitor may have typed that
PAUSED, CROWDED, NO_TIME, NO_KEY, LEFT = "paused", "crowded", "no_time", "no_key", "left"

_VERDICTS = dict.fromkeys((204, 404, 410), UNKNOWN) | dict.fromkeys((400, 406, 414, 422), REJECTED)
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
            outcome, found, why = await self._outcome(url, seconds)
        except CancelledError:
            self.fuse.gave_up()
            self.metrics.looked_up(LEFT)
            raise
        finally:
            self.metrics.lookups_waiting -= 1
        self.metrics.lookup_seconds.observe(self.clock.seconds() - begun)
        self.metrics.looked_up(outcome)
        self._judge(outcome, why)
        if outcome in (FOUND, UNKNOWN):
            self.recent.put(url, found)
        return found

    async def _outcome(self, url: bytes, seconds: float) -> tuple[str, Looked, str]:
        """What came of it, what was found, and for the log why nothing was: nothing of the URL or of the answer."""
        try:
            reply = await Deferred.fromCoroutine(self.asker.ask(url)).addTimeout(seconds, self.clock, _late)
            if reply.status == 200:
                return FOUND, wire.read(reply.body, self.paths), ""
            return _VERDICTS.get(reply.status, REFUSED), NOTHING, f"status {reply.status}"
        except TimeoutError:
            return (LATE if seconds >= self.deadline else NO_TIME), NOTHING, f"nothing within {seconds:.2f} seconds"
        except Unreadable as error:
            return GARBAGE, NOTHING, str(error)
        except CancelledError:
            raise
        except Exception as error:  # whatever a network may do
            return FAILED, NOTHING, _kind(error)

    def _judge(self, outcome: str, why: str) -> None:
        if outcome in (FOUND, UNKNOWN):
            if self.fuse.worked():
                _log.info("look-ups work again")
        elif outcome in (REJECTED, NO_TIME):  # not its fault
            self.fuse.gave_up()
        elif self.fuse.failed():
            _log.warn("look-ups pause, for the other CRM fails again and again", outcome=outcome, reason=why)
        self.metrics.lookup_paused = self.fuse.is_open

    def _nothing(self, outcome: str) -> Looked:
        self.metrics.looked_up(outcome)
        return NOTHING


def _kind(error: Exception) -> str:
    """What kind of error it is, or what is in it."""
    inner = next(iter(getattr(error, "reasons", ())), None)
    return getattr(inner, "type", type(error)).__name__


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
