"""Inbox: bodies in quarantine that somebody wants read again, after a repair or an upgrade."""

from __future__ import annotations

from jivod.flow.case import Desk
from jivod.flow.ingest import Delivery, Ingested, ingest
from jivod.model.errors import Refused
from jivod.store import quarantine
from jivod.store.kv import Txn
from jivod.wire import jivo


def retry(txn: Txn, number: int, desk: Desk) -> Ingested:
    """Read body `number` again and ingest it as of its first receipt; it leaves the quarantine only if that works.

    Raises Unreadable, as at the first time, or Refused for an unknown number.
    """
    item = quarantine.get(txn, number)
    if item is None:
        raise Refused(f"There is no item {number} in quarantine; `jivod quarantine list` shows what there is.")
    reading = jivo.read(item.body)
    delivery = Delivery(origin=item.origin, received_at=item.received_at, body=item.body, reading=reading)
    done = ingest(txn, delivery, desk)
    quarantine.remove(txn, number)
    return done
