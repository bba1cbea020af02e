"""What the agent sees, row by row."""

from __future__ import annotations

import string
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.answer import ROWS_MAX, Answer, ContactInfo, Row
from jivod.model.chat import Chat
from jivod.model.claim import NAME, VISITOR_TYPED, Claim
from jivod.model.contact import EMAIL, KINDS, PHONE
from jivod.model.customer import Contested, GoldenRecord
from jivod.policy import phrases
from jivod.policy.identity import KEY, NEW, SUBJECT
from jivod.policy.phrases import LANGUAGES, phrase
from jivod.policy.reply import Panel, answer, contact_info, stranger

DAY = 86_400_000  # ms
LINK = "https://crm.example.com/customers/a"
A, B = "a@example.com", "b@example.com"
KNOWN = GoldenRecord(id="a", name="Ali", emails=(A, B), phones=("+1", "+2"), chats=3, created_at=20_000 * DAY)
DOUBT = Contested(attribute=NAME, value="Veli", source=VISITOR_TYPED, last_at=1)
PANEL = Panel(
    golden=KNOWN, rule=KEY, key_kind=EMAIL, given={}, last_chat=None, open_reviews=0, link=LINK, language="en",
    verified=True, possible=0,
)  # fmt: skip


def rows(**changes: Any) -> dict[str | None, Row]:
    return {row.title: row for row in answer(evolve(PANEL, **changes)).rows}


def fact(name: str, value: str) -> Claim:
    return Claim(name, value, VISITOR_TYPED, "", 1, 1, 1)


def test_a_known_customer_is_named_with_the_reason_and_his_page() -> None:
    assert rows() == {
        "Customer": Row(title="Customer", content="Ali · since 2024-10-04 · matched by e-mail", link=LINK),
        "Chats so far": Row(title="Chats so far", content="3"),
    }


def test_who_was_matched_by_what_anybody_can_type_is_not_verified() -> None:
    assert rows(verified=False)["Customer"].content == "Ali · since 2024-10-04 · matched by e-mail · not verified"


def test_that_a_customer_was_once_verified_says_nothing_of_this_event() -> None:
    assert "not verified" in rows(verified=False, golden=evolve(KNOWN, verified=True))["Customer"].content


def test_a_new_customer_was_not_matched_so_there_is_nothing_to_verify() -> None:
    new = evolve(KNOWN, chats=1)
    assert rows(golden=new, rule=NEW, key_kind=None, verified=False)["Customer"].content == "Ali · New customer"


def test_the_customer_of_the_conversation_needs_no_key() -> None:
    content = rows(rule=SUBJECT, key_kind=None)["Customer"].content
    assert content == "Ali · since 2024-10-04 · known from this conversation"


def test_another_phone_than_the_first_is_shown_beside_it_with_the_link_that_settles() -> None:
    row = rows(given={PHONE: ("+2",)})["Phones"]
    assert (row.content, row.link) == ("in CRM +1, visitor gave +2: both kept", f"{LINK}#contested")
    assert "Phones" not in rows(given={PHONE: ("+1",)})
    assert "E-mails" in rows(given={EMAIL: (B,)})


def test_what_was_taken_away_from_the_customer_is_not_called_kept() -> None:
    assert "Phones" not in rows(given={PHONE: ("+9",)})


def test_contested_values_are_shown_once_each_with_the_link_that_settles() -> None:
    doubts = (DOUBT, evolve(DOUBT, attribute="attr:owner"), evolve(DOUBT, value="Fatma"))
    row = rows(golden=evolve(KNOWN, contested=doubts))["To be settled"]
    assert (row.content, row.link) == ("also said: Veli, Fatma", f"{LINK}#contested")


