"""Retaining: what is too old is counted, or loses its content, in turns so short that webhooks come in between."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any

from attrs import asdict, define, evolve, field, frozen

from jivod.cli import copies
from jivod.cli.deed import write
from jivod.cli.office import Office
from jivod.cli.screen import Progress
from jivod.flow import retention as flow
from jivod.model.errors import Refused
from jivod.model.retention import Consent, Rule
from jivod.store import journal, quarantine, retention
from jivod.store.kv import Txn
from jivod.store.lmdb import LmdbEngine

PAUSE = 0.02  # seconds between two turns, in which whoever waits gets his
SELDOM = 100  # pages after which the memory of what was read is given back
UNSET = "there is no rule: set chats_months or quarantine_days under [retention] in the configuration"


@define(eq=False)
class Tally:
    """What is too old, by month and account: conversations and entries. `quarantined`: how many bodies are."""

    conversations: Counter[tuple[str, str]] = field(factory=Counter)
    entries: Counter[tuple[str, str]] = field(factory=Counter)
    quarantined: int = 0

    def count(self, page: flow.Page) -> None:
        """Add what is on a page."""
        for one in page.conversations:
            place = (f"{datetime.fromtimestamp(one.at / 1000, UTC):%Y-%m}", one.account)
            self.conversations[place] += 1
            self.entries[place] += len(one.entries)

    def shape(self) -> list[dict[str, Any]]:
        """A row for each month and account."""
        return [
            {"month": place[0], "account": place[1], "conversations": self.conversations[place], "entries": entries}
            for place, entries in sorted(self.entries.items())
        ]


@frozen(kw_only=True)
class Retaining:
    """A rule at a moment (UNIX ms), and what the store says of it. `total`: all journal entries. `copies`: of the store
    as it was before, in the state directory.
    """

    rule: Rule
    now: int
    total: int
    consent: Consent | None
    tally: Tally
    copies: tuple[str, ...]

    @property
    def before(self) -> int | None:
        """Conversations that ended before this (UNIX ms) are too old."""
        return None if self.rule.chats_months is None else flow.months_before(self.now, self.rule.chats_months)

    def shape(self, *, done: bool) -> dict[str, Any]:
        """All of it, for programs."""
        return {
            "done": done,
            "rule": asdict(self.rule),
            "confirmed": None if self.consent is None else asdict(self.consent),
            "before": self.before,
            "entries": self.tally.entries.total(),
            "of": self.total,
            "months": self.tally.shape(),
            "quarantined": self.tally.quarantined,
            "copies": list(self.copies),
        }


def measure(office: Office, now: int) -> Retaining:
    """What is too old by the rule that is configured. Raises Refused where there is none."""
    rule, tally = _demand_rule(office), Tally()
    with office.store() as engine:
        for page in _pages(engine, rule, now, "Reading the journal"):
            tally.count(page)
        tally.quarantined = len(engine.read(partial(flow.stale, rule=rule, now=now, limit=quarantine.COUNT_MAX)))
        return _told(office, engine, rule, now, tally)


def retain(office: Office, by: str, now: int) -> Retaining:
    """Confirm the rule that is configured, and do it. Raises Refused, and nothing was changed."""
    rule, tally = _demand_rule(office), Tally()
    months = rule.chats_months or 0
    with office.store() as engine:
        write(engine, lambda txn: flow.confirm(txn, rule, by, now))
        waiting = flow.Turn(looked=0, husks=())
        for page in _pages(engine, rule, now, "Letting old content go"):
            tally.count(page)
            waiting = flow.together(waiting, flow.prepared(page))
            if len(waiting.husks) >= flow.TURN:
                _take(engine, waiting, months, now)
                waiting = evolve(waiting, husks=())
        if waiting.looked:
            _take(engine, waiting, months, now)
        while dropped := write(engine, partial(flow.tidy, rule=rule, now=now)):
            tally.quarantined += dropped
            time.sleep(PAUSE)
        return _told(office, engine, rule, now, tally)


def _take(engine: LmdbEngine, turns: flow.Turn, months: int, now: int) -> None:
    for turn in flow.pieces(turns):
        write(engine, partial(flow.take_turn, turn=turn, months=months, at=now))
        time.sleep(PAUSE)


def _pages(engine: LmdbEngine, rule: Rule, now: int, label: str) -> Iterator[flow.Page]:
    """Of what was not looked at yet, page by page behind a progress bar."""
    if rule.chats_months is None:
        return
    before, after, total = flow.months_before(now, rule.chats_months), *engine.read(_extent)
    with closing(Progress(label)) as progress:
        for number in count(1):
            page = engine.read(partial(flow.ended, after=after, before=before, now=now))
            if page.looked == after:
                return
            yield page
            after = page.looked
            progress(after, total)
            if number % SELDOM == 0:
                engine.unmap()


def _extent(txn: Txn) -> tuple[int, int]:
    return retention.looked(txn), journal.last(txn)


def _told(office: Office, engine: LmdbEngine, rule: Rule, now: int, tally: Tally) -> Retaining:
    return Retaining(
        rule=rule,
        now=now,
        total=engine.read(journal.last),
        consent=engine.read(retention.consent),
        tally=tally,
        copies=tuple([path.name for path in copies.found(office.settings.state_dir)]),
    )


def _demand_rule(office: Office) -> Rule:
    if not office.settings.retention.is_set:
        raise Refused(UNSET)
    return office.settings.retention.rule
