"""Cases: every case that is shipped holds, and a case that does not hold says where, in words."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow.cases import play
from jivod.policy.case import EVENTS, PolicyCase
from jivod.policy.file import parse, read
from jivod.policy.rules import CLAIM, DEFAULT, STRONGEST, Rules
from tests.policy import drawn
from tests.policy.test_case import SHIPPED

ROW = "{ email = 'ayse@example.com' }"
OTHER = "{ email = 'mehmet@example.com' }"
FULL = "{ email = 'ayse@example.com', phone = '+905321110033', name = 'Ayşe', description = 'wholesale' }"
BALANCE = "{ event = 'client_attribute_updated', visitor = '7', attributes = { Balance = '12' } }"
SHIPPED_CASES = read(SHIPPED).cases


def case(given: str, expected: str) -> PolicyCase:
    (found,) = parse(f'[[case]]\nname = "x"\ngiven = [{given}]\nexpected = {expected}\n').cases
    return found


@pytest.mark.parametrize("shipped", SHIPPED_CASES, ids=lambda one: one.name)
def test_every_shipped_case_holds(shipped: PolicyCase) -> None:
    assert play(shipped, DEFAULT) == []


@pytest.mark.parametrize(
    ("given", "expected", "differences"),
    [
        (f"{ROW}, {OTHER}", "{ customers = 1 }", ["row 2: expected 1 customer, there are 2"]),
        (f"{ROW}, {ROW}", "{ customers = 2 }", ["row 2: expected 2 customers, there is 1"]),
        (ROW, "{ reviews = 2 }", ["row 1: expected 2 reviews, there are 0"]),
        (f"{ROW}, {OTHER}", "{ same = [[2, 1]] }", ["row 1: expected the customer of row 2, it is another"]),
        (
            f"{ROW}, {ROW}",
            "{ same = [[2], [1]] }",
            ["row 2: expected another customer than that of row 1, it is the same"],
        ),
        ("{ name = 'Ayşe' }", "{ same = [[1]] }", ["row 1: expected a customer, it is nobody's"]),
        (FULL, "{ name = 'Fatma' }", ["row 1: expected name 'Fatma', found 'Ayşe'"]),
        (FULL, "{ name = '' }", ["row 1: expected no name, found 'Ayşe'"]),
        (ROW, "{ name = 'Ayşe' }", ["row 1: expected name 'Ayşe', found none"]),
        (FULL, "{ description = 'retail' }", ["row 1: expected description 'retail', found 'wholesale'"]),
        (FULL, "{ emails = [] }", ["row 1: expected no e-mails, found 'ayse@example.com'"]),
        (ROW, "{ phones = ['+905321110033'] }", ["row 1: expected phones '+905321110033', found none"]),
        (BALANCE, "{ attributes = { Balance = '13' } }", ["row 1: expected attribute Balance '13', found '12'"]),
        (BALANCE, "{ attributes = {} }", ["row 1: expected no attribute Balance, found '12'"]),
        (FULL, "{ contested = ['Fatma'] }", ["row 1: expected contested values 'Fatma', found none"]),
        (ROW, "{ new = false }", ["row 1: expected a customer known before, it is new"]),
        (f"{ROW}, {ROW}", "{ new = true }", ["row 2: expected a new customer, it is not"]),
        (
            f"{OTHER}, {FULL}",
            "{ customers = 1, name = 'X' }",
            ["row 2: expected 1 customer, there are 2", "row 2: expected name 'X', found 'Ayşe'"],
        ),
    ],
)
def test_a_difference_is_one_sentence(given: str, expected: str, differences: list[str]) -> None:
    assert play(case(given, expected), DEFAULT) == differences


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (FULL, "{ name = 'Ayşe', description = 'wholesale', phones = ['+905321110033'], contested = [], new = true }"),
        (BALANCE, "{ attributes = { Balance = '12' } }"),
        ("{ name = 'Ayşe' }", "{ customers = 0, name = '', emails = [], attributes = {}, new = false }"),
        ("{ phone = '0532 111 00 33', region = 'TR' }", "{ phones = ['+905321110033'] }"),
        ("{ phone = '0532 111 00 33' }", "{ phones = [] }"),
        ("{ visitor = '7', name = 'A' }, { visitor = '7', name = 'B' }", "{ contested = ['A'] }"),
        ("{ visitor = '7', name = 'A', at = 60 }, { visitor = '7', name = 'B', at = 0 }", "{ name = 'A' }"),
        ("{ chat = '1', visitor = '7' }, { visitor = '8' }", "{ same = [[1], [2]] }"),
        ("{ chat = '1', visitor = '7' }, { chat = '1', visitor = '8' }", "{ same = [[1, 2]] }"),
        ("{ token = 't', verified = true }, { token = 't' }", "{ same = [[1], [2]] }"),
    ],
)
def test_what_holds_is_silent(given: str, expected: str) -> None:
    assert play(case(given, expected), DEFAULT) == []


def test_rows_that_say_the_same_are_as_many_events() -> None:
    rows = [f"{{ event = 'client_updated', visitor = '7', name = '{name}' }}" for name in ("Ali", "Veli", "Ali")]
    assert play(case(", ".join(rows), "{ name = 'Ali' }"), DEFAULT) == []


def test_the_rules_at_hand_decide() -> None:
    found_by_email = case(f"{ROW}, {ROW}", "{ same = [[1, 2]] }")
    assert play(found_by_email, evolve(DEFAULT, unverified=CLAIM)) == [
        "row 2: expected the customer of row 1, it is another"
    ]
    shared = case(f"{FULL}, {{ email = 'mehmet@example.com', phone = '+905321110033' }}", "{ reviews = 1 }")
    assert play(shared, evolve(DEFAULT, on_conflict=STRONGEST)) == ["row 2: expected 1 review, there are 0"]


rows = st.fixed_dictionaries(
    {"event": st.sampled_from(EVENTS), "visitor": st.sampled_from("78")},
    optional={
        "email": st.sampled_from(["", "a@example.com", "b@example.com", "not an e-mail"]),
        "phone": st.sampled_from(["", "+905321110033", "0532 111 00 44"]),
        "token": st.sampled_from(["t1", "undefined"]),
        "name": st.sampled_from(["", "Ayşe", "Guest"]),
        "region": st.just("TR"),
    },
)


@given(st.lists(rows, min_size=1, max_size=6), drawn.rules())
def test_any_rows_can_be_played_under_any_rules(given_rows: list[dict[str, str]], rules: Rules) -> None:
    written = ", ".join("{ " + ", ".join(f"{k} = '{v}'" for k, v in row.items()) + " }" for row in given_rows)
    some = case(written, f"{{ customers = {len(given_rows)}, new = true, attributes = {{}} }}")
    assert play(some, rules) == play(some, rules)
