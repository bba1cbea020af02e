"""What people decided holds under any policy, whichever was in force when they decided it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import steward
from jivod.flow.enact import BY_PERSON
from jivod.model.decision import Different, Merge, Unmerge
from jivod.model.entry import DECISION, Entry
from jivod.policy.rules import Rules
from jivod.store import different, edges, journal
from jivod.wire import decision as wire
from tests.flow.office import root_of, story
from tests.flow.told import policies, streams, tell
from tests.flow.world import World, accepted, client, updated
from tests.policy import drawn

PHONE_FIRST = '[identity]\nkinds = ["verified_token", "token", "phone", "email", "visitor"]\n'
MERGES = '[identity]\non_conflict = "merge"\n'


def decisions(world: World) -> list[Entry]:
    return [e for e in world.ask(lambda txn: journal.after(txn, 0, 10_000)) if e.kind == DECISION]


def standing(world: World) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Entries of whom people called different, and of whom they merged, as far as nobody took it back."""
    apart: list[tuple[int, int]] = []
    together: list[tuple[int, int]] = []
    for entry in decisions(world):
        found = wire.read(entry.body)
        pairs = found.parted if isinstance(found, Unmerge) else ()
        if isinstance(found, Different) and found.different:
            pairs = ((found.a, found.b),)
        for a, b in pairs:
            if world.ask(lambda txn, a=a, b=b: b in different.of(txn, a)):  # type: ignore[misc]
                apart.append((found.anchors[a], found.anchors[b]))
        if isinstance(found, Merge):
            edge = world.ask(lambda txn, loser=found.loser: edges.get(txn, loser))  # type: ignore[misc]
            if edge is not None and (edge.rule, edge.seq) == (BY_PERSON, entry.seq):
                together.append((found.anchors[found.loser], found.anchors[found.winner]))
    return apart, together


@given(st.data(), policies(), policies())
def test_what_people_decided_holds_under_any_other_policy(data: st.DataObject, rules: Rules, others: Rules) -> None:
    office = story(data, rules)
    apart, together = standing(office.world)
    other = office.world.rebuilt(drawn.written(others))
    roots = {s: other.ask(lambda txn, s=s: root_of(txn, s)) for pair in (*apart, *together) for s in pair}  # type: ignore[misc]
    for a, b in apart:
        if not {a, b} & office.moved and roots[a] is not None:
            assert roots[a] != roots[b]
    for a, b in together:
        if not {a, b} & office.moved and roots[a] is not None and roots[b] is not None:
            assert roots[a] == roots[b]
    for seq, tag in office.edits:
        root = other.ask(lambda txn, seq=seq: root_of(txn, seq))  # type: ignore[misc]
        if root is not None and seq not in office.moved:
            assert tag in other.golden(root).tags
    assert other.findings() == []


@given(st.data(), policies())
def test_a_fold_under_the_same_policy_is_the_same_byte_for_byte(data: st.DataObject, rules: Rules) -> None:
    office = story(data, rules)
    assert office.world.differs_from(office.world.rebuilt()) == []
    assert office.world.differs_from(office.world.rebuilt(drawn.written(rules))) == []


@given(st.data(), policies(), policies())
def test_a_store_that_went_on_under_another_policy_is_the_fold_of_its_journal(
    data: st.DataObject, rules: Rules, others: Rules
) -> None:
    office = story(data, rules, 15)
    office.world = office.world.rebuilt(drawn.written(others))
    for event in data.draw(streams(longest=15)):
        tell(office.world, event)
        if data.draw(st.integers(0, 2)) == 0:
            office.decide()
    assert office.world.differs_from(office.world.rebuilt()) == []


# What it comes to, in small


def two_with_one_phone() -> tuple[World, str, str]:
    world = World()
    a = world.tell(accepted(1, email="a@example.com", phone="+905320000001")).customer
    b = world.tell(accepted(2, email="b@example.com", phone="+905320000001")).customer
    assert a is not None and b is not None and a != b
    return world, a, b


def test_another_policy_would_make_them_one() -> None:
    world, *_ = two_with_one_phone()
    assert len(world.rebuilt(PHONE_FIRST).everybody()) == 1


def test_whom_a_person_called_different_are_two_records_from_the_beginning() -> None:
    world, a, b = two_with_one_phone()
    world.decide(steward.tell_apart, a, b)
    other = world.rebuilt(PHONE_FIRST)
    assert [g.id for g in other.everybody()] == [a, b]
    assert [g.emails for g in other.everybody()] == [("a@example.com",), ("b@example.com",)]


