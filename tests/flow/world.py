"""World: a store in memory that events are told to, and the questions tests ask of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from attrs import define, evolve, field

from jivod.flow import regime
from jivod.flow.case import Desk
from jivod.flow.ingest import Delivery, Ingested, ingest
from jivod.flow.query import explain, find, history, show
from jivod.flow.replay import differences, prepare, rebuild
from jivod.flow.steward import Hand
from jivod.model.card import Card
from jivod.model.chat import Chat
from jivod.model.claim import Claim
from jivod.model.customer import GoldenRecord
from jivod.model.entry import Entry, Origin
from jivod.model.reason import OPEN, Reason, Review
from jivod.policy.rules import DEFAULT
from jivod.store import cards, customers, edges, meta, reviews
from jivod.store.check import check
from jivod.store.kv import Engine, Job, T, Txn
from jivod.store.memory import MemoryEngine
from jivod.store.tables import CARDS
from jivod.wire import jivo

ORIGIN = Origin(channel="shop", account="main", region="TR")
DESK = Desk(rules=DEFAULT, public_url="https://crm.example.com", language="en")
START = 1_790_000_000_000  # UNIX ms of the first receipt


def empty_engine() -> Engine:
    engine = MemoryEngine()
    engine.write([lambda txn: meta.initialise(txn, bytes(32))])
    return engine


@define(eq=False)
class World:
    """`tell` an event; each receipt is a second after the one before unless `at` (UNIX ms) is given."""

    engine: Engine = field(factory=empty_engine)
    clock: int = START
    desk: Desk = DESK

    def tell(
        self, body: dict[str, Any] | bytes, *, at: int | None = None, origin: Origin = ORIGIN, signature: str = ""
    ) -> Ingested:
        self.clock += 1000
        delivery = delivered(body, at or self.clock, origin, signature)
        return self.do(lambda txn: ingest(txn, delivery, self.desk))

    def decide(self, deed: Callable[..., Entry], *what: Any, at: int | None = None, **named: Any) -> Entry:
        """Let a person do a function of `flow.steward`."""
        self.clock += 1000
        hand = Hand(by="Elif", at=at or self.clock, rules=self.desk.rules, regions=("TR",))
        return self.do(lambda txn: deed(txn, hand, *what, **named))

    def adopt(self, policy: str) -> None:
        """From now on the policy in this text decides."""
        self.do(lambda txn: regime.adopt(txn, policy))
        self.desk = evolve(self.desk, rules=regime.rules_of(policy))

    def do(self, job: Job[T]) -> T:
        (outcome,) = self.engine.write([job])
        if outcome.error is not None:
            raise outcome.error
        value: T = outcome.value
        return value

    def ask(self, job: Job[T]) -> T:
        return self.engine.read(job)

    def golden(self, id: str | None) -> GoldenRecord:
        assert id is not None, "nobody"
        found = self.ask(lambda txn: show(txn, id, self.desk.rules))
        assert found is not None, "no such customer"
        return found

    def find(self, query: str) -> list[GoldenRecord]:
        return self.ask(lambda txn: find(txn, query, self.desk.rules, accounts=("main",), regions=("TR",)))

    def chats(self, id: str) -> list[Chat]:
        return self.ask(lambda txn: history(txn, id, 1000))

    def reasons(self, id: str) -> list[Reason]:
        return self.ask(lambda txn: explain(txn, id, 1000))

    def claims(self, id: str) -> list[Claim]:
        """All claims of a living customer and of all merged into it."""

        def read(txn: Txn) -> list[Claim]:
            members = [customers.get(txn, member) for member in edges.tree(txn, id)]
            return [claim for member in members if member for claim in member.claims]

        return self.ask(read)

    def cards(self) -> list[Card]:
        return self.ask(lambda txn: [cards.decode(record) for _, record in txn.range(CARDS)])

    def everybody(self) -> list[GoldenRecord]:
        """All living customers, by id."""
        ids = self.ask(lambda txn: customers.newest(txn, 10_000))
        return sorted((g for id in ids if (g := self.golden(id)).id == id), key=lambda g: g.id)

    def reviews(self) -> list[Review]:
        return self.ask(lambda txn: reviews.listed(txn, OPEN, 1000))

    def findings(self) -> list[Any]:
        return self.ask(lambda txn: list(check(txn)))

    def rebuilt(self, policy: str | None = None) -> World:
        """The journal folded into another store: under the policies of its time, or all of it under `policy`."""
        desk = self.desk if policy is None else evolve(self.desk, rules=regime.rules_of(policy))
        other = World(clock=self.clock, desk=desk)
        prepare(self.engine, other.engine, policy)
        rebuild(self.engine, other.engine, lambda done, of: None)
        return other

    def differs_from(self, other: World) -> list[Any]:
        return differences(self.engine, other.engine)


def delivered(body: dict[str, Any] | bytes, at: int, origin: Origin = ORIGIN, signature: str = "") -> Delivery:
    """The body as the door hands it in."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return Delivery(origin=origin, received_at=at, body=raw, reading=jivo.read(raw), signature=signature)


def accepted(chat: object = 1, **visitor: Any) -> dict[str, Any]:
    """A chat_accepted from a web page. `token` goes to user_token, all else to the visitor."""
    return _event("chat_accepted", visitor, chat_id=chat, session={"ip_addr": "203.0.113.7"})


def updated(chat: object = 1, **visitor: Any) -> dict[str, Any]:
    return _event("chat_updated", visitor, chat_id=chat, session={"ip_addr": "203.0.113.7"})


def finished(chat: object = 1, *, messages: list[dict[str, Any]] | None = None, **visitor: Any) -> dict[str, Any]:
    chat_part = {"messages": messages or [], "rate": None}
    return _event("chat_finished", visitor, chat_id=chat, chat=chat_part, session={"ip_addr": "203.0.113.7"})


def client(number: object, **visitor: Any) -> dict[str, Any]:
    return _event("client_updated", {**visitor, "number": number}, client_id=number)


def _event(name: str, visitor: dict[str, Any], **rest: Any) -> dict[str, Any]:
    token = visitor.pop("token", None)
    return {"event_name": name, "widget_id": "w1", "user_token": token, "visitor": visitor, **rest}
