"""Deed: one decision of a person, carried out in one transaction, also while the daemon runs; and what came of it."""

from __future__ import annotations

import getpass
import time
from collections.abc import Callable

import click

from jivod.cli.lines import customer_line, decision_line
from jivod.cli.office import Office
from jivod.cli.screen import argument, say, say_json
from jivod.cli.shapes import decided
from jivod.flow import query
from jivod.flow.query import Decided
from jivod.flow.steward import Hand
from jivod.model.customer import GoldenRecord
from jivod.model.decision import Decision, Unmerge
from jivod.model.entry import Entry
from jivod.model.reason import Review
from jivod.policy.rules import Rules
from jivod.store import reviews
from jivod.store.kv import Job, T, Txn
from jivod.store.lmdb import LmdbEngine
from jivod.wire import decision as wire
from jivod.wire.rest import card

BY = click.option("--by", metavar="NAME", help="Who decides. Without it the login name.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

Decide = Callable[[Txn, Hand], Entry]


def carry_out(office: Office, by: str | None, action: str, decide: Decide, *, as_json: bool) -> None:
    """Decide, and print the decision, the customers it was about as they are now, and whom it sets beside them; the
    audit log calls it `action`. Raises Refused.
    """
    name, at = name_of(by), now()

    def job(txn: Txn) -> tuple[Entry, list[GoldenRecord], list[Review]]:
        hand = office.hand(txn, name, at)
        entry = decide(txn, hand)
        customers = _customers(txn, wire.read(entry.body), hand.rules)
        return entry, customers, _asked(txn, entry, customers)

    with office.store(action) as engine:
        entry, customers, asked = write(engine, job)
        done = Decided(seq=entry.seq, at=entry.received_at, decision=wire.read(entry.body))
        touched = [*wire.ids_of(done.decision), *[id for golden in customers for id in golden.ids]]
        office.touch(touched, [entry.seq])
    if as_json:
        say_json({"decision": decided(done), "customers": [card(golden) for golden in customers]})
        return
    say(decision_line(done))
    for golden in customers:
        say(customer_line(golden))
    for review in asked:
        say(f"{review.why} Is {review.a} one with {review.b}? `jivod reviews` shows both")


def write(engine: LmdbEngine, job: Job[T]) -> T:
    """What `job` returns, run in a transaction of its own. Raises what it raises; then nothing was changed."""
    (outcome,) = engine.write([job])
    if outcome.error is not None:
        raise outcome.error
    value: T = outcome.value
    return value


def name_of(by: str | None) -> str:
    """Who decides: as given, else as logged in; "" for a user without a name."""
    if by is not None:
        return argument(by)
    try:
        return argument(getpass.getuser())
    except (OSError, KeyError):
        return ""


def now() -> int:
    """UNIX ms."""
    return time.time_ns() // 1_000_000


def _customers(txn: Txn, decision: Decision, rules: Rules) -> list[GoldenRecord]:
    ids = [
        *wire.ids_of(decision),
        *(winner for _, winner in (decision.parted if isinstance(decision, Unmerge) else ())),
    ]
    found = [query.show(txn, id, rules) for id in ids]
    return list({golden.id: golden for golden in found if golden is not None}.values())


def _asked(txn: Txn, entry: Entry, customers: list[GoldenRecord]) -> list[Review]:
    """The reviews that the decision opened."""
    found = [review for golden in customers for id in golden.ids for review in reviews.of(txn, id)]
    return list({(review.a, review.b): review for review in found if review.seq == entry.seq}.values())
