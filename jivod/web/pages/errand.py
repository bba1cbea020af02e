"""Errand: the work of a page in the store, on record where it is about customers, and its page printed on a thread.

One page at a time: two would not be done sooner, they would only take the interpreter from each other, and both of them
from the webhooks.
"""

from __future__ import annotations

from functools import partial

from attrs import define, field, frozen
from twisted.internet.defer import DeferredLock

from jivod.model.audit import Record
from jivod.model.errors import Busy, Refused
from jivod.store.kv import Job
from jivod.web.api.jobs import MOST, Jobs
from jivod.web.pages import trace
from jivod.web.pages.page import Moved, Shown
from jivod.web.pages.press import Press
from jivod.web.pages.turn import Found
from jivod.web.problem import Stopped
from jivod.web.trail import Trail


@frozen
class Printed:
    """A page, ready to be sent."""

    shown: Shown
    body: bytes


Brought = Printed | Moved | Refused | Stopped


@define(eq=False)
class Errands:
    """`asked` of each: what the audit log is told that somebody wants; None: nothing that belongs in it."""

    jobs: Jobs
    trail: Trail
    press: Press
    _turn: DeferredLock = field(factory=DeferredLock)

    async def look(self, job: Job[Found], asked: Record | None) -> Brought:
        """What `job` finds. Raises Busy where too many wait for their page."""
        if len(self._turn.waiting) >= MOST:
            raise Busy("Too many pages are being made; try again.")
        async with self._turn:
            if asked is None:
                return await self.jobs.call(lambda engine: self._printed(engine.read(job)))
            return await self._print(await self.trail.read(job, partial(trace.told, asked)))

    async def do(self, job: Job[Found], size: int, asked: Record | None) -> Brought:
        """What comes of `job`, once it is on disk; `size`: bytes that it holds."""
        if asked is None:
            found = await self.jobs.write(job, size)
        else:
            found = await self.trail.write(job, size, asked, partial(trace.told, asked))
        if not isinstance(found, Shown):
            return found
        async with self._turn:
            return await self._print(found)

    async def _print(self, found: Found) -> Brought:
        return await self.jobs.call(lambda engine: self._printed(found)) if isinstance(found, Shown) else found

    def _printed(self, found: Found) -> Brought:
        if not isinstance(found, Shown):
            return found
        return Printed(found, self.press.print(found.template, found.values, gives_way=True))
