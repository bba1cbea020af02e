"""Outlet: how one sink is told, with a postbox in its place and a clock that the test moves."""

from __future__ import annotations

import pytest
from twisted.internet.defer import ensureDeferred

from jivod.flow import dispatch
from jivod.model.change import CREATED, GONE, MERGED, PAUSED, UPDATED
from jivod.model.errors import StoreFull
from jivod.service.breaker import FAILURES
from jivod.service.courier import PARALLEL, Reply
from jivod.service.outlet import ATTEMPTS
from jivod.store import outbox, sinks
from tests.service.postbox import BAD, GOOD, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_what_happens_to_a_customer_is_told_with_what_is_known_of_him(desk):
    (anna,) = desk.people("anna")
    desk.note(anna)
    desk.turn()
    (got,) = desk.box.got
    assert (got.type, got.data["id"], got.data["customer"]["name"]) == (UPDATED, anna, "Anna")
    assert got.data["customer"]["crm_link"] == f"https://crm.example.com/customers/{anna}"
    desk.box.reply(GOOD)
    desk.turn()
    desk.turn()
    assert desk.standing.told == desk.ask(outbox.last)
    assert len(desk.box.got) == 1


def test_a_customer_is_told_in_order_and_others_meanwhile(desk):
    anna, bert = desk.people("anna", "bert")
    numbers = [desk.note(anna), desk.note(anna), desk.note(bert)]
    desk.turn()
    assert desk.box.numbers == [numbers[0], numbers[2]]
    desk.box.reply(GOOD)
    desk.clock.advance(0)
    assert desk.box.numbers == [numbers[0], numbers[2], numbers[1]]


def test_no_more_letters_are_on_their_way_than_agreed(desk):
    for id in desk.people(*(f"p{n}" for n in range(PARALLEL + 3))):
        desk.note(id)
    desk.turn()
    while desk.box.waiting:
        desk.box.reply(GOOD)
        desk.clock.advance(0)
    assert desk.box.most == PARALLEL
    assert len(desk.box.got) == PARALLEL + 3


def test_a_merge_waits_for_both(desk):
    anna, bert = desk.people("anna", "bert")
    numbers = [desk.note(anna), desk.note(bert), desk.note(anna, bert, MERGED), desk.note(bert)]
    desk.turn()
    desk.box.reply(GOOD, 1)
    desk.turn()
    assert desk.box.numbers == numbers[:2]
    desk.box.reply(GOOD)
    desk.turn()
    assert desk.box.numbers == numbers[:3]
    desk.box.reply(GOOD)
    desk.turn()
    assert desk.box.numbers == numbers


def test_a_failure_is_tried_again_later_under_the_same_id_and_holds_up_nobody_else(desk):
    anna, bert = desk.people("anna", "bert")
    first, second = desk.note(anna), desk.note(anna)
    desk.turn()
    desk.box.reply(BAD)
    other = desk.note(bert)
    desk.turn()
    assert desk.box.numbers == [first, other]
    desk.box.reply(GOOD)
    desk.turn()
    assert desk.standing.told == other, "what is owed does not hold up the place"
    assert [o.change.number for o in desk.ask(lambda txn: sinks.owed(txn, "crm"))] == [first, second]
    desk.turn(5.0)
    assert desk.box.numbers == [first, other, first]
    assert desk.box.got[0].id == desk.box.got[2].id
    desk.box.reply(GOOD)
    desk.turn()
    assert desk.box.numbers[3:] == [second]


def test_a_change_that_never_arrives_is_given_up_and_can_be_told_again(desk):
    anna, bert = desk.people("anna", "bert")
    poison = desk.note(anna)
    for _ in range(ATTEMPTS):
        desk.note(bert)
        desk.turn(4 * 3600)
        while desk.box.waiting:
            desk.box.reply(BAD if desk.box.waiting[0].data["number"] == poison else GOOD)
        desk.turn()
    assert desk.box.numbers.count(poison) == ATTEMPTS
    (dead,) = desk.ask(lambda txn: sinks.dead(txn, "crm", 10))
    assert (dead.change.number, dead.why, dead.attempts) == (poison, "status 500", ATTEMPTS)
    assert (desk.standing.dead, desk.metrics.sinks["crm"].dead) == (1, 1)
    assert desk.world.do(lambda txn: dispatch.revive(txn, "crm", 10)) == 1
    desk.turn()
    desk.turn()
    assert desk.box.numbers[-1] == poison
    desk.box.reply(GOOD)
    desk.turn()
    assert desk.standing.dead == 0
    assert desk.ask(lambda txn: sinks.owed(txn, "crm")) == []


def test_a_sink_that_is_down_is_asked_now_and_then_and_costs_no_change_its_life(desk):
    ids = desk.people(*(f"p{n}" for n in range(20)))
    numbers = [desk.note(id) for id in ids]
    for _ in range(300):
        desk.turn(30)
        while desk.box.waiting:
            desk.box.reply(BAD)
    assert len(desk.box.got) < 60, "300 looks, and a failure each would be more"
    assert not desk.metrics.sinks["crm"].is_open
    assert desk.standing.dead == 0
    for _ in range(60):
        desk.turn(600)
        while desk.box.waiting:
            desk.box.reply(GOOD)
            desk.clock.advance(0)
    assert set(numbers) <= set(desk.box.numbers)
    assert desk.metrics.sinks["crm"].backlog == 0
    assert desk.metrics.sinks["crm"].is_open


