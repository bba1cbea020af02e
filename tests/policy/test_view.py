"""The names of the templates: those of the README, and nothing that is not known."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attrs import evolve

from jivod.model.chat import Agent, Visit
from jivod.model.customer import GoldenRecord
from jivod.model.entry import Origin
from jivod.model.event import ChatUpdated
from jivod.policy import sample
from jivod.policy.view import MOST, ROOTS, Scene, names
from tests.policy.test_reply import PANEL

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
BARE = Scene(
    panel=evolve(PANEL, golden=GoldenRecord(id="a")), event=ChatUpdated(event_name="chat_updated"),
    origin=Origin(channel="shop", account="main"),
)  # fmt: skip


@pytest.mark.parametrize("table", ["customer", "last_chat", "counts", "channel", "event"])
def test_the_readme_names_what_there_is(table: str) -> None:
    (line,) = re.findall(rf"^\| `{table}` \| `(.*)` \|$", README, re.MULTILINE)
    assert line.split() == list(next(sample.tables(()))[table])


def test_of_who_is_not_known_there_is_nothing_but_what_counts() -> None:
    found = names(BARE, ROOTS, {})
    assert found["attributes"] == found["lookup"] == {}
    assert "last_chat" not in found
    assert set(found["customer"]) & {"name", "email", "phone", "verified_email", "token", "description"} == set()
    assert found["channel"] == {"name": "shop", "account": "main"}
    assert found["counts"]["chats"] == 0


def test_only_what_is_wanted_is_made() -> None:
    assert set(names(BARE, {"customer"}, {"a": 1})) == {"customer"}
    assert names(BARE, {"lookup"}, {"a": 1}) == {"lookup": {"a": 1}}


def test_what_an_event_brings() -> None:
    visit = Visit(url="https://example.com/", utm={"source": "x"}, city="Konya")
    event = ChatUpdated(event_name="chat_updated", agents=(Agent(name="A"), Agent(name="B")), visit=visit)
    found = names(evolve(BARE, event=event), {"event"}, {})["event"]
    assert (found["agent"], found["page"], found["utm"], found["city"]) == (
        "B",
        "https://example.com/",
        {"source": "x"},
        "Konya",
    )
    assert "agent_email" not in found and "page_title" not in found


def test_a_verified_contact_is_one_that_somebody_vouched_for() -> None:
    golden = GoldenRecord(
        id="a", emails=("typed@example.com", "signed@example.com"), verified_contacts=("signed@example.com",)
    )
    found = names(evolve(BARE, panel=evolve(PANEL, golden=golden)), {"customer"}, {})["customer"]
    assert (found["email"], found["verified_email"]) == ("typed@example.com", "signed@example.com")
    assert "verified_phone" not in found


def test_of_what_a_stranger_may_send_by_the_thousand_there_are_some() -> None:
    golden = GoldenRecord(id="a", attributes={str(n): "x" for n in range(10_000)}, tags=tuple(map(str, range(10_000))))
    found = names(evolve(BARE, panel=evolve(PANEL, golden=golden)), ROOTS, {})
    assert (len(found["attributes"]), len(found["customer"]["tags"])) == (MOST, MOST)
