"""Detach, told as short stories: what goes, what stays, and that neither gains anything by it."""

from __future__ import annotations

from typing import Any

from jivod.flow import steward
from jivod.flow.people import People
from jivod.model.contact import EMAIL, PHONE, VISITOR
from jivod.policy.signature import GOOD, WRONG
from tests.flow.world import World, accepted, updated

A, B, C = "a@example.com", "b@example.com", "c@example.com"
PHONE_1, PHONE_2 = "+905320000001", "+905320000002"


def home(world: World, body: dict[str, Any]) -> str:
    """The record that takes the event."""
    found = world.tell(body).customer
    assert found is not None
    return found


def homes(world: World) -> dict[int, str]:
    return {reason.seq: golden.id for golden in world.everybody() for reason in world.reasons(golden.id)}


def test_a_signed_word_stays_a_signed_word_when_another_conversation_is_taken_away() -> None:
    world = World()
    world.tell(accepted(1, number=1, token="crm-1", email=A), signature=GOOD)
    mine = home(world, accepted(2, number=1, email=A))
    other = world.tell(accepted(3, number=3, email=A))
    assert world.golden(mine).verified_contacts == (A,)
    world.decide(steward.detach, mine, (other.seq,))
    assert world.golden(mine).verified_contacts == (A,)
    made = world.golden(homes(world)[other.seq])
    assert (made.emails, made.verified_contacts, made.visitors) == ((A,), (), ("main:3",))


def test_a_signature_that_is_wrong_proves_nothing_not_even_from_a_browser_that_was_vouched_for() -> None:
    world = World()
    mine = home(world, accepted(1, number=1, email=A))
    world.decide(steward.confirm, mine, VISITOR, "main:1")
    world.tell(accepted(2, number=1, email=A, phone=PHONE_1, token="forged"), signature=WRONG)
    assert (world.golden(mine).phones, world.golden(mine).verified_contacts) == ((PHONE_1,), ())


def test_what_we_had_told_jivo_does_not_become_evidence_when_a_conversation_is_taken_away() -> None:
    world = World()
    mine = home(world, accepted(1, number=1, email=A, phone=PHONE_1))
    world.tell(accepted(2, number=2, email=A))  # card 2 is told the phone
    world.tell(updated(2, number=2, email=A, phone=PHONE_1))  # and gives it back
    world.tell(updated(2, number=2, email=A, phone=PHONE_2))  # from now on it is the card's own
    other = world.tell(accepted(3, number=3, email=A))
    before = [claim for claim in world.claims(mine) if claim.attribute == PHONE]
    world.decide(steward.detach, mine, (other.seq,))
    assert [claim for claim in world.claims(mine) if claim.attribute == PHONE] == before


def test_what_is_taken_from_a_merged_record_is_kept_apart_from_it_and_from_the_customer() -> None:
    world = World()
    loser, winner = home(world, accepted(1, number=1, email=A)), home(world, accepted(2, number=2, email=B))
    world.decide(steward.merge, loser, winner)
    other = world.tell(accepted(3, number=3, email=A))
    world.decide(steward.detach, winner, (other.seq,))
    made = homes(world)[other.seq]
    world.decide(steward.unmerge, (loser,))
    assert world.ask(lambda txn: People(txn).apart(made)) == {loser, winner}


def test_what_a_person_said_stays_when_a_conversation_is_taken_away() -> None:
    world = World()
    mine = home(world, accepted(1, number=1, email=A))
    world.decide(steward.edit, mine, "name", "Ayşe")
    other = world.tell(accepted(2, number=2, email=A))
    world.decide(steward.detach, mine, (other.seq,))
    assert (world.golden(mine).name, world.golden(homes(world)[other.seq]).name) == ("Ayşe", None)


def test_what_a_person_added_fills_the_limit_also_when_the_record_is_told_anew() -> None:
    world = World()
    world.adopt("[identity.limits]\nemail = 2\n")
    mine = home(world, accepted(1, number=1, email=A))
    world.decide(steward.edit, mine, EMAIL, B)
    world.tell(updated(1, number=1, email=C))
    other = world.tell(accepted(2, number=2, email=A))
    before = world.golden(mine)
    world.decide(steward.detach, mine, (other.seq,))
    after = world.golden(mine)
    assert (after.emails, after.others) == (before.emails, before.others) == ((B, A), (C,))
