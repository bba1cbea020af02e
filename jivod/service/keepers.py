"""Keepers: the services that look after the store by themselves, each in its own rhythm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.application.service import Service

from jivod.config.settings import Settings
from jivod.service.auditor import Auditor
from jivod.service.chores import Chores
from jivod.service.lookout import Lookout
from jivod.service.retention import make_retention
from jivod.service.threads import Readers, Writer
from jivod.store.ledger import Ledger
from jivod.web.api.api import Api
from jivod.web.metrics import Metrics


def make_keepers(
    reactor: Any,
    settings: Settings,
    readers: Readers,
    writer: Writer,
    ledger: Ledger,
    metrics: Metrics,
    api: Api,
    now: Callable[[], int],
) -> tuple[Service, ...]:
    """In the order in which they start."""
    return (
        Chores(reactor, readers, metrics),
        Lookout(reactor, readers, api.passes.learn),
        *make_retention(reactor, settings.retention, readers, writer, metrics, now),
        Auditor(reactor, readers, ledger, settings.audit_months, now),
    )
