"""Answers: what the store says about an event becomes the answer, with the operator's own rows. After the commit, so
that no template and no other CRM holds the writer up.
"""

from __future__ import annotations

from attrs import frozen
from twisted.internet.defer import CancelledError
from twisted.logger import Logger

from jivod.flow.ingest import Delivery, Ingested
from jivod.model.answer import Answer
from jivod.policy import reply
from jivod.policy.reply import Panel
from jivod.policy.rows import Rows
from jivod.policy.view import Scene
from jivod.web.lookup import NOTHING, Lookup
from jivod.web.metrics import Metrics

_log = Logger(namespace="jivod.web")


@frozen(kw_only=True)
class Answers:
    """Where the operator has rows of his own. Without a `lookup` none of them needs one."""

    rows: Rows
    lookup: Lookup | None
    metrics: Metrics

    async def answer(self, done: Ingested, delivery: Delivery, seconds: float) -> Answer:
        """The answer to an event that is on disk, within `seconds`. It is never worse than the one without the rows."""
        if not isinstance(done.shown, Panel):
            return done.answer
        try:
            return await self._full(done.shown, delivery, seconds)
        except CancelledError:
            raise
        except Exception:
            _log.failure("cannot make the rows of the configuration")
            return done.answer

    async def _full(self, panel: Panel, delivery: Delivery, seconds: float) -> Answer:
        scene = Scene(panel=panel, event=delivery.reading.event, origin=delivery.origin)
        looked = NOTHING
        if self.lookup is not None and self.rows.asks(panel):
            looked = await self.lookup.find(scene, seconds)
        own, missing = self.rows.fill(scene, looked)
        self.metrics.rows_filled(len(own), missing)
        return reply.answer(panel, own)