@pytest.mark.parametrize(
    ("language", "title", "content"),
    [
        ("en", "Possible match", "2, open to check"),
        ("tr", "Olası eşleşme", "2, kontrol için açın"),
        ("ru", "Возможное совпадение", "2, откройте для проверки"),
        ("pt", "Possível correspondência", "2, abra para verificar"),
        ("es", "Posible coincidencia", "2, abra para comprobar"),
        ("xx", "Possible match", "2, open to check"),
    ],
)
def test_a_possible_match_says_how_many_and_nothing_else(language: str, title: str, content: str) -> None:
    row = rows(language=language, possible=2)[title]
    assert row == Row(title=title, content=content, link=LINK)


def test_a_possible_match_is_not_told_once_more_as_a_duplicate() -> None:
    assert "Possible duplicate" not in rows(possible=1, open_reviews=1)
    assert rows(possible=1, open_reviews=2)["Possible duplicate"].content == "2 to look at"
    assert rows(open_reviews=1)["Possible duplicate"].link == LINK


def test_the_last_chat_in_one_row() -> None:
    facts = (fact("agent", "Elif"), fact("rate", "good"), fact("finished", "yes"))
    chat = Chat(account="main", ref="chat:1", customer="a", opened_at=0, at=20_100 * DAY, seqs=(1,), facts=facts)
    assert rows(last_chat=chat)["Last chat"].content == "2025-01-12 · Elif · good"


def test_the_contacts_are_the_first_of_each_kind_and_only_what_is_known() -> None:
    assert contact_info(KNOWN) == ContactInfo(name="Ali", email=A, phone="+1")
    assert contact_info(GoldenRecord(id="a")) == ContactInfo()


def test_a_stranger_may_be_tied_to_a_card_and_gets_no_contacts() -> None:
    assert stranger("tr") == Answer(rows=(Row(content="Kayıtlı müşteri değil"),), enable_assign=True)


def test_every_sentence_is_in_every_language_with_the_same_places() -> None:
    for sentences in phrases._TABLE.values():
        places = [sorted(name for _, name, _, _ in string.Formatter().parse(s) if name) for s in sentences]
        assert len(sentences) == len(LANGUAGES) and all(sentences)
        assert places == [places[0]] * len(LANGUAGES)


def test_a_value_with_braces_is_shown_as_it_is() -> None:
    assert phrase("also_said", "en", value="{0} {name}") == "also said: {0} {name}"


panels = st.builds(
    lambda golden, rule, kind, given, numbers, language, verified: Panel(
        golden=golden, rule=rule, key_kind=kind, given=given, last_chat=None, open_reviews=numbers[0], link=LINK,
        language=language, verified=verified, possible=numbers[1],
    ),
    st.builds(
        evolve, st.just(KNOWN), name=st.none() | st.text(max_size=5), contested=st.lists(st.just(DOUBT)).map(tuple),
        phones=st.lists(st.sampled_from(["+1", "+2"]), unique=True).map(tuple), chats=st.integers(0, 3),
    ),
    st.sampled_from([NEW, KEY, SUBJECT]),
    st.none() | st.sampled_from(KINDS),
    st.dictionaries(st.sampled_from([EMAIL, PHONE]), st.lists(st.sampled_from(["+1", "+2", A, B])).map(tuple)),
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    st.sampled_from([*LANGUAGES, "xx"]),
    st.booleans(),
)  # fmt: skip


@given(panels)
def test_any_panel_has_at_most_ten_rows_who_it_is_first_and_doubts_before_numbers(panel: Panel) -> None:
    found = answer(panel)
    titles = [row.title for row in found.rows]
    assert len(found.rows) <= ROWS_MAX
    assert found.rows[0].title == phrase("customer", panel.language)
    assert titles[-1] == phrase("chats", panel.language)
    assert all(row.link and row.link.startswith(LINK) for row in found.rows[:-1])


@given(panels)
def test_the_words_not_verified_stand_there_exactly_for_a_match_without_proof(panel: Panel) -> None:
    is_new = panel.rule == NEW and panel.golden.chats <= 1
    said = phrase("unverified", panel.language) in answer(panel).rows[0].content.split(" · ")
    assert said == (not panel.verified and not is_new)
