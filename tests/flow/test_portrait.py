"""The portrait: who says each value, why one stands first, what is in doubt, whom rules and people merged in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import steward
from jivod.flow.glimpse import ENTRIES, WORDS, Purse
from jivod.flow.people import People
from jivod.flow.portrait import BETTER, CHOSEN, FIRST, IMPORTED, Fact, Portrait, portrait
from jivod.model.claim import NAME, OPERATOR, REVISED, VISITOR_TYPED
from jivod.model.contact import EMAIL, PHONE
from jivod.policy.rules import DEFAULT
from tests.flow.imports import run
from tests.flow.office import story
from tests.flow.world import START, World, accepted, finished, updated


def shown(world: World, id: str) -> Portrait:
    return world.ask(lambda txn: portrait(txn, People(txn), id, world.desk.rules))


def fact(found: Portrait, attribute: str) -> Fact | None:
    return next((one for one in found.facts if one.attribute == attribute), None)


@given(st.data())
def test_it_shows_what_the_golden_record_shows_and_nothing_else(data: st.DataObject) -> None:
    world = story(data, DEFAULT).world
    for golden in world.everybody():
        found = shown(world, golden.id)
        assert found.golden == golden
        assert tuple(v.value for v in found.several[EMAIL]) == golden.emails
        assert tuple(v.value for v in found.several[PHONE]) == golden.phones
        assert {v.value for k in (EMAIL, PHONE) for v in found.several[k] if v.verified} == {*golden.verified_contacts}
        single = {f.attribute: f.shown.value for f in found.facts if f.shown}
        assert single.pop(NAME, None) == golden.name
        assert single.pop("description", None) == golden.description
        assert {a.removeprefix("attr:"): v for a, v in single.items()} == golden.attributes
        doubts = {(f.attribute, v.value) for f in found.facts for v in f.contested}
        assert doubts == {(c.attribute, c.value) for c in golden.contested}
        assert tuple(sorted(j.merge.edge.loser for j in found.merged)) == tuple(sorted(golden.merged))


def test_it_tells_who_said_a_value_and_when() -> None:
    world = World()
    id = str(world.tell(accepted(1, email="a@example.com", phone="0532 000 00 01")).customer)
    world.tell(updated(1, phone="0532 000 00 01"))
    (phone,) = shown(world, id).several[PHONE]
    assert (phone.sources, phone.raw, phone.verified, phone.why) == (
        (REVISED, VISITOR_TYPED), "0532 000 00 01", False, "",
    )  # fmt: skip
    assert (phone.first_at, phone.last_at, phone.by) == (START + 1000, START + 2000, "")
    world.decide(steward.confirm, id, PHONE, "+905320000001")
    (phone,) = shown(world, id).several[PHONE]
    assert (phone.source, phone.verified, phone.by) == (OPERATOR, True, "Elif")


def test_it_tells_why_the_first_stands_first() -> None:
    world = World()
    id = str(world.tell(accepted(1, email="a@example.com")).customer)
    world.tell(accepted(1, email="b@example.com"))
    assert shown(world, id).several[EMAIL][0].why == FIRST
    world.tell(updated(1, email="c@example.com"))
    assert [(v.value, v.why) for v in shown(world, id).several[EMAIL]][:2] == [
        ("c@example.com", BETTER), ("a@example.com", ""),
    ]  # fmt: skip
    world.decide(steward.primary, id, EMAIL, "b@example.com")
    assert (shown(world, id).several[EMAIL][0].value, shown(world, id).several[EMAIL][0].why) == (
        "b@example.com", CHOSEN,
    )  # fmt: skip


def test_it_tells_whether_an_import_or_a_person_put_the_first_one_first() -> None:
    world = World()
    id = str(world.tell(accepted(1, email="a@example.com", phone="+905320000001")).customer)
    run(world, [{"email": "a@example.com", "phone": "+905320000002"}])
    first, second = shown(world, id).several[PHONE]
    assert ((first.value, first.why), second.value) == (("+905320000002", IMPORTED), "+905320000001")
    world.decide(steward.primary, id, PHONE, "+905320000002")
    assert shown(world, id).several[PHONE][0].why == CHOSEN


def test_what_contests_a_name_stands_beside_it_and_what_lost_behind() -> None:
    world = World()
    id = str(world.tell(accepted(1, email="a@example.com", name="Ayşe")).customer)
    world.tell(accepted(1, email="a@example.com", name="Fatma"))
    name = fact(shown(world, id), NAME)
    assert name is not None and name.shown is not None
    assert (name.shown.value, [v.value for v in name.contested]) == ("Fatma", ["Ayşe"])
    world.decide(steward.settle, id, NAME, "Ayşe")
    name = fact(shown(world, id), NAME)
    assert name is not None and name.shown is not None
    assert (name.shown.value, name.contested, [v.value for v in name.former]) == ("Ayşe", (), ["Fatma"])


def test_it_tells_by_which_key_he_was_found_last() -> None:
    world = World()
    id = str(world.tell(accepted(1, email="a@example.com")).customer)
    world.tell(accepted(2, email="a@example.com"))
    world.tell(updated(2, name="Ayşe"))
    reason = shown(world, id).reason
    assert reason is not None and reason.key is not None
    assert (reason.rule, reason.key.value) == ("key", "a@example.com")


def test_a_glimpse_shows_the_last_words_for_what_is_left() -> None:
    world = World()
    said = [{"type": "visitor", "message": str(n), "timestamp": 1_789_000_000 + n} for n in range(400)]
    id = str(world.tell(finished(1, email="a@example.com", messages=said)).customer)
    (chat,) = world.chats(id)
    purse = Purse()
    found = world.ask(lambda txn: purse.glimpse(txn, chat))
    assert ([m.text for m in found.messages], found.more) == ([str(n) for n in range(400 - WORDS, 400)], 400 - WORDS)
    poor = Purse(left=100)
    assert world.ask(lambda txn: poor.glimpse(txn, chat)).whole is None
    assert poor.left == 100


def test_a_conversation_of_many_entries_is_not_read_for_a_list() -> None:
    world = World()
    for n in range(ENTRIES + 1):
        world.tell(updated(1, email="a@example.com", name=str(n)))
    (golden,) = world.everybody()
    (chat,) = world.chats(golden.id)
    assert world.ask(lambda txn: Purse().glimpse(txn, chat)).whole is None
