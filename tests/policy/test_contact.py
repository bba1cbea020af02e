"""What is a key, what is not, and why."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from jivod.model.contact import Contact
from jivod.policy import contact
from jivod.policy.rules import DEFAULT, Rules
from tests.policy.drawn import rules

TURKEY = ("TR",)


def usable(contacts: list[Contact]) -> list[str]:
    return [c.key.value for c in contacts if not c.refused]


def refusal(contacts: list[Contact]) -> str:
    assert contacts, "nothing was read"
    return contacts[0].refused


@pytest.mark.parametrize(
    "typed",
    [
        "+905320000017", "905320000017", "00905320000017", "0090 532 0000017", "05320000017", "5320000017",
        "0 (532) 000 00 17", " 0532 000 00 17 ", "+90 532-000-00-17", "٠٥٣٢٠٠٠٠٠١٧",
    ],
)  # fmt: skip
def test_every_way_to_write_a_turkish_number_is_one_key(typed: str) -> None:
    assert usable(contact.phones(typed, TURKEY, DEFAULT)) == ["+905320000017"]


@pytest.mark.parametrize(
    ("typed", "regions", "key"),
    [
        ("8 (912) 000-00-17", ("RU", "TR"), "+79120000017"),
        ("(999) 000-00-17", ("RU",), "+79990000017"),
        ("(202) 555-0117", ("US", "TR"), "+12025550117"),
        ("14084987855", TURKEY, "+14084987855"),
        ("919876543210", TURKEY, "+919876543210"),
        ("+1 408 498 7855", TURKEY, "+14084987855"),
        ("8034566126", ("US",), "+18034566126"),
        ("(803)-456-6126", ("US",), "+18034566126"),
        ("+55 11 8765-4321", ("BR",), "+5511987654321"),
        ("11 98765-4321", ("BR",), "+5511987654321"),
    ],
)
def test_phone_takes_the_first_region_in_which_it_is_valid(typed: str, regions: tuple[str, ...], key: str) -> None:
    assert usable(contact.phones(typed, regions, DEFAULT)) == [key]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("444 0 123", "service number"), ("0850 123 45 67", "service number"), ("0800 123 45 67", "service number"),
        ("+90 555 555 55 55", "placeholder"),
        ("+90 212 000 00 11 dahili 204", "has an extension"), ("+1 202 555 0117 ext. 5", "has an extension"),
        ("0", "not a phone number"), ("0000000000", "not a phone number"), ("123", "not a phone number"),
        ("+", "not a phone number"), ("*#06#", "not a phone number"), ("call me", "not a phone number"),
        ("9" * 40, "not a phone number"), ("123 or 456", "not a phone number"), ("1234@lid", "not a phone number"),
        ("+90 532 *** ** 17", "not a phone number"), ("deniz@example.com", "not a phone number"),
        ("2025550117", "not a phone number"),
    ],
)  # fmt: skip
def test_what_is_no_personal_number_is_refused_with_the_reason(typed: str, why: str) -> None:
    contacts = contact.phones(typed, TURKEY, DEFAULT)
    assert usable(contacts) == []
    assert refusal(contacts) == why


def test_a_blocked_number_is_refused_however_it_is_written_and_only_where_it_is_blocked() -> None:
    office = evolve(DEFAULT, blocked_phones=frozenset({"+905320000017", "+908501234567"}))
    for typed in ("+905320000017", "0532 000 00 17", "0532 000 00 17 / 0532 000 00 17"):
        assert refusal(contact.phones(typed, TURKEY, office)) == "placeholder"
        assert usable(contact.phones(typed, TURKEY, DEFAULT)) == ["+905320000017"]
    assert refusal(contact.phones("0850 123 45 67", TURKEY, office)) == "service number"


def test_the_other_number_in_the_field_of_a_blocked_one_is_a_key() -> None:
    office = evolve(DEFAULT, blocked_phones=frozenset({"+905320000017"}))
    found = contact.phones("0532 000 00 17 / 0533 000 00 18", TURKEY, office)
    assert [(c.key.value, c.refused) for c in found] == [("+905320000017", "placeholder"), ("+905330000018", "")]


@given(rules())
def test_what_a_policy_blocks_is_refused_and_stays_as_it_is(found: Rules) -> None:
    for number in found.blocked_phones:
        (refused,) = contact.phones(number, (), found)
        assert (refused.key.value, refused.refused) == (number, "placeholder")


def test_two_numbers_in_one_field_are_two_keys() -> None:
    assert usable(contact.phones("0532 000 00 17 / 0533 000 00 18", TURKEY, DEFAULT)) == [
        "+905320000017",
        "+905330000018",
    ]


def test_the_typed_form_is_kept() -> None:
    assert contact.phones("0532 000 00 17", TURKEY, DEFAULT)[0].raw == "0532 000 00 17"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Foo@EXAMPLE.com", "foo@example.com"), (" foo@example.com ", "foo@example.com"),
        ("mailto:foo@example.com", "foo@example.com"), ("<foo@example.com>", "foo@example.com"),
        ("Ayşe <AYSE@EXAMPLE.COM>", "ayse@example.com"), ("ISMAIL.ISIK@EXAMPLE.COM", "ismail.isik@example.com"),
        ("a+x@example.com", "a+x@example.com"), ("ayse@örnek.com", "ayse@xn--rnek-4qa.com"),
        ("ayse@xn--rnek-4qa.com", "ayse@xn--rnek-4qa.com"),
    ],
)  # fmt: skip
def test_every_way_to_write_an_address_is_one_key(typed: str, key: str) -> None:
    assert usable(contact.emails(typed, DEFAULT)) == [key]


@pytest.mark.parametrize(
    "typed", ["null", "none", "-", "a", "@", "a@b", "a@@b.c", "foo@example.com\r\nBcc:", "fоо＠example.com"]
)
def test_what_is_no_address_is_refused_but_kept(typed: str) -> None:
    contacts = contact.emails(typed, DEFAULT)
    assert usable(contacts) in ([], ["foo@example.com"])  # the CRLF case may read its first line, never more
    assert contacts[0].raw == typed


def test_a_cyrillic_look_alike_is_another_key() -> None:
    latin, cyrillic = contact.emails("anna@example.com", DEFAULT), contact.emails("аnna@example.com", DEFAULT)
    assert usable(latin) != usable(cyrillic)


@pytest.mark.parametrize("typed", ["noreply@example.com", "no-reply@example.com", "test@test.com"])
def test_nobodys_address_is_blocked(typed: str) -> None:
    assert refusal(contact.emails(typed, DEFAULT)) == "placeholder"


@pytest.mark.parametrize(
    "typed",
    [
        "anonymous", "Guest", "undefined", "null", "0", "NaN", "[object Object]", "true", "false", '"null"', " none ",
        "-", "0000", "3c077929b8_12175", "link | no | herhangi_bir_veri",
    ],
)  # fmt: skip
def test_a_placeholder_token_is_blocked(typed: str) -> None:
    assert refusal(contact.tokens(typed, DEFAULT)) == "placeholder"


@given(rules(), st.sampled_from(["{}", " {} ", '"{}"', "'{}\t'", "`{}`"]), st.data())
def test_a_blocked_token_is_refused_however_it_is_written(found: Rules, writing: str, data: st.DataObject) -> None:
    blocked = data.draw(st.sampled_from(sorted(found.blocked_tokens or {"0"})))
    assert refusal(contact.tokens(writing.format(blocked), found)) == "placeholder"


def test_a_real_token_is_a_key_exactly_as_it_came() -> None:
    assert usable(contact.tokens("crm|5127|d41f0c0a9b7e", DEFAULT)) == ["crm|5127|d41f0c0a9b7e"]


def test_visitor_numbers_belong_to_their_account() -> None:
    assert usable(contact.visitors("main", "5127", "5127", None)) == ["main:5127"]
    assert refusal(contact.visitors("main", "0")) == "placeholder"


@given(st.one_of(st.none(), st.text(alphabet=" \t\n\u00a0", max_size=5)))
def test_blank_is_no_contact_at_all(blank: str | None) -> None:
    assert contact.emails(blank, DEFAULT) == [] and contact.phones(blank, TURKEY, DEFAULT) == []


@given(st.text(max_size=80))
def test_normalising_is_idempotent_and_never_fails(typed: str) -> None:
    for key in usable(contact.emails(typed, DEFAULT)):
        assert usable(contact.emails(key, DEFAULT)) == [key]
    for key in usable(contact.phones(typed, TURKEY, DEFAULT)):
        assert usable(contact.phones(key, TURKEY, DEFAULT)) == [key]


local_parts = st.text(alphabet="abAB09._+-", min_size=1, max_size=12)
domains = st.lists(st.text(alphabet="abX0-", min_size=1, max_size=6), min_size=1, max_size=3).map(".".join)
endings = st.sampled_from(["com", "example", "test", "local", "onion", "tr", "c", "invalid", "localhost", "9", "arpa"])


@given(local_parts, domains, endings)
def test_the_short_cut_for_plain_addresses_says_what_the_library_says(local: str, domain: str, ending: str) -> None:
    address = f"{local}@{domain}.{ending}"
    assert contact._email(address) == contact._email_by_library(address)


@given(st.from_regex(r"\+[1-9][0-9]{5,15}", fullmatch=True))
@example("+905321234567")
@example("+9005321234567")
@example("+390612345678")
@example("+78121234567")
@example("+881612345678")
def test_a_plain_number_is_read_as_the_library_reads_it(text: str) -> None:
    plain = contact._plain_number(text)
    assert plain is None or plain == contact._number_by_library(text, None)


@given(st.sampled_from(["+62001", "+62007", "+49", "+90", "+55"]), st.text("0123456789", max_size=30))
@example("+62005", "40053303330354")  # the library takes up to 17 digits behind the code of Indonesia
def test_a_phone_is_no_longer_than_can_be_dialled(code: str, digits: str) -> None:
    assert all(len(one.key.value) <= 18 for one in contact.phones(code + digits, (), DEFAULT) if not one.refused)
