"""Notes, and reviews that are put off: kept in the journal, told in the history, taken back, erased with the person."""

from __future__ import annotations

import pytest

from jivod.flow import aside, backlog, query, steward
from jivod.flow.erase import person
from jivod.flow.people import People
from jivod.flow.replay import prepare, rebuild
from jivod.flow.retract import take_back
from jivod.model.contact import PHONE, Key
from jivod.model.entry import ERASED
from jivod.model.errors import Refused
from jivod.model.reason import OPEN
from jivod.policy.rules import DEFAULT
from jivod.store import delays, journal, notes, reviews
from tests.flow.world import START, World, accepted

DAY = 86_400_000
SHARED = "+905320000001"
PHONE_FIRST = '[identity]\nkinds = ["verified_token", "token", "phone", "email", "visitor"]\n'


def customer(world: World, **visitor: object) -> str:
    return str(world.tell(accepted(world.clock, **visitor)).customer)


def sound(world: World) -> bool:
    return world.findings() == [] and world.differs_from(world.rebuilt()) == []


def pair(world: World, name: str = "b") -> tuple[str, str]:
    a = customer(world, email="a@example.com", phone=SHARED)
    return a, customer(world, email=f"{name}@example.com", phone=SHARED)


def waiting(world: World, at: int) -> list[frozenset[str]]:
    found, _ = world.ask(lambda txn: backlog.page(txn, People(txn), DEFAULT, at, 100))
    return [frozenset((d.a.id, d.b.id)) for d in found]


def test_a_note_changes_nothing_but_the_history() -> None:
    world = World()
    id = customer(world, email="a@example.com")
    before = world.golden(id)
    entry = world.decide(aside.note, id, "  Calls back on Monday. ")
    assert world.golden(id) == before
    (done,) = world.ask(lambda txn: query.decided(txn, id, 10))
    assert (done.seq, done.decision.text, done.decision.by) == (entry.seq, "Calls back on Monday.", "Elif")  # type: ignore[attr-defined]
    assert sound(world)


def test_a_note_stays_with_whom_it_was_written_about_through_merge_and_undo() -> None:
    world = World()
    a, b = customer(world, email="a@example.com"), customer(world, email="b@example.com")
    seq = world.decide(aside.note, a, "of a").seq
    world.decide(steward.merge, a, b)
    assert seq in [d.seq for d in world.ask(lambda txn: query.decided(txn, b, 10))]
    world.decide(aside.strike, b, seq)
    world.decide(steward.unmerge, (a,))
    assert seq not in [d.seq for d in world.ask(lambda txn: query.decided(txn, b, 10))]
    assert world.ask(lambda txn: notes.get(txn, seq)).struck  # type: ignore[union-attr]
    assert sound(world)


def test_a_note_is_kept_by_another_policy() -> None:
    world = World()
    id = customer(world, email="a@example.com")
    seq = world.decide(aside.note, id, "x").seq
    other = world.rebuilt(PHONE_FIRST)
    assert [d.seq for d in other.ask(lambda txn: query.decided(txn, id, 10))] == [seq]


@pytest.mark.parametrize("text", ["", "  \n", "x" * 8193, "a\0b", "\ud800"])
def test_what_is_no_note_is_refused_and_nothing_is_journaled(text: str) -> None:
    world = World()
    id = customer(world, email="a@example.com")
    with pytest.raises(Refused, match="a note has 1 to 8192 characters"):
        world.decide(aside.note, id, text)
    assert world.ask(lambda txn: query.decided(txn, id, 10)) == []


def test_only_a_note_of_his_that_stands_is_taken_away() -> None:
    world = World()
    a, b = customer(world, email="a@example.com"), customer(world, email="b@example.com")
    seq = world.decide(aside.note, a, "of a").seq
    for id, number, says in ((a, 1, "is no note;"), (a, 99, "is no note;"), (b, seq, "no note about this customer")):
        with pytest.raises(Refused, match=says):
            world.decide(aside.strike, id, number)
    with pytest.raises(Refused, match="stands already"):
        world.decide(aside.strike, a, seq, struck=False)
    world.decide(aside.strike, a, seq)
    with pytest.raises(Refused, match="was taken away already"):
        world.decide(aside.strike, a, seq)


def test_a_review_that_was_put_off_is_asked_on_that_day_and_not_before() -> None:
    world = World()
    a, b = pair(world)
    until = world.clock + 3 * DAY
    entry = world.decide(aside.put_off, a, b, until)
    assert waiting(world, until - 1) == []
    assert waiting(world, until) == [frozenset((a, b))]
    assert len(world.reviews()) == 1
    assert sound(world)
    world.do(lambda txn: take_back(txn, steward.Hand(by="Elif", at=world.clock, rules=DEFAULT), a, entry.seq))
    assert waiting(world, world.clock) == [frozenset((a, b))]
    assert sound(world)


