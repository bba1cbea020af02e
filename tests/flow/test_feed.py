"""Feed: which changes an event or a decision means, and that nothing is written while nobody listens."""

from __future__ import annotations

import pytest

from jivod.flow import feed, steward
from jivod.model.change import (
    CALL_ENDED,
    CHANGES,
    CHAT_FINISHED,
    CREATED,
    ERASED,
    MERGED,
    OFFLINE_MESSAGE,
    UNMERGED,
    UPDATED,
)
from jivod.model.contact import PHONE, Key
from jivod.store import journal, outbox
from jivod.store.tables import OUTBOX
from jivod.wire import decision as wire
from tests.flow.world import World, accepted, client, finished, updated

Told = list[tuple[str, str | None, str | None]]


@pytest.fixture
def world() -> World:
    world = World()
    world.do(lambda txn: outbox.listen(txn, CHANGES))
    return world


def told(world: World, behind: int = 0) -> Told:
    return [
        (c.kind, c.customer or None, c.other or None) for c in world.ask(lambda txn: outbox.after(txn, behind, 999))
    ]


def news(world: World, body: dict) -> Told:
    """What one event adds."""
    before = world.ask(outbox.last)
    world.tell(body)
    return told(world, before)


def call(status: str, phone: str = "+905320000001") -> dict:
    return {"event_name": "call_event", "call": {"type": "incoming", "status": status, "phone": phone}}


def test_a_newcomer_is_created_and_a_known_one_updated_only_if_he_looks_different(world):
    id = world.tell(accepted(1, name="Anna", email="a@example.com")).customer
    assert told(world) == [(CREATED, id, None)]
    assert news(world, accepted(2, name="Anna", email="a@example.com")) == []
    assert news(world, updated(2, name="Anna", email="a@example.com", phone="+905320000001")) == [(UPDATED, id, None)]


def test_a_repeat_tells_nothing(world):
    world.tell(finished(1, email="a@example.com"), at=5_000_000)
    before = world.ask(outbox.last)
    assert world.tell(finished(1, email="a@example.com"), at=9_000_000).repeated
    assert world.ask(outbox.last) == before


def test_the_end_of_a_conversation_is_told_behind_what_it_changed(world):
    id = world.tell(accepted(1, email="a@example.com")).customer
    assert news(world, finished(1, email="a@example.com", phone="+905320000001")) == [
        (UPDATED, id, None),
        (CHAT_FINISHED, id, None),
    ]


def test_an_offline_message_and_the_end_of_a_call(world):
    offline = {"event_name": "offline_message", "offline_message_id": "7", "message": "Hi"}
    assert [kind for kind, *_ in news(world, {**offline, "visitor": {"email": "a@example.com"}})] == [
        CREATED,
        OFFLINE_MESSAGE,
    ]
    kinds = [[kind for kind, *_ in news(world, call(status))] for status in ("start", "client_connected", "end")]
    assert kinds == [[CREATED], [], [CALL_ENDED]]


def test_what_is_nobodys_is_told_of_nobody(world):
    assert news(world, finished(1)) == [(CHAT_FINISHED, None, None)]


def test_a_provisional_customer_who_yields_is_merged(world):
    known = world.tell(accepted(1, name="Anna", email="a@example.com")).customer
    loser = world.tell(accepted(2, number="77", name="Guest")).customer
    assert loser != known
    assert news(world, updated(2, number="77", name="Guest", email="a@example.com"))[:1] == [(MERGED, known, loser)]
    assert world.golden(loser).id == known


def test_what_a_person_decides_is_told(world):
    anna = world.tell(accepted(1, name="Anna", email="a@example.com")).customer
    bert = world.tell(accepted(2, name="Bert", email="b@example.com")).customer
    before = world.ask(outbox.last)
    world.decide(steward.edit, anna, "name", "Anna Maria")
    world.decide(steward.edit, anna, "name", "Anna Maria")
    world.decide(steward.confirm, anna, "email", "a@example.com")
    world.decide(steward.merge, bert, anna)
    world.decide(steward.unmerge, (bert,))
    world.decide(steward.share, Key(PHONE, "+905320000009"), shared=True)
    world.decide(steward.clear, anna, "email")
    assert told(world, before) == [
        (UPDATED, anna, None),
        (UPDATED, anna, None),
        (MERGED, anna, bert),
        (UPDATED, anna, None),
        (UNMERGED, bert, anna),
        (UPDATED, anna, None),
        (UPDATED, anna, None),
    ]


def test_a_customer_who_is_entered_by_hand_is_created(world):
    entry = world.decide(steward.create, [("email", "b@example.com"), ("name", "Banu")])
    (id,) = wire.ids_of(wire.read(entry.body))
    assert told(world) == [(CREATED, id, None)]


def test_conversations_taken_away_make_a_customer(world):
    anna = world.tell(accepted(1, name="Anna", email="a@example.com", phone="+905320000001")).customer
    other = world.tell(accepted(2, name="Else", phone="+905320000001"))
    assert other.customer == anna
    before = world.ask(outbox.last)
    world.decide(steward.detach, anna, (other.seq,))
    made = told(world, before)[0]
    assert (made[0], made[1] != anna) == (CREATED, True)


def test_a_refused_decision_tells_nothing(world):
    anna = world.tell(accepted(1, name="Anna", email="a@example.com")).customer
    before = world.ask(outbox.last)
    with pytest.raises(Exception, match="cannot be merged into itself"):
        world.decide(steward.merge, anna, anna)
    assert world.ask(outbox.last) == before


def test_an_erasure_can_be_told(world):
    done = world.tell(accepted(1, name="Anna", email="a@example.com"))
    entry = world.ask(lambda txn: journal.get(txn, done.seq))
    world.do(lambda txn: feed.note_erased(txn, done.customer, entry))
    assert told(world)[-1] == (ERASED, done.customer, None)


def test_nothing_is_written_while_nobody_listens_nor_of_other_kinds():
    world = World()
    world.tell(accepted(1, name="Anna", email="a@example.com"))
    assert world.ask(outbox.last) == 0
    world.do(lambda txn: outbox.listen(txn, [CHAT_FINISHED]))
    world.tell(accepted(2, name="Bert", email="b@example.com"))
    assert world.ask(outbox.last) == 0
    world.tell(finished(2, email="b@example.com"))
    assert [kind for kind, *_ in told(world)] == [CHAT_FINISHED]


def test_no_personal_data_lies_in_the_outbox(world):
    world.tell(accepted(1, name="Annabella", email="annabella@example.com", phone="+905320000001"))
    world.tell(finished(1, name="Annabella", messages=[{"message": "Hello", "type": "visitor"}]))
    rows = b"".join(record for _, record in world.ask(lambda txn: list(txn.range(OUTBOX))))
    assert world.ask(outbox.last) == 2
    assert not any(text in rows for text in (b"nnabella", b"example", b"0532", b"Hello"))


def test_a_rebuild_tells_nothing_and_equals_what_lives(world):
    world.tell(accepted(1, name="Anna", email="a@example.com"))
    world.tell(client("5", name="Bert", email="b@example.com"))
    other = world.rebuilt()
    assert world.differs_from(other) == []
    assert other.ask(outbox.last) == 0
