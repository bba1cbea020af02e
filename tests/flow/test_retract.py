"""Taken back: the customers are as before the decision, whatever it was, and the journal still tells all of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import aside, query, steward
from jivod.flow.people import People
from jivod.flow.replay import differences
from jivod.flow.retract import decided, opposite, take_back
from jivod.model.claim import NAME, TAG
from jivod.model.contact import EMAIL, PHONE
from jivod.model.customer import GoldenRecord
from jivod.model.decision import Unmerge
from jivod.model.errors import Refused
from jivod.policy.rules import DEFAULT, Rules
from jivod.store import edges, journal
from jivod.store.kv import Txn
from jivod.store.tables import DECISIONS, NOTES
from jivod.wire import decision as wire
from tests.flow.lives import Deed, deeds, lived, lives
from tests.flow.office import story
from tests.flow.told import Event, policies
from tests.flow.world import World, accepted


def may_be_undone(world: World, id: str, seq: int) -> bool:
    def read(txn: Txn) -> bool:
        found = decided(txn, seq)
        return found is not None and opposite(People(txn), edges.root(txn, id), found) is not None

    return world.ask(read)


def looks(world: World) -> dict[str, Any]:
    """What people see of everybody. An unmerge keeps two apart from then on: that is its meaning, not a look."""
    return {g.id: _look(g) for g in world.everybody()}


def _look(g: GoldenRecord) -> Any:
    return (
        g.name, g.emails, g.phones, g.description, g.attributes, g.tags, g.tokens, g.contested, g.merged, g.chats,
        g.verified_contacts,
    )  # fmt: skip


@given(st.data())
def test_a_decision_and_its_opposite_leave_everybody_as_he_was(data: st.DataObject) -> None:
    office = story(data, DEFAULT, longest=12)
    world = office.world
    before, last = looks(world), world.ask(journal.last)
    office.decide()
    if world.ask(journal.last) == last:
        return
    done = world.ask(lambda txn: query.decision(txn, last + 1))
    id = wire.ids_of(done.decision)[0]
    if not may_be_undone(world, id, done.seq):
        return
    world.decide(take_back, id, done.seq)
    if isinstance(done.decision, Unmerge):
        assert {*looks(world)} == {*before}  # the tree may hang together in another way
    else:
        assert looks(world) == before
    assert world.findings() == []
    assert world.differs_from(world.rebuilt()) == []


TELLING = frozenset({DECISIONS, NOTES})  # tables that tell of decisions, void ones too


def sayings(world: World) -> dict[Any, list[tuple[str, str, str]]]:
    """What a person can say of whom, attribute and value, by each function of `flow.steward`."""
    everybody = world.everybody()
    contacts = [(g.id, kind, v) for g in everybody for kind, vs in ((EMAIL, g.emails), (PHONE, g.phones)) for v in vs]
    contested = [(g.id, c.attribute, c.value) for g in everybody for c in g.contested]
    names = [(g.id, NAME, g.name) for g in everybody if g.name]
    found = {
        steward.edit: contacts + names + [(g.id, NAME, "Deniz") for g in everybody],
        steward.clear: contacts + names + [(id, NAME, "") for id, _, _ in names],
        steward.confirm: contacts,
        steward.primary: contacts,
        steward.settle: contested,
    }
    return {deed: what for deed, what in found.items() if what}


@given(lives(longest=10), policies(), st.data(), st.lists(deeds(("merge",)), max_size=2))
def test_what_is_taken_back_is_as_if_it_had_never_been_said(
    life: list[Event | Deed], rules: Rules, data: st.DataObject, merges: list[Deed]
) -> None:
    """Byte for byte, under any policy, whatever was merged meanwhile: as where two notes were written instead."""
    world, other = lived(life, rules), lived(life, rules)
    if not (possible := sayings(world)):
        return
    deed = data.draw(st.sampled_from(list(possible)), label="deed")
    id, *what = data.draw(st.sampled_from(possible[deed]), label="said")
    done = world.decide(deed, id, *what)
    other.decide(aside.note, id, "instead")
    said = looks(world)
    for merge in merges:
        assert (merge.carry_out(world) is None) == (merge.carry_out(other) is None)
    if not may_be_undone(world, id, done.seq):
        return
    taken = world.decide(take_back, id, done.seq)
    other.decide(aside.note, id, "instead")
    found = differences(world.engine, other.engine, 1000)
    assert [one for one in found if one.table not in TELLING] == []
    if not merges:
        world.decide(take_back, id, taken.seq)
        assert looks(world) == said
    assert not may_be_undone(world, id, taken.seq) or merges
    assert world.differs_from(world.rebuilt()) == []


def test_each_saying_is_taken_back_and_decided_again() -> None:
    """Of what nobody doubts, so that the law above is about something."""
    world = World()
    a = str(world.tell(accepted(1, email="a@example.com", name="Ayşe")).customer)
    world.tell(accepted(2, email="a@example.com", name="Elif", phone="+905320000001"))
    world.decide(steward.edit, a, EMAIL, "b@example.com")
    sayings: list[tuple[Any, tuple[str, ...]]] = [
        (steward.settle, (NAME, "Elif")),
        (steward.settle, (NAME, "Ayşe")),
        (steward.confirm, (EMAIL, "a@example.com")),
        (steward.confirm, (PHONE, "+905320000001")),
        (steward.primary, (EMAIL, "a@example.com")),
        (steward.edit, (PHONE, "+905320000001")),
        (steward.edit, (NAME, "Deniz")),
        (steward.clear, (EMAIL, "a@example.com")),
        (steward.clear, (NAME,)),
    ]
    for deed, what in sayings:
        before = looks(world), world.claims(a)
        done = world.decide(deed, a, *what)
        after = looks(world)
        assert after != before[0]
        for _ in range(2):  # as often as one likes
            taken = world.decide(take_back, a, done.seq)
            assert (looks(world), world.claims(a)) == before
            done = world.decide(take_back, a, taken.seq)
            assert looks(world) == after
        world.decide(take_back, a, done.seq)
    assert world.differs_from(world.rebuilt()) == []


def test_the_former_first_one_stands_first_again() -> None:
    world, a, _ = two()
    for email in ("b2@example.com", "c@example.com"):
        world.decide(steward.edit, a, EMAIL, email)
    world.decide(steward.primary, a, EMAIL, "c@example.com")
    seq = world.decide(steward.primary, a, EMAIL, "b2@example.com").seq
    world.decide(take_back, a, seq)
    assert world.golden(a).emails[0] == "c@example.com"


def test_what_was_said_of_two_is_taken_back_of_each_where_they_are_two_again() -> None:
    world, a, b = two()
    for id in (a, b):
        world.decide(steward.edit, id, TAG, "old")
    world.decide(steward.merge, a, b)
    seq = world.decide(steward.clear, b, TAG, "old").seq
    world.decide(steward.unmerge, (a,))
    assert world.golden(a).tags == world.golden(b).tags == ()
    world.decide(take_back, a, seq)
    assert (world.golden(a).tags, world.golden(b).tags) == (("old",), ())
    world.decide(take_back, b, seq)
    assert world.golden(b).tags == ("old",)
    assert world.differs_from(world.rebuilt()) == []


def test_a_word_of_the_other_one_outlives_the_merge() -> None:
    """The two had decided the same; one of them took it back before they were one."""
    world, a, b = two()
    world.decide(steward.edit, b, NAME, "Fatma")
    seq = world.decide(steward.edit, a, NAME, "Fatma").seq
    world.decide(take_back, a, seq)
    world.decide(steward.merge, a, b)
    assert world.golden(a).name == "Fatma"


def two() -> tuple[World, str, str]:
    world = World()
    a = str(world.tell(accepted(1, email="a@example.com", name="Ayşe")).customer)
    return world, a, str(world.tell(accepted(2, email="b@example.com")).customer)


def test_an_unmerge_is_taken_back_into_one() -> None:
    world, a, b = two()
    world.decide(steward.merge, a, b)
    seq = world.decide(steward.unmerge, (a,)).seq
    world.decide(take_back, a, seq)
    assert world.golden(a).id == b
    assert world.differs_from(world.rebuilt()) == []


def test_what_others_say_too_stays_and_is_theirs_alone_again() -> None:
    world, a, _ = two()
    before = world.claims(a)
    seq = world.decide(steward.edit, a, EMAIL, "a@example.com").seq
    assert world.golden(a).verified_contacts == ("a@example.com",)
    world.decide(take_back, a, seq)
    assert world.golden(a).emails == ("a@example.com",) and not world.golden(a).verified_contacts
    assert world.claims(a) == before


def test_a_value_that_was_taken_away_is_given_again() -> None:
    world, a, _ = two()
    world.decide(steward.edit, a, TAG, "vip")
    seq = world.decide(steward.clear, a, TAG, "vip").seq
    world.decide(take_back, a, seq)
    assert world.golden(a).tags == ("vip",)


def test_what_was_decided_twice_is_not_told_apart() -> None:
    world, a, _ = two()
    seqs = [world.decide(steward.edit, a, NAME, "Fatma").seq for _ in range(2)]
    assert not any(may_be_undone(world, a, seq) for seq in seqs)


def test_what_was_overtaken_is_refused() -> None:
    world, a, b = two()
    merge = world.decide(steward.merge, a, b).seq
    world.decide(steward.unmerge, (a,))
    name = world.decide(steward.edit, a, NAME, "Fatma").seq
    for id, seq in ((a, merge), (b, name), (a, 1), (a, 10**9)):
        with pytest.raises(Refused, match="cannot be taken back"):
            world.decide(take_back, id, seq)
