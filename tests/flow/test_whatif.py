"""What another policy would change: who would be one, who would be several, what would look different."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import steward, whatif
from jivod.flow.whatif import APPEAR, CHANGE, MERGE, SPLIT, VANISH, Finding, compare, visible
from jivod.model.claim import NAME
from jivod.store import journal
from tests.flow.office import root_of, story
from tests.flow.told import policies
from tests.flow.world import START, World, accepted, client, updated
from tests.policy import drawn

PHONE_FIRST = '[identity]\nkinds = ["verified_token", "token", "phone", "email", "visitor"]\n'
MERGES = '[identity]\non_conflict = "merge"\n'
OLDEST_NAME = '[survivorship.attributes.name]\ntie = "oldest"\n'
OFFICE_IS_NOBODY = '[blocked]\nemails = ["office@example.com"]\n'


def told(*bodies: Any) -> World:
    world = World()
    for body in bodies:
        world.tell(body)
    return world


def findings(world: World, policy: str, since: int | None = None) -> list[Finding]:
    return list(compare(world.engine, world.rebuilt(policy).engine, since, lambda done, of: None))


def ids(found: list[Finding], kind: str) -> list[tuple[list[str], list[str]]]:
    return [([f.id for f in one.now], [f.id for f in one.then]) for one in found if one.kind == kind]


def shared_phone() -> World:
    """Two customers with one phone; the e-mail tells them apart, as long as it is the stronger kind."""
    return told(
        accepted(1, email="a@example.com", phone="+905320000001", name="Ayşe"),
        accepted(2, email="b@example.com", phone="+905320000001", name="Deniz"),
    )


@given(st.data(), policies())
def test_the_policy_in_force_would_change_nothing(data: st.DataObject, rules: Any) -> None:
    office = story(data, rules)
    assert findings(office.world, drawn.written(rules)) == []


def test_who_would_be_one() -> None:
    world = shared_phone()
    a, b = (g.id for g in world.everybody())
    found = findings(world, PHONE_FIRST)
    assert ids(found, MERGE) == [([a, b], [a])]
    assert [f.kind for f in found] == [MERGE]
    (merge,) = found
    assert [face.name for face in merge.now] == ["Ayşe", "Deniz"]
    assert merge.then[0].emails == ("a@example.com", "b@example.com")


def test_who_would_be_several() -> None:
    other = shared_phone().rebuilt(PHONE_FIRST)
    (a,) = (g.id for g in other.everybody())
    found = findings(other, "")
    assert [f.kind for f in found] == [SPLIT]
    ((now, then),) = ids(found, SPLIT)
    assert (now, then) == ([a], [g.id for g in other.rebuilt("").everybody()])
    assert len(then) == 2


def test_customers_merged_by_a_rule_are_one_there_and_not_here() -> None:
    world = told(
        accepted(1, email="a@example.com"),
        accepted(2, phone="+905320000001"),
        accepted(3, email="a@example.com", phone="+905320000001"),
    )
    a, b = (g.id for g in world.everybody())
    assert ids(findings(world, MERGES), MERGE) == [([a, b], [a])]


def test_what_would_look_different() -> None:
    world = told(
        accepted(1, email="a@example.com", name="Ayşe"),
        accepted(2, email="a@example.com", name="Ayşe Yılmaz"),
        accepted(3, email="b@example.com", name="Deniz"),
    )
    (found,) = findings(world, OLDEST_NAME)
    assert found.kind == CHANGE
    assert [face.name for face in found.now] == ["Ayşe Yılmaz"]
    assert found.changes == {
        "name": ("Ayşe Yılmaz", "Ayşe"),
        "contested": ((("name", "Ayşe"),), (("name", "Ayşe Yılmaz"),)),
    }


def test_who_would_be_gone_and_who_would_come() -> None:
    world = told(accepted(1, email="office@example.com"), accepted(2, email="b@example.com"))
    office = world.find("office@example.com")[0].id
    assert ids(findings(world, OFFICE_IS_NOBODY), VANISH) == [([office], [])]
    other = world.rebuilt(OFFICE_IS_NOBODY)
    assert ids(findings(other, ""), APPEAR) == [([], [office])]


def test_only_customers_of_whom_something_came_in_since_then() -> None:
    world = World()
    for n in range(3):
        world.tell(accepted(n, email=f"{n}@example.com", name="Ayşe"), at=START + 100 * n)
        world.tell(accepted(n + 10, email=f"{n}@example.com", name="Ayşe Yılmaz"), at=START + 100 * n + 50)
    every = ids(findings(world, OLDEST_NAME), CHANGE)
    assert len(every) == 3
    assert ids(findings(world, OLDEST_NAME, START), CHANGE) == every
    assert len(ids(findings(world, OLDEST_NAME, START + 150), CHANGE)) == 2
    assert len(ids(findings(world, OLDEST_NAME, START + 250), CHANGE)) == 1
    assert findings(world, OLDEST_NAME, START + 251) == []


def test_a_decision_counts_as_something_that_came_in() -> None:
    world = shared_phone()
    a, _ = (g.id for g in world.everybody())
    later = world.clock + 1
    assert findings(world, PHONE_FIRST, later) == []
    world.decide(steward.edit, a, NAME, "Ayşe Yılmaz")
    assert [f.kind for f in findings(world, PHONE_FIRST, later)] == [MERGE]


def test_whom_people_called_different_would_not_be_one() -> None:
    world = shared_phone()
    world.decide(steward.tell_apart, *(g.id for g in world.everybody()))
    assert findings(world, PHONE_FIRST) == []


def test_progress_goes_up_to_its_end() -> None:
    world = told(*(client(n, email=f"{n}@example.com") for n in range(1, 6)), accepted(9), updated(9))
    steps: list[tuple[int, int]] = []
    list(compare(world.engine, world.rebuilt("").engine, None, lambda done, of: steps.append((done, of))))
    assert steps == sorted(steps)
    assert steps[-1] == (14, 14)


@pytest.mark.parametrize("page", [1, 2, 3])
def test_pages_change_nothing(page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    world = told(*(accepted(n, email=f"{n % 4}@example.com", phone=f"+90532000000{n % 3}") for n in range(12)))
    whole = findings(world, PHONE_FIRST)
    assert whole
    monkeypatch.setattr(whatif, "PAGE", page)
    assert findings(world, PHONE_FIRST) == whole


@given(st.data(), policies(), policies())
def test_all_of_it_is_told_once(data: st.DataObject, rules: Any, others: Any) -> None:
    """Told again by tables of all entries and their owners, as no large store could."""
    world = story(data, rules).world
    other = world.rebuilt(drawn.written(others))
    found = list(compare(world.engine, other.engine, None, lambda done, of: None))
    last = world.ask(journal.last)
    owners = [(root(world, seq), root(other, seq)) for seq in range(1, last + 1)]
    then: dict[str | None, set[str]] = {now: {b for a, b in owners if a == now and b} for now, _ in owners}
    now: dict[str | None, set[str]] = {after: {a for a, b in owners if b == after and a} for _, after in owners}
    then.pop(None, None)
    now.pop(None, None)
    assert told_of(found, SPLIT) == {(frozenset([str(a)]), frozenset(bs)) for a, bs in then.items() if len(bs) > 1}
    assert told_of(found, VANISH) == {(frozenset([str(a)]), frozenset[str]()) for a, bs in then.items() if not bs}
    assert told_of(found, MERGE) == {(frozenset(as_), frozenset([str(b)])) for b, as_ in now.items() if len(as_) > 1}
    assert told_of(found, APPEAR) == {(frozenset[str](), frozenset([str(b)])) for b, as_ in now.items() if not as_}
    alone = [(str(a), b) for a, bs in then.items() if len(bs) == 1 for b in bs if len(now[b]) == 1]
    assert told_of(found, CHANGE) == {
        (frozenset([a]), frozenset([b])) for a, b in alone if visible(world.golden(a)) != visible(other.golden(b))
    }


def root(world: World, seq: int) -> str | None:
    return world.ask(lambda txn: root_of(txn, seq))


def told_of(found: list[Finding], kind: str) -> set[tuple[frozenset[str], frozenset[str]]]:
    pairs = [(frozenset(a), frozenset(b)) for a, b in ids(found, kind)]
    assert len(pairs) == len(set(pairs))
    return set(pairs)
