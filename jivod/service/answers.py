"""Answers: the operator's own rows and the look-up that fills them, built only where there are any: templates and the
calendars of all languages take memory.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from jivod.config.settings import Settings
from jivod.web.metrics import Metrics

if TYPE_CHECKING:
    from jivod.web.answers import Answers


def make_answers(reactor: Any, settings: Settings, metrics: Metrics) -> Answers | None:
    """What makes the answers, None where nothing is configured. Raises BadConfig for a template that cannot be used."""
    if not settings.rows and settings.lookup is None:
        return None
    from jivod.policy.front import prepare
    from jivod.web.answers import Answers
    from jivod.web.inquirer import Inquirer
    from jivod.web.lookup import make_lookup

    given = settings.lookup
    front = prepare(
        settings.rows,
        given.url if given else None,
        given.attributes if given else (),
        settings.language,
        time.perf_counter,
    )
    lookup = None
    if given and front.inquiry:
        asker = Inquirer(reactor, front.inquiry.host, given.headers)
        lookup = make_lookup(
            front.inquiry, asker, given.attributes, given.deadline, given.cache, clock=reactor, metrics=metrics
        )
    return Answers(rows=front.rows, lookup=lookup, metrics=metrics)
