"""Case: what a [[case]] may say, and every fault in it with its line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from jivod.model.errors import BadConfig
from jivod.policy.case import EVENTS, CaseRow, Expected, PolicyCase
from jivod.policy.file import parse, read

SHIPPED = Path(__file__).parents[2] / "etc" / "policy.toml"
NEW = "{ new = true }"
SAME = "write groups of row numbers counted from 1, like [[1, 2], [3]]"


def written(given: str, expected: str) -> str:
    """`given`: rows; `expected`: a table."""
    return f'[[case]]\nname = "x"\ngiven = [{given}]\nexpected = {expected}\n'


def case(given: str, expected: str = NEW) -> PolicyCase:
    (found,) = parse(written(given, expected)).cases
    return found


def test_a_row_is_an_accepted_chat_of_its_own_a_second_after_the_row_above() -> None:
    found = case("{ email = 'ayse@example.com' }, { at = 60, chat = '2' }, { token = 't', verified = true }")
    assert found.given == (
        CaseRow(event="chat_accepted", email="ayse@example.com", at=0, line=3),
        CaseRow(event="chat_accepted", chat="2", at=60, line=3),
        CaseRow(event="chat_accepted", token="t", verified=True, at=61, line=3),
    )
    assert (found.name, found.line) == ("x", 1)


def test_a_row_may_say_everything() -> None:
    given = """{ event = "client_attribute_updated", visitor = "7", email = "", phone = "0532", token = "t", name = "A",
        description = "B", attributes = { Balance = "12" }, region = "TR", verified = true, at = 5 }"""
    (row,) = case(given.replace("\n", " ")).given
    assert row == CaseRow(
        event="client_attribute_updated", visitor="7", email="", phone="0532", token="t", name="A", description="B",
        attributes={"Balance": "12"}, region="TR", verified=True, at=5, line=3,
    )  # fmt: skip


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_can_be_given(event: str) -> None:
    assert case(f'{{ event = "{event}", visitor = "7" }}').given[0].event == event


def test_what_a_case_does_not_mention_is_not_expected() -> None:
    assert case("{}", "{ customers = 1 }").expected == Expected(customers=1)


def test_a_case_may_expect_everything() -> None:
    expected = """{ customers = 2, reviews = 1, same = [[1, 3], [2]], name = "Ayşe", emails = ["ayse@example.com"],
        phones = ["+905321110033"], description = "", attributes = { Balance = "12" }, contested = ["Fatma"],
        new = false }"""
    assert case("{}, {}, {}", expected.replace("\n", " ")).expected == Expected(
        customers=2,
        reviews=1,
        same=((1, 3), (2,)),
        name="Ayşe",
        emails=("ayse@example.com",),
        phones=("+905321110033",),
        description="",
        attributes={"Balance": "12"},
        contested=("Fatma",),
        new=False,
    )


def test_a_case_and_each_row_know_their_lines() -> None:
    lines = SHIPPED.read_text("utf-8").split("\n")
    for one in read(SHIPPED).cases:
        assert lines[one.line - 1] == "[[case]]"
        assert all(lines[row.line - 1].startswith("  { ") for row in one.given)


@pytest.mark.parametrize(
    ("given", "expected", "fault"),
    [
        ("{}", "{}", "4: a case that expects nothing; add something: expected = { customers = 1 }"),
        ("", NEW, "3: a case without a given row; add one: given = [{ email = ... }]"),
        ("{ mail = 'x' }", NEW, "3: unknown key 'mail'; did you mean 'email'?"),
        ("{ customers = 1 }", NEW, "3: unknown key 'customers'; it belongs under [case.expected]"),
        ("{ event = 'chat_acepted' }", NEW, "3: event cannot be 'chat_acepted'; did you mean 'chat_accepted'?"),
        ("{ chat = 2 }", NEW, '3: chat is a whole number; write text in quotes, like chat = "..."'),
        ("{ chat = ' ' }", NEW, "3: this text is blank; write a few words"),
        ("{ at = -1 }", NEW, "3: at = -1 is out of range; choose between 0 and 316224000"),
        ("{ region = 'tr' }", NEW, '3: region is not a country code; write two capital letters, like "TR"'),
        ("{ verified = true }", NEW, '3: verified without a token; add token = "..."'),
        (
            "{ event = 'client_updated' }",
            NEW,
            '3: client_updated does not say of which visitor; add visitor = "7", or any number of your own',
        ),
        (
            "{ event = 'client_updated', visitor = '7', chat = '1' }",
            NEW,
            "3: client_updated belongs to no chat; remove chat, or choose another event",
        ),
        (
            "{ attributes = { a = 'b' } }",
            NEW,
            '3: attributes come with another event; write event = "client_attribute_updated" in this row',
        ),
        (
            "1",
            NEW,
            "3: item 1 of given is a whole number; write a list of tables: [[case.given]] on a line of its own, "
            "or [{ ... }, { ... }]",
        ),
        ("{}", "{ customers = 2 }", "4: customers = 2 is out of range; choose between 0 and 1"),
        ("{}", "{ new = 'yes' }", "4: new is text; write true or false, without quotes"),
        (
            "{}",
            "{ phones = ['0532'] }",
            "4: '0532' is not a phone number in E.164; write it with + and the country code, digits only, "
            'like "+905321110033"',
        ),
        ("{}", "{ same = [1] }", f"4: same holds 1 where a group should be; {SAME}"),
        ("{}", "{ same = [[true]] }", f"4: same holds true where a row number should be; {SAME}"),
        ("{}", "{ same = [[2]] }", f"4: same speaks of row 2, and 1 are given; {SAME}"),
        ("{}", "{ same = [[1], [1]] }", f"4: same names row 1 twice; {SAME}"),
    ],
)
def test_a_fault_is_one_sentence_with_its_line_and_its_remedy(given: str, expected: str, fault: str) -> None:
    with pytest.raises(BadConfig) as refused:
        parse(written(given, expected), "p.toml")
    assert str(refused.value) == f"p.toml:{fault}"


def test_a_case_needs_a_name() -> None:
    with pytest.raises(BadConfig, match=r"^p.toml:1: a case without a name; say what it shows: name = "):
        parse("[[case]]\ngiven = [{}]\nexpected = { new = true }", "p.toml")
