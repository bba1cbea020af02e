"""I026: whatever is sent without a token that the site signed, nothing that is known for certain changes or is told.

Only what an operator calls a person's browser for good is taken for him without a token: whoever names that card is he,
by the operator's own word. Here nobody has done so.
"""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given, settings

from tests.hold.scale import PROFILE
from tests.hostile.attacker import Event, insiders, outsiders
from tests.hostile.victim import CLAIMING, MAIL, NAME, PHONE_NUMBER, SECRETS, Scenario, Shown

EXAMPLES = {"fast": 5, "ci": 500, "big": 10_000}[PROFILE]
THIRD = settings(max_examples=EXAMPLES // 3 + 1)
UNCOUNTED = CLAIMING + "too_common = 1000\n"


def attack(scenario: Scenario, stream: list[Event]) -> list[Shown]:
    """All that the attacker is answered. Of the victim, and of a bystander, what was certain stands as it stood."""
    victim, other = scenario.displayed(scenario.victim), scenario.displayed(scenario.other)
    before = scenario.proven_answer("before")
    shown = [scenario.tell(event.body, event.origin) for event in stream]
    assert scenario.displayed(scenario.victim) == victim
    assert scenario.displayed(scenario.other) == other
    assert scenario.proven_answer("after") == before
    for one in shown:
        assert not one.is_verified
        assert not [secret for secret in SECRETS[:2] if secret.encode() in one.answer]
    return shown


@THIRD
@given(insiders())
def test_i026_nothing_certain_changes_or_is_told_where_what_is_typed_finds(stream: list[Event]) -> None:
    scenario = Scenario()
    attack(scenario, stream)
    assert scenario.world.findings() == []


@THIRD
@given(insiders())
def test_i026_nothing_certain_changes_or_is_told_where_what_is_typed_is_a_claim(stream: list[Event]) -> None:
    scenario = Scenario(CLAIMING)
    attack(scenario, stream)
    assert scenario.world.findings() == []


@THIRD
@given(outsiders())
def test_i026_where_what_is_typed_is_a_claim_nothing_at_all_of_others_changes_or_is_told(stream: list[Event]) -> None:
    """Not a byte of the victim's record, nor his link. And the contacts in the answers are those that one gets where he
    never was, but for one thing: with how many a key is known. He is one of them, so where he is it stops deciding one
    sooner.
    """
    demand_untouched(Scenario(CLAIMING), stream)
    scenario, without = Scenario(UNCOUNTED), Scenario(UNCOUNTED, populated=False)
    without.world.clock = scenario.world.clock
    shown = demand_untouched(scenario, stream)
    assert shown == [contacts(without.tell(event.body, event.origin)) for event in stream]


def demand_untouched(scenario: Scenario, stream: list[Event]) -> list[object]:
    """The contacts in the answers."""
    there = scenario.world.claims(scenario.victim), scenario.world.golden(scenario.victim)
    shown = [scenario.tell(event.body, event.origin) for event in stream]
    assert not [one for one in shown if scenario.victim.encode() in one.answer]
    assert (scenario.world.claims(scenario.victim), scenario.world.golden(scenario.victim)) == there
    return [contacts(one) for one in shown]


def contacts(shown: Shown) -> object:
    return orjson.loads(shown.answer).get("contact_info")


@pytest.mark.parametrize("policy", ["", CLAIMING])
def test_i026_the_victim_himself_is_shown_what_is_his(policy: str) -> None:
    """What the others look for is there to be found."""
    told, rows = Scenario(policy).proven_answer("mine")
    assert (told.name, told.email, told.phone) == (NAME, MAIL, PHONE_NUMBER)
    assert [row.content for row in rows] == list(SECRETS)
