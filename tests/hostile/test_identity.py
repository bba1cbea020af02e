"""I: somebody wants to be taken for the victim, or to change what is known of him.

Under both policies: where what is typed finds the victim (the default), and where it is a mere claim.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from jivod.flow import steward
from jivod.flow.query import show
from jivod.model.answer import Answer
from jivod.model.contact import EMAIL
from jivod.policy.rules import DEFAULT
from jivod.policy.signature import GOOD
from jivod.store import journal
from tests.flow.test_erase import without
from tests.flow.world import START, World, accepted, finished, updated
from tests.hostile.ground import Ground
from tests.hostile.victim import (
    CHATS,
    CLAIMING,
    ELSEWHERE,
    ID,
    MAIL,
    NAME,
    NUMBER,
    PHONE_NUMBER,
    PLAIN,
    PLAIN_ID,
    SECRETS,
    SIGNING,
    Scenario,
    Shown,
)  # fmt: skip
from tests.policy.test_signature import T, v1
from tests.web.shop import CLUB_SECRET

BOTH = pytest.mark.parametrize("policy", ["", CLAIMING], ids=["find", "claim"])
EVIL = {"name": "Mallory", "number": 66}


def stands(scenario: Scenario, *bodies: dict[str, Any], origin: Any = SIGNING) -> list[Shown]:
    """What is answered to them, while nothing certain changes or is told."""
    before, answer = scenario.displayed(scenario.victim), scenario.proven_answer("before")
    shown = [scenario.tell(body, origin) for body in bodies]
    assert (scenario.displayed(scenario.victim), scenario.proven_answer("after")) == (before, answer)
    for one in shown:
        assert not one.is_verified and not [s for s in SECRETS[:2] if s.encode() in one.answer]
    return shown


def test_i001_who_types_the_address_is_another_where_it_is_a_claim() -> None:
    scenario = Scenario(CLAIMING)
    claims = [claim.identity for claim in scenario.world.claims(scenario.victim)]
    (shown,) = stands(scenario, accepted("x", email=MAIL, phone=PHONE_NUMBER, **EVIL))
    assert shown.is_new and shown.done.customer != scenario.victim
    assert b"Possible match" in shown.answer and NAME.encode() not in shown.answer
    assert [claim.identity for claim in scenario.world.claims(scenario.victim)] == claims


def test_i001_who_types_the_address_finds_him_unproven_where_that_is_wanted() -> None:
    scenario = Scenario()
    (shown,) = stands(scenario, accepted("x", email=MAIL, **EVIL))
    assert shown.done.customer == scenario.victim and b"not verified" in shown.answer


@BOTH
@pytest.mark.parametrize("origin", [SIGNING, PLAIN, ELSEWHERE], ids=["signing", "plain", "elsewhere"])
def test_i004_an_id_that_nobody_signed_is_not_his(policy: str, origin: Any) -> None:
    scenario = Scenario(policy)
    (shown,) = stands(scenario, accepted("x", token=ID, **EVIL), origin=origin)
    assert shown.is_new and shown.done.customer != scenario.victim


@BOTH
def test_i004_an_id_that_his_site_does_not_sign_finds_him_and_proves_nothing(policy: str) -> None:
    """Whoever can guess it is taken for him: that is why the site should sign it."""
    scenario = Scenario(policy)
    (shown,) = stands(scenario, accepted("x", token=PLAIN_ID, **EVIL))
    assert shown.done.customer == scenario.victim and b"not verified" in shown.answer


@BOTH
def test_i010_a_good_token_of_another_with_his_address_does_not_open_him(policy: str) -> None:
    scenario = Scenario(policy)
    before = scenario.displayed(scenario.victim)
    shown = scenario.tell(accepted("x", token=v1("u2"), email=MAIL, number=66), SIGNING)
    assert shown.done.customer == scenario.other and shown.is_verified
    assert not [secret for secret in SECRETS if secret.encode() in shown.answer]
    assert scenario.displayed(scenario.victim) == before
    assert scenario.world.golden(scenario.victim).merged == ()
    stranger = scenario.tell(accepted("y", token=v1("u3"), email=MAIL, phone=PHONE_NUMBER, number=67), SIGNING)
    assert stranger.is_new and not [secret for secret in SECRETS if secret.encode() in stranger.answer]
    assert scenario.displayed(scenario.victim) == before


def test_i011_his_own_token_from_another_browser_is_his() -> None:
    """A bearer token, good for as long as the site says. That it was he, and from where, stands in his history."""
    scenario = Scenario()
    shown = scenario.tell(accepted("x", token=v1(ID), number=66), SIGNING)
    assert shown.done.customer == scenario.victim and shown.is_verified
    assert "main:66" in scenario.world.golden(scenario.victim).visitors
    assert scenario.world.reasons(scenario.victim)[-1].proven


def test_i011_the_browser_of_one_who_signed_in_is_not_his_for_good() -> None:
    """The next who sits before it is recognised, and shown nothing private."""
    for policy in ("", CLAIMING):
        scenario = Scenario(policy)
        (shown,) = stands(scenario, accepted("x", number=NUMBER))
        assert shown.done.customer == scenario.victim and b"not verified" in shown.answer


@BOTH
def test_i013_two_who_signed_in_are_never_made_one_but_by_a_person_and_that_is_undone_whole(policy: str) -> None:
    scenario = Scenario(policy)
    world, victim = scenario.world, scenario.victim
    scenario.tell(accepted("x", token=v1("u2"), email=MAIL, phone=PHONE_NUMBER, number=42), SIGNING)
    scenario.tell(updated("x", token=v1("u2"), email=MAIL, phone=PHONE_NUMBER, number=42), SIGNING)
    assert world.golden(victim).id == victim and world.golden(scenario.other).id == scenario.other
    before = world.claims(victim), world.golden(victim), scenario.displayed(scenario.other)
    world.decide(steward.merge, scenario.other, victim)
    world.decide(steward.unmerge, (scenario.other,))
    assert (world.claims(victim), world.golden(victim), scenario.displayed(scenario.other)) == before


def test_i016_an_address_that_many_give_is_nobodys() -> None:
    scenario = Scenario(CLAIMING)
    for n in range(200):
        scenario.tell(accepted(f"x{n}", email="info@shop.example", number=1000 + n), PLAIN)
    world = scenario.world
    assert len(world.find("info@shop.example")) <= 100
    assert len({g.id for g in world.everybody() if "info@shop.example" in g.emails}) == 200
    world.adopt("")  # also where what is typed finds
    shown = scenario.tell(accepted("last", email="info@shop.example", number=5000), PLAIN)
    assert shown.is_new and len(world.reviews()) <= 200


@BOTH
def test_i018_of_a_browser_that_many_use_each_is_himself(policy: str) -> None:
    scenario = Scenario(policy)
    people = {scenario.tell(accepted(f"x{n}", name=f"P {n}", email=f"p{n}@example.com", number=7), PLAIN).done.customer
              for n in range(30)}  # fmt: skip
    if not policy:
        assert len(people) == 30
    assert all(scenario.world.golden(id).merged == () for id in people if id is not None)
    stands(scenario, accepted("y", number=7))


@BOTH
def test_i019_the_newest_word_does_not_win_against_a_better_one(policy: str) -> None:
    scenario = Scenario(policy)
    late = {"event_timestamp": T + 10**6}
    said: dict[str, Any] = {"name": "Mallory", "email": MAIL, "phone": "+905559998877", "description": "gone"}
    attributes = {"event_name": "client_attribute_updated", "client_id": NUMBER, "attributes": {"Account": "mine"}}
    stands(
        scenario, *[accepted(f"x{n}", number=60 + n, **said) | late for n in range(5)],
        updated(CHATS[0], number=NUMBER, **said) | late,
        updated(CHATS[0], number=NUMBER, **said | {"email": ""}) | late,
        {"event_name": "client_updated", "client_id": NUMBER, "visitor": {"number": NUMBER, **said}} | late,
        attributes | {"visitor": {"number": NUMBER}} | late, finished(CHATS[0], number=NUMBER, **said),
    )  # fmt: skip


def test_i020_of_very_many_contacts_of_one_some_are_keys_and_all_are_kept() -> None:
    world = World()
    for n in range(101):
        world.tell(updated(1, number=1, email=f"e{n}@example.com"))
    (one,) = world.everybody()
    assert (len(one.emails), len(one.others)) == (50, 51)
    assert world.ask(journal.last) == 101
    assert world.findings() == []


@BOTH
def test_i024_whoever_was_erased_does_not_come_back(policy: str) -> None:
    scenario = Scenario(policy)
    gone = without(scenario.world, scenario.victim)
    assert gone.find(MAIL) == [] and gone.ask(lambda txn: show(txn, scenario.victim, DEFAULT)) is None
    old = accepted(CHATS[0], token=v1(ID), name=NAME, email=MAIL, phone=PHONE_NUMBER, number=NUMBER)
    again = gone.tell(old, origin=SIGNING, signature=GOOD)
    assert again.repeated and again.customer is None and again.answer == Answer()
    new = gone.tell(accepted("x", email=MAIL, **EVIL), origin=PLAIN)
    assert new.customer not in (None, scenario.victim)
    golden = gone.golden(new.customer)
    assert (golden.name, golden.phones, golden.description, golden.attributes) == ("Mallory", (), None, {})
    again_built = gone.rebuilt()
    assert gone.differs_from(again_built) == [] and gone.findings() == []


def test_i025_nobody_without_a_secret_learns_who_is_known(ground: Ground) -> None:
    known = {"event_name": "chat_accepted", "chat_id": 1, "visitor": {"email": MAIL, "number": 1}}
    id = ground.of(ground.post(known)).id
    assert len(id) == 26  # a ULID: 80 bits are keyed by the store's secret

    def asked(email: str, path: str) -> bytes:
        body = {"event_name": "chat_finished", "chat_id": email, "visitor": {"email": email}}
        return ground.shop.post(orjson.dumps(body), path).body

    assert asked(MAIL, "/jivo/wrong") == asked("unknown@example.com", "/jivo/wrong")
    assert asked(MAIL, f"/jivo/{CLUB_SECRET}") == asked("unknown@example.com", f"/jivo/{CLUB_SECRET}")
    for path in ("/api/v1/customers?q=", "/api/v1/search?q=", "/api/v1/customers/"):
        answers = [ground.shop.call("GET", path + word) for word in (MAIL, "unknown@example.com", id, id[:-1] + "0")]
        assert {(a.status, a.body) for a in answers} == {(401, answers[0].body)}


def test_i025_ids_cannot_be_guessed() -> None:
    """Made at the same moment, two of them have nothing more in common than the time."""
    world = World()
    ids = [world.tell(accepted(n, number=n), at=START).customer or "" for n in range(1, 200)]
    assert len({id[:10] for id in ids}) == 1 and len({id[10:] for id in ids}) == 199
    assert all(len({id[place] for id in ids}) > 20 for place in range(10, 26))


def test_what_an_operator_confirmed_stays_confirmed_whoever_types_it() -> None:
    scenario = Scenario()
    stands(scenario, accepted("x", email=MAIL, phone=PHONE_NUMBER, **EVIL))
    assert MAIL in scenario.world.golden(scenario.victim).verified_contacts
    scenario.world.decide(steward.clear, scenario.victim, EMAIL, MAIL)
    shown = scenario.tell(accepted("y", email=MAIL, number=77), PLAIN)
    assert shown.done.customer != scenario.victim