def test_what_was_taken_back_is_not_heeded() -> None:
    world, a, b = two_with_one_phone()
    world.decide(steward.tell_apart, a, b)
    world.decide(steward.tell_apart, a, b, different=False)
    assert len(world.rebuilt(PHONE_FIRST).everybody()) == 1


def test_whom_a_person_unmerged_are_apart_where_no_rule_had_merged_them() -> None:
    world = World()
    world.adopt(MERGES)
    a = world.tell(accepted(1, email="a@example.com")).customer
    b = world.tell(accepted(2, phone="+905320000001")).customer
    world.tell(accepted(3, email="a@example.com", phone="+905320000001"))
    assert world.golden(b).id == a
    world.decide(steward.unmerge, (b,))
    other = world.rebuilt('[identity]\nkinds = ["visitor", "phone", "email", "token", "verified_token"]\n')
    assert [g.id for g in other.everybody()] == [a, b]
    world.adopt("")
    assert world.differs_from(world.rebuilt()) == []


def test_who_belongs_to_somebody_who_is_different_is_different_too() -> None:
    world, a, b = two_with_one_phone()
    c = world.tell(accepted(3, email="c@example.com", phone="+905320000001")).customer
    world.decide(steward.merge, c, a)
    world.decide(steward.tell_apart, a, b)
    other = world.rebuilt(PHONE_FIRST)
    assert {g.emails for g in other.everybody()} == {("a@example.com", "c@example.com"), ("b@example.com",)}


def test_a_merge_by_a_person_goes_round_those_that_rules_made() -> None:
    """Under the other policy a rule had made one of them part of a third by then."""
    world = World()
    a = world.tell(accepted(1, email="a@example.com", name="A")).customer
    b = world.tell(accepted(2, phone="+905320000001", name="B")).customer
    world.tell(accepted(3, email="a@example.com", phone="+905320000001"))
    c = world.tell(accepted(4, email="c@example.com", name="C")).customer
    world.decide(steward.merge, b, c)
    other = world.rebuilt(MERGES)
    assert [(g.id, set(g.merged)) for g in other.everybody()] == [(c, {a, b})]
    world.decide(steward.tell_apart, a, c)
    other = world.rebuilt(MERGES)
    assert [(g.id, set(g.merged)) for g in other.everybody()] == [(a, set()), (c, {b})]


def test_an_edit_stays_with_whom_it_meant() -> None:
    world = World()
    a = world.tell(accepted(1, email="a@example.com")).customer
    b = world.tell(accepted(2, phone="+905320000001")).customer
    world.tell(accepted(3, email="a@example.com", phone="+905320000001"))
    world.decide(steward.edit, b, "name", "Deniz Aksoy")
    world.decide(steward.tell_apart, a, b)
    other = world.rebuilt(MERGES)
    assert [(g.id, g.name) for g in other.everybody()] == [(a, None), (b, "Deniz Aksoy")]


def test_what_was_detached_is_a_customer_of_its_own_under_any_policy() -> None:
    world = World()
    a = world.tell(accepted(1, email="a@example.com", phone="+905320000001")).customer
    seq = world.tell(accepted(2, phone="+905320000001", name="Deniz")).seq
    world.decide(steward.detach, a, (seq,))
    for policy in ("", PHONE_FIRST, MERGES, '[identity]\nunverified = "claim"\n'):
        other = world.rebuilt(policy)
        assert [g.name for g in other.everybody()] == [None, "Deniz"]


def test_who_was_called_different_is_meant_and_not_whom_a_rule_made_him_part_of() -> None:
    """Under the other policy the browser's provisional customer had yielded before anybody said anything of him."""
    world = World()
    a = world.tell(client(1, token="crm-2", email="a@example.com")).customer
    b = world.tell(accepted(11, number=1, token="crm-1")).customer
    world.tell(updated(11, number=1, token="crm-1"))
    c = world.tell(accepted(12, number=1, token="crm-3")).customer
    world.decide(steward.tell_apart, b, c)
    world.decide(steward.merge, a, c)
    other = world.rebuilt('[blocked]\ntokens = ["crm-1"]\n')
    assert [(g.id, g.merged) for g in other.everybody()] == sorted([(b, ()), (c, (a,))])
    assert other.findings() == []
