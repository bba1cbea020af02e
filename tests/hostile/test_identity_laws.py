"""I026: whatever is sent without a token that the site signed, nothing that is known for certain changes or is told.

Only what an operator calls a person's browser for good is taken for him without a token: whoever names that card is he,
by the operator's own word. Here nobody has done so.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.hold.scale import PROFILE
from tests.hostile.attacker import Event, insiders, outsiders
from tests.hostile.victim import CLAIMING, MAIL, NAME, PHONE_NUMBER, SECRETS, Scenario, Shown

EXAMPLES = {"fast": 5, "ci": 500, "big": 10_000}[PROFILE]
THIRD = settings(max_examples=EXAMPLES // 3 + 1)
THEIRS = (NAME, MAIL, PHONE_NUMBER)


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
    """Not a byte of the victim's record; and the answers are those that one gets where there is no victim."""
    scenario = Scenario(CLAIMING)
    there = scenario.world.claims(scenario.victim), scenario.world.golden(scenario.victim)
    for event in stream:
        said = str(event.body)
        shown = scenario.tell(event.body, event.origin)
        assert not [value for value in THEIRS if value not in said and value.encode() in shown.answer]
    assert (scenario.world.claims(scenario.victim), scenario.world.golden(scenario.victim)) == there


@pytest.mark.parametrize("policy", ["", CLAIMING])
def test_i026_the_victim_himself_is_shown_what_is_his(policy: str) -> None:
    """What the others look for is there to be found."""
    contacts, rows = Scenario(policy).proven_answer("mine")
    assert (contacts.name, contacts.email, contacts.phone) == THEIRS
    assert [row.content for row in rows] == list(SECRETS)