def test_who_is_settled_is_put_off_no_longer() -> None:
    world = World()
    a, b = pair(world)
    world.decide(aside.put_off, a, b, world.clock + 3 * DAY)
    world.decide(steward.tell_apart, a, b)
    assert world.ask(lambda txn: delays.until(txn, *sorted((a, b)))) == 0
    with pytest.raises(Refused, match="nobody is asked"):
        world.decide(aside.put_off, a, b, world.clock + 3 * DAY)
    assert sound(world)


def test_nothing_of_a_note_is_left_when_the_person_is_erased() -> None:
    world = World()
    a, b = pair(world)
    seq = world.decide(aside.note, a, "lives in Izmir").seq
    struck = world.decide(aside.strike, a, seq).seq
    world.decide(aside.put_off, a, b, world.clock + DAY)
    found = world.ask(lambda txn: person(txn, a))
    entries = world.ask(lambda txn: [e and found.change(txn, e) for e in (journal.get(txn, n) for n in (seq, struck))])
    assert [(entry.kind, entry.body) for entry in entries if entry] == [(ERASED, b"")] * 2
    other = World(clock=world.clock)
    prepare(world.engine, other.engine)
    rebuild(world.engine, other.engine, lambda done, of: None, found.change)
    assert other.findings() == []
    assert other.ask(lambda txn: (notes.get(txn, seq), delays.until(txn, *sorted((a, b))))) == (None, 0)
    assert other.golden(b).emails == ("b@example.com",)


@pytest.mark.parametrize("days", [-1, 367])
def test_a_day_that_is_past_or_far_is_refused(days: int) -> None:
    world = World()
    a, b = pair(world)
    with pytest.raises(Refused, match="a day of the next year"):
        world.decide(aside.put_off, a, b, world.clock + days * DAY)


def test_all_of_a_key_are_answered_at_once_and_no_others() -> None:
    world = World()
    pair(world)
    customer(world, email="c@example.com", phone=SHARED)
    d = customer(world, email="d@example.com", phone="+905320000002")
    e = customer(world, email="e@example.com", phone="+905320000002")
    key = Key(PHONE, SHARED)
    groups = world.ask(lambda txn: backlog.groups(txn, world.clock))
    assert [(g.key, g.number) for g in groups] == [(key, 3)]
    hand = steward.Hand(by="Elif", at=world.clock, rules=DEFAULT)
    assert world.do(lambda txn: backlog.put_all_off(txn, hand, key, world.clock + DAY)) == 3
    assert waiting(world, world.clock) == [frozenset((d, e))]
    assert world.do(lambda txn: backlog.tell_all_apart(txn, hand, key)) == 0
    assert len(waiting(world, world.clock + DAY)) == 4
    later = steward.Hand(by="Elif", at=world.clock + DAY, rules=DEFAULT)
    assert world.do(lambda txn: backlog.tell_all_apart(txn, later, key)) == 3
    assert waiting(world, world.clock + DAY) == [frozenset((d, e))]
    assert world.ask(lambda txn: len(reviews.listed(txn, OPEN, 10))) == 1
    assert sound(world)


def test_pages_and_counts_look_at_no_more_than_they_may(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    for n in range(6):
        customer(world, email=f"{n}@example.com", phone="+905320000001")
    every = waiting(world, START * 2)
    assert len(every) > 3
    assert world.ask(lambda txn: backlog.count(txn, world.clock, 2)) == backlog.Count(number=2, more=True)
    assert world.ask(lambda txn: backlog.count(txn, world.clock)) == backlog.Count(number=len(every), more=False)
    monkeypatch.setattr(backlog, "LOOKED_AT", 1)
    found, before, turns = [], None, 0
    while turns == 0 or before is not None:
        some, before = world.ask(
            lambda txn, before=before: backlog.page(txn, People(txn), DEFAULT, world.clock, 5, before)  # type: ignore[misc]
        )
        found, turns = found + [frozenset((d.a.id, d.b.id)) for d in some], turns + 1
    assert found == every
    assert turns == len(every)


def test_the_next_one_is_another_pair_and_behind_the_last_the_first() -> None:
    world = World()
    pair(world)
    (only,) = world.reviews()
    assert world.ask(lambda txn: backlog.next_of(txn, People(txn), DEFAULT, world.clock, only)) is None
    customer(world, email="c@example.com", phone=SHARED)
    first, second, last = world.reviews()
    for here, there in ((first, second), (second, last), (last, first)):
        found = world.ask(lambda txn, here=here: backlog.next_of(txn, People(txn), DEFAULT, world.clock, here))  # type: ignore[misc]
        assert found is not None and found.review == there