def test_who_asks_to_wait_is_left_alone_for_so_long(desk):
    anna, bert = desk.people("anna", "bert")
    desk.note(anna)
    desk.turn()
    desk.box.reply(Reply(status=429, why="status 429", wait=120.0))
    desk.note(bert)
    desk.turn(119)
    assert len(desk.box.got) == 1
    desk.turn(2)
    assert len(desk.box.got) == 3


def test_a_sink_that_is_gone_is_told_nothing_until_a_person_says_so(desk):
    anna, bert = desk.people("anna", "bert")
    desk.note(anna)
    desk.turn()
    desk.box.reply(Reply(status=410, why="status 410"))
    desk.note(bert)
    desk.turn()
    desk.turn()
    assert (desk.standing.halted, len(desk.box.got)) == (GONE, 1)
    desk.start()
    desk.turn()
    assert len(desk.box.got) == 1, "nor after a restart"
    desk.world.do(lambda txn: dispatch.resume(txn, "crm"))
    desk.turn()
    desk.turn()
    assert len(desk.box.got) == 3


def test_a_paused_sink_goes_on_where_it_was(desk):
    (anna,) = desk.people("anna")
    desk.turn()
    desk.world.do(lambda txn: dispatch.pause(txn, "crm"))
    assert desk.standing.halted == PAUSED
    number = desk.note(anna)
    desk.turn()
    assert desk.box.got == []
    desk.world.do(lambda txn: dispatch.resume(txn, "crm"))
    desk.turn()
    desk.turn()
    assert desk.box.numbers == [number]


def test_what_was_told_can_be_told_again_from_any_number_on(desk):
    anna, bert = desk.people("anna", "bert")
    numbers = [desk.note(anna), desk.note(bert), desk.note(anna)]
    for _ in range(4):
        desk.turn()
        while desk.box.waiting:
            desk.box.reply(GOOD)
    assert sorted(desk.box.numbers) == numbers
    assert desk.world.do(lambda txn: dispatch.tell_again(txn, "crm", numbers[1])) == 2
    for _ in range(4):
        desk.turn()
        while desk.box.waiting:
            desk.box.reply(GOOD)
    assert sorted(desk.box.numbers[3:]) == numbers[1:]


def test_the_oldest_make_room_and_it_is_said_how_many(desk, monkeypatch):
    monkeypatch.setattr(outbox, "COUNT_MAX", 10)
    (anna,) = desk.people("anna")
    desk.turn()
    for _ in range(25):
        desk.note(anna)
    desk.turn()
    desk.turn()
    assert desk.standing.lost == 15
    assert desk.box.numbers == [desk.ask(outbox.last) - 9]


def test_more_is_owed_than_is_kept_so_the_oldest_is_given_up(desk, monkeypatch):
    monkeypatch.setattr("jivod.service.line.OWED_MAX", 3)
    (anna,) = desk.people("anna")
    numbers = [desk.note(anna) for _ in range(6)]
    desk.turn()
    desk.box.reply(BAD)
    desk.turn()
    assert [d.change.number for d in desk.ask(lambda txn: sinks.dead(txn, "crm", 9))] == numbers[:3]


def test_changes_of_other_kinds_are_passed_over_and_cost_the_sink_nothing(desk):
    from attrs import evolve

    desk = Desk(sink=evolve(desk.sink, events=frozenset({CREATED})))
    desk.world.do(lambda txn: outbox.listen(txn, [CREATED, UPDATED]))
    (anna,) = desk.people("anna")
    desk.note(anna)
    desk.turn()
    desk.turn()
    assert desk.box.got == []
    assert desk.standing.told == desk.ask(outbox.last)


def test_of_a_customer_who_is_no_more_nothing_is_told(desk):
    desk.world.tell({"event_name": "client_updated", "client_id": "1", "visitor": {}})
    desk.note("01ARZ3NDEKTSV4RRFFQ69G5FAV")
    desk.turn()
    desk.turn()
    assert [received for received in desk.box.got if received.type == UPDATED] == []
    assert desk.metrics.deliveries["crm", "void"] == 1


def test_while_the_disk_is_full_what_was_told_is_not_forgotten(desk, monkeypatch):
    anna, bert = desk.people("anna", "bert")
    desk.note(anna)
    desk.turn()
    desk.box.reply(GOOD)

    def full(job, size):
        raise StoreFull("the disk is full")

    submit, desk.outlet.writer.submit = desk.outlet.writer.submit, full
    desk.turn()
    desk.outlet.writer.submit = submit
    number = desk.note(bert)
    desk.turn()
    assert desk.box.numbers[1:] == [number]
    desk.box.reply(GOOD)
    desk.turn()
    assert desk.standing.told == number


def test_at_the_end_what_was_told_is_written_down_and_what_was_cut_off_is_not(desk):
    anna, bert = desk.people("anna", "bert")
    first, second = desk.note(anna), desk.note(bert)
    desk.turn()
    desk.box.reply(GOOD)
    desk.outlet.close()
    for flight in list(desk.outlet.flying):
        flight.cancel()
    ensureDeferred(desk.outlet.finish())
    assert desk.standing.told == first
    desk.start()
    desk.turn()
    assert desk.box.numbers == [first, second, second]


def test_failures_in_a_row_are_counted_across_customers(desk):
    for id in desk.people(*(f"p{n}" for n in range(FAILURES + 5))):
        desk.note(id)
    desk.turn()
    while desk.box.waiting:
        desk.box.reply(BAD)
        desk.clock.advance(0)
    assert len(desk.box.got) <= FAILURES + PARALLEL
