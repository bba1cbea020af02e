"""A body that comes during a chat holds all that the card holds: only what differs from before is a correction."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jivod.model.customer import GoldenRecord
from tests.flow.test_stories import rows
from tests.flow.world import World, accepted, updated
from tests.strategies.bodies import bodies

A, B = "a@example.com", "b@example.com"
ONE, TWO = "+905320000001", "+905320000002"

NAMES = st.sampled_from([None, "Ali", "Veli", "Ayşe"])
EMAILS = st.sampled_from([None, A, B])
PHONES = st.sampled_from([None, ONE, TWO])


def face(golden: GoldenRecord) -> tuple[Any, ...]:
    said = [(c.attribute, c.value) for c in golden.contested]
    return golden.name, golden.emails, golden.phones, golden.description, said


def test_a_name_that_only_comes_again_stays_in_doubt() -> None:
    world = World()
    world.tell(accepted(1, number=1, email=A, name="Burak Demir"))
    world.tell(accepted(2, number=1, email=A, name="burak"))
    done = world.tell(updated(2, number=1, email=A, name="burak", description="asks for an invoice"))
    assert face(world.golden(done.customer))[0::4] == ("burak", [("name", "Burak Demir")])
    done = world.tell(accepted(3, number=1, email=A, name="Burak Demir"))
    assert world.golden(done.customer).name == "Burak Demir"


def test_the_phone_known_first_stays_in_front_whatever_else_changes_in_the_chat() -> None:
    world = World()
    world.tell(accepted(1, number=1, email=A, phone=ONE))
    assert "Phones" in rows(world.tell(accepted(2, number=2, email=A, phone=TWO)).answer)
    done = world.tell(updated(2, number=2, email=A, phone=TWO, description="asks for an invoice"))
    assert world.golden(done.customer).phones == (ONE, TWO)
    assert "Phones" in rows(done.answer)


def test_a_nickname_is_no_correction_because_a_phone_is_added() -> None:
    world = World()
    world.tell(accepted(1, number=1, email=A, name="Ayşe Yılmaz"))
    nick = {"name": "ayse_y", "email": A}
    for body in (accepted(2, number=1, **nick), updated(2, number=1, **nick, phone=ONE)):
        done = world.tell({name: value for name, value in body.items() if name != "session"})
    assert world.golden(done.customer).name == "Ayşe Yılmaz"


def test_what_a_form_was_filled_with_first_is_corrected_by_what_comes_then() -> None:
    world = World()
    world.tell(accepted(1, number=1))
    world.tell(updated(1, number=1, email=A))
    done = world.tell(updated(1, number=1, email=B))
    assert world.golden(done.customer).emails == (B, A)
    assert done.answer.contact_info.email == B


def test_a_correction_stays_when_another_card_still_holds_what_was_wrong() -> None:
    world = World()
    world.tell(accepted(1, number=1, email=A, name="Aly"))
    world.tell(updated(1, number=1, email=A, name="Ali"))
    world.tell(accepted(2, number=2, email=A, name="Aly"))
    done = world.tell(updated(2, number=2, email=A, name="Aly", description="asks for an invoice"))
    assert world.golden(done.customer).name == "Ali"


@given(st.lists(bodies(), max_size=8), NAMES, EMAILS, PHONES)
def test_to_say_the_same_again_during_a_chat_changes_nothing(
    before: list[dict[str, Any]], name: str | None, email: str | None, phone: str | None
) -> None:
    world = World()
    for body in before:
        world.tell(body)
    said = {"number": 77, "name": name, "email": email, "phone": phone}
    first = world.tell(accepted("the chat", **said))
    known = face(world.golden(first.customer))
    again = world.tell(updated("the chat", **said))
    assert face(world.golden(again.customer)) == known
    assert world.differs_from(world.rebuilt()) == []
