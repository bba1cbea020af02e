"""The outlet under a random life: events, answers of every kind, crashes, people who pause it and rewind it.

At the end every change was received at least once, and whoever looks at the first receipts alone sees each customer in
order.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jivod.flow import dispatch
from jivod.model.change import MERGED, Owed
from jivod.model.errors import Refused
from jivod.service.courier import PARALLEL, Reply
from jivod.store import outbox, sinks
from tests.service.postbox import GOOD, Desk, Received

ANSWERS = st.sampled_from([GOOD, GOOD, GOOD, *(Reply(status=s, why="no") for s in (500, 0, 404, 302, 410))])


class Life(RuleBasedStateMachine):
    @initialize(count=st.integers(1, 4))
    def begin(self, count: int) -> None:
        self.desk = Desk()
        self.ids = self.desk.people(*(f"p{n}" for n in range(count)))
        self.about: dict[int, set[str]] = {}

    @rule(data=st.data())
    def happen(self, data: st.DataObject) -> None:
        customer = data.draw(st.sampled_from(self.ids))
        other = data.draw(st.sampled_from(["", *self.ids]))
        pair = {customer} if other in ("", customer) else {customer, other}
        number = self.desk.note(customer, other, MERGED) if len(pair) == 2 else self.desk.note(customer)
        self.about[number] = pair

    @rule(seconds=st.sampled_from([0.5, 0.5, 30.0, 3600.0]))
    def turn(self, seconds: float) -> None:
        self.desk.turn(seconds)

    @precondition(lambda self: self.desk.box.waiting)
    @rule(data=st.data(), reply=ANSWERS)
    def answer(self, data: st.DataObject, reply: Reply) -> None:
        self.desk.box.reply(reply, data.draw(st.integers(0, len(self.desk.box.waiting) - 1)))

    @rule()
    def crash(self) -> None:
        self.desk.start()

    @rule()
    def pause(self) -> None:
        try:
            self.desk.world.do(lambda txn: dispatch.pause(txn, "crm"))
        except Refused:
            assert self.desk.standing.halted

    @rule()
    def resume(self) -> None:
        self.desk.world.do(lambda txn: dispatch.resume(txn, "crm"))

    @rule(data=st.data())
    def rewind(self, data: st.DataObject) -> None:
        first, told = self.desk.ask(outbox.first), self.desk.standing.told
        if first <= told:
            number = data.draw(st.integers(first, told))
            self.desk.world.do(lambda txn: dispatch.tell_again(txn, "crm", number))

    @rule()
    def revive(self) -> None:
        self.desk.world.do(lambda txn: dispatch.revive(txn, "crm", 5))

    @invariant()
    def nobody_is_told_two_things_at_once(self) -> None:
        on_their_way = [self.about.get(received.data["number"], set()) for received in self.desk.box.waiting]
        assert len(on_their_way) <= PARALLEL
        assert sum(map(len, on_their_way)) == len(set().union(*on_their_way))

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        self.heal()
        given_up = {d.change.number for d in self.desk.ask(lambda txn: sinks.dead(txn, "crm", 10_000))}
        assert set(self.about) <= set(self.desk.box.numbers) | given_up
        assert self.owed() == []
        assert self.desk.world.findings() == []
        first: dict[int, Received] = {}
        for received in self.desk.box.got:
            first.setdefault(received.data["number"], received)
        for id in self.ids:
            mine = [n for n in first if id in self.about.get(n, ())]
            assert mine == sorted(mine)

    def heal(self) -> None:
        """From now on the sink takes everything."""
        self.desk.world.do(lambda txn: dispatch.resume(txn, "crm"))
        for _ in range(400):
            self.desk.turn(600.0)
            while self.desk.box.waiting:
                self.desk.box.reply(GOOD)
                self.desk.clock.advance(0)
            if self.desk.standing.told == self.desk.ask(outbox.last) and not self.owed():
                break

    def owed(self) -> list[Owed]:
        return self.desk.ask(lambda txn: sinks.owed(txn, "crm"))


TestLife = Life.TestCase
TestLife.settings = settings(stateful_step_count=40, max_examples=min(settings.default.max_examples, 100))  # type: ignore[union-attr]
