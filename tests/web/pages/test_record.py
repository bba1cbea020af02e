"""The page of a customer: what it shows, what each of its forms does, who may, and that nobody overwrites unseen."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from jivod.flow import query
from jivod.model.access import Role
from jivod.model.customer import GoldenRecord
from jivod.policy.rules import DEFAULT
from tests.web.api.counter import accepted, finished
from tests.web.pages.window import Window


def ids(window: Window, words: str) -> list[str]:
    found = window.shop.engine.read(lambda txn: query.find(txn, words, DEFAULT, regions=("TR",)))
    return [one.id for one in found]


def golden(window: Window, id: str) -> GoldenRecord:
    found = window.shop.engine.read(lambda txn: query.show(txn, id, DEFAULT))
    assert found is not None
    return found


def seen(html: str, attribute: str) -> str:
    """The tag in the form of this attribute."""
    found = re.search(rf'value="{attribute}">\s*<input type="hidden" name="seen" value="([^"]+)"', html)
    assert found
    return found[1]


def words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


@pytest.fixture
def ayse(full: Window) -> str:
    return ids(full, "ayse@example.com")[0]


def deed(window: Window, id: str, path: str, **fields: Any) -> int:
    reply = window.send(f"/customers/{id}/{path}", fields)
    if reply.status == 303:
        assert reply.headers["Location"].startswith("/customers/")
    return reply.status


def test_it_shows_who_and_who_said_so(full: Window, ayse: str) -> None:
    shown = words(full.page(f"/customers/{ayse}"))
    for part in ("Ayşe Yılmaz", "ayse@example.com", "+90 532 000 00 01", "typed by the visitor", "not verified"):
        assert part in shown
    assert "Recognised by the e-mail ayse@example.com" in shown or "New at that time" in shown
    assert "There may be one more record of the same person: Deniz" in shown


def test_the_link_of_the_agent_s_panel_lands_where_doubts_are_settled(full: Window, ayse: str) -> None:
    assert full.page(f"/customers/{ayse}").count('id="contested"') == 1
    full.tell(accepted(9, name="Fatma", email="ayse@example.com"))
    html = full.page(f"/customers/{ayse}")
    assert html.count('id="contested"') == 1
    assert "To be settled" in html.split('id="contested"')[1]
    assert deed(full, ayse, "settle", attribute="name", value="Ayşe Yılmaz") == 303
    assert golden(full, ayse).contested == ()
    assert deed(full, ayse, "settle", attribute="name", value="Ayşe Yılmaz") == 422


def test_a_single_value_is_changed_by_who_has_seen_it(full: Window, ayse: str) -> None:
    tag = seen(full.page(f"/customers/{ayse}"), "name")
    assert deed(full, ayse, "value", attribute="name", value=" Ayşe Kaya ", seen=tag) == 303
    assert golden(full, ayse).name == "Ayşe Kaya"
    assert "decided by Zeynep" in words(full.page(f"/customers/{ayse}"))
    late = full.send(f"/customers/{ayse}/value", {"attribute": "name", "value": "Ayşe Demir", "seen": tag})
    text = late.body.decode()
    assert late.status == 422
    assert "Meanwhile this became “Ayşe Kaya”" in words(text)
    assert 'value="Ayşe Demir"' in text and golden(full, ayse).name == "Ayşe Kaya"
    assert deed(full, ayse, "value", attribute="name", value="Ayşe Demir", seen=seen(text, "name")) == 303
    assert golden(full, ayse).name == "Ayşe Demir"


def test_what_a_chat_brings_meanwhile_is_no_clash_of_another_field(full: Window, ayse: str) -> None:
    tag = seen(full.page(f"/customers/{ayse}"), "description")
    full.tell(accepted(9, name="Ayşe Yılmaz", email="ayse@example.com"))
    assert deed(full, ayse, "value", attribute="description", value="calls back", seen=tag) == 303
    tag = seen(full.page(f"/customers/{ayse}"), "description")
    assert deed(full, ayse, "value", attribute="description", value="", seen=tag) == 303
    assert golden(full, ayse).description is None


@pytest.mark.parametrize(
    ("path", "fields", "says"),
    [
        ("values", {"deed": "add", "attribute": "email", "value": "no mail"}, "Write one e-mail address"),
        ("values", {"deed": "add", "attribute": "phone", "value": "12"}, "Write one phone"),
        ("values", {"deed": "remove", "attribute": "email", "value": "x@example.com"}, "is not there any more"),
        ("values", {"deed": "add", "attribute": "visitor", "value": "x"}, "look at what is marked"),
        ("value", {"attribute": "email", "value": "x"}, "is not there any more"),
        ("value", {"attribute": "nothing", "value": "x"}, "is not there any more"),
        ("value", {"attribute": "attr:nothing", "value": "x"}, "Meanwhile this was taken away"),
        ("value", {"attribute": "status", "value": "x", "seen": "x"}, "Meanwhile this was taken away"),
        ("attribute", {"name": " ", "own": "x"}, "Nothing was changed yet"),
        ("notes", {"text": " "}, "Nothing was changed yet"),
        ("undo", {"seq": "1"}, "cannot be undone any more"),
        ("undo", {"seq": "x"}, "Nothing was changed yet"),
        ("undo", {"seq": "-1"}, "Nothing was changed yet"),
        ("undo", {"seq": "18446744073709551616"}, "Nothing was changed yet"),
        ("part", {"record": "nobody"}, "stands for itself already"),
        ("share", {"kind": "email", "value": "x"}, "can be shared"),
        ("detach", {"account": "main", "ref": "chat:99"}, "is not this customer's any more"),
        ("detach", {"account": "main", "ref": "chat:2"}, "is not this customer's any more"),
        ("detach", {"account": "main", "ref": "chat:1"}, "is all there is of this customer"),
    ],
)
def test_what_cannot_be_done_brings_the_page_again_with_a_sentence(
    full: Window, ayse: str, path: str, fields: dict[str, str], says: str
) -> None:
    before = golden(full, ayse)
    reply = full.send(f"/customers/{ayse}/{path}", fields)
    assert (reply.status, says in words(reply.body.decode())) == (422, True)
    assert golden(full, ayse) == before


def test_contacts_are_added_confirmed_put_first_and_taken_away(full: Window, ayse: str) -> None:
    for act in ("add", "confirm", "primary"):
        assert deed(full, ayse, "values", deed=act, attribute="email", value="ay@example.com") == 303
    assert golden(full, ayse).emails == ("ay@example.com", "ayse@example.com")
    assert "First, because a person chose it" in full.page(f"/customers/{ayse}")
    assert deed(full, ayse, "values", deed="remove", attribute="email", value="ay@example.com") == 303
    assert deed(full, ayse, "attribute", name="Balance", own="12") == 303
    assert golden(full, ayse).attributes == {"Balance": "12"}


def test_what_was_said_of_a_customer_is_undone_and_decided_again(full: Window, ayse: str) -> None:
    full.tell(accepted(7, email="ayse@example.com", name="Ayşegül", phone="+905320000044"))
    before = golden(full, ayse)
    for path, fields, says in (
        ("settle", {"attribute": "name", "value": before.contested[0].value}, "took back: Name is"),
        ("values", {"deed": "confirm", "attribute": "email", "value": "ayse@example.com"}, "undid the confirmation:"),
        ("values", {"deed": "primary", "attribute": "phone", "value": "+905320000044"}, "undid the choice of what"),
        ("values", {"deed": "add", "attribute": "phone", "value": "+905320000044"}, "took back: Phone is"),
        ("values", {"deed": "remove", "attribute": "email", "value": "ayse@example.com"}, "undid the removal: E-mail"),
    ):
        assert deed(full, ayse, path, **fields) == 303
        after = golden(full, ayse)
        for expected in (before, after, before):
            seq = re.search(r'name="seq" value="(\d+)"', full.page(f"/customers/{ayse}?kind=edit"))[1]  # type: ignore[index]
            assert deed(full, ayse, "undo", seq=seq) == 303
            assert golden(full, ayse) == expected
        assert says in words(full.page(f"/customers/{ayse}?kind=edit"))


def test_a_note_is_kept_taken_away_and_stands_again(full: Window, ayse: str) -> None:
    assert deed(full, ayse, "notes", text="Calls back.\r\nOn Monday.") == 303
    html = full.page(f"/customers/{ayse}?kind=note")
    assert "Calls back.\nOn Monday." in html
    seq = re.search(r'name="seq" value="(\d+)"', html)[1]  # type: ignore[index]
    assert deed(full, ayse, "undo", seq=seq) == 303
    assert "taken away by Zeynep" in words(full.page(f"/customers/{ayse}"))
    assert deed(full, ayse, "undo", seq=seq) == 303
    assert "taken away by" not in words(full.page(f"/customers/{ayse}"))


def test_two_are_found_compared_merged_and_parted(full: Window, ayse: str) -> None:
    (mehmet,) = ids(full, "mehmet@example.com")
    assert f"other={mehmet}" in full.page(f"/customers/{ayse}/merge?words=mehmet@example.com")
    shown = words(full.page(f"/customers/{ayse}/merge?other={mehmet}"))
    assert "They share no contact." in shown and "One person, shown as Ayşe Yılmaz" in shown
    assert "the record of “ Ayşe Yılmaz ” stays" in shown or "the record of “ Mehmet ” stays" in shown
    assert deed(full, ayse, "merge", loser=mehmet, winner=ayse) == 303
    assert golden(full, mehmet).id == ayse
    assert "part of this customer now" in full.page(f"/customers/{mehmet}")
    assert deed(full, ayse, "part", record=mehmet) == 303
    assert golden(full, mehmet).id == mehmet
    for loser, winner, says in (
        (mehmet, ayse, "Bir kişi bu ikisi"), (ayse, ayse, "zaten tek müşteri"), ("nobody", ayse, "Böyle bir müşteri"),
    ):  # fmt: skip
        full.be(language="tr")
        reply = full.send(f"/customers/{ayse}/merge", {"loser": loser, "winner": winner})
        assert (reply.status, says in words(reply.body.decode())) == (422, True)


def test_a_conversation_of_another_is_taken_away(full: Window, ayse: str) -> None:
    full.tell(accepted(9, name="Veli", email="ayse@example.com"))
    assert deed(full, ayse, "detach", account="main", ref="chat:9") == 303
    assert golden(full, ayse).chats == 1


def test_a_shared_contact_finds_nobody(full: Window, ayse: str) -> None:
    assert deed(full, ayse, "share", kind="email", value="ayse@example.com", shared="1") == 303
    full.tell(accepted(9, email="ayse@example.com"))
    assert golden(full, ayse).chats == 1
    assert deed(full, ayse, "share", kind="email", value="ayse@example.com") == 303


STEWARDS = [
    ("settle", {"attribute": "name", "value": "x"}),
    ("merge", {"loser": "a", "winner": "b"}),
    ("part", {"record": "x"}),
    ("share", {"kind": "email", "value": "ayse@example.com"}),
    ("detach", {"account": "main", "ref": "chat:1"}),
]


@pytest.mark.parametrize(("path", "fields"), STEWARDS)
def test_an_agent_decides_nothing_about_who_is_who(full: Window, ayse: str, path: str, fields: dict[str, str]) -> None:
    full.be(role=Role.AGENT)
    assert deed(full, ayse, path, **fields) == 403
    html = full.page(f"/customers/{ayse}")
    assert f'action="/customers/{ayse}/{path}"' not in html and "/merge" not in html


def test_an_agent_takes_back_what_agents_decide_and_nothing_else(full: Window, ayse: str) -> None:
    (mehmet,) = ids(full, "mehmet@example.com")
    deed(full, ayse, "merge", loser=mehmet, winner=ayse)
    (merge,) = re.findall(r'name="seq" value="(\d+)"', full.page(f"/customers/{ayse}"))
    full.be(role=Role.AGENT)
    assert 'name="seq"' not in full.page(f"/customers/{ayse}")
    assert deed(full, ayse, "undo", seq=merge) == 403
    assert deed(full, ayse, "values", deed="add", attribute="tag", value="vip") == 303
    (tag,) = re.findall(r'name="seq" value="(\d+)"', full.page(f"/customers/{ayse}"))
    assert deed(full, ayse, "undo", seq=tag) == 303
    assert (golden(full, ayse).tags, golden(full, mehmet).id) == ((), ayse)


def test_what_a_steward_settled_no_agent_takes_back_or_decides_again(full: Window, ayse: str) -> None:
    full.tell(accepted(7, email="ayse@example.com", name="Ayşegül"))
    (lost,) = golden(full, ayse).contested
    deed(full, ayse, "settle", attribute="name", value=lost.value)
    (settled,) = re.findall(r'name="seq" value="(\d+)"', full.page(f"/customers/{ayse}"))
    full.be(role=Role.AGENT)
    assert 'name="seq"' not in full.page(f"/customers/{ayse}")
    assert deed(full, ayse, "undo", seq=settled) == 403
    full.be(role=Role.STEWARD)
    assert deed(full, ayse, "undo", seq=settled) == 303
    (undone,) = re.findall(r'name="seq" value="(\d+)"', full.page(f"/customers/{ayse}"))
    full.be(role=Role.AGENT)
    assert deed(full, ayse, "undo", seq=undone) == 403


def test_pages_of_the_history_give_each_conversation_once(window: Window) -> None:
    for n in range(1, 51):
        window.tell(accepted(n, email="many@example.com"))
    (id,) = ids(window, "many@example.com")
    refs: list[str] = []
    next: str | None = f"/customers/{id}?kind=chat"
    while next is not None:
        html = window.page(next)
        refs += re.findall(r'<h3><a href="/chats/main/([^"]+)"', html)
        found = re.search(r'rel="next" href="([^"#]+)', html)
        next = unescape(found[1]) if found else None
    assert len(refs) == 50 and {*refs} == {f"chat%3A{n}" for n in range(1, 51)}


@pytest.mark.parametrize("asked", ["kind=nonsense", "cursor=AAAA", "cursor=%00", "kind=chat&cursor=W10"])
def test_an_address_that_was_tampered_with_is_no_mistake_of_ours(full: Window, ayse: str, asked: str) -> None:
    assert full.look(f"/customers/{ayse}?{asked}").status == 400


@pytest.mark.parametrize("path", ["", "/merge", "?edit=name"])
def test_who_never_was_is_not_there(full: Window, path: str) -> None:
    assert full.look(f"/customers/nobody{path}").status == 404
    assert full.send("/customers/nobody/notes", {"text": "x"}).status == 404


def test_a_field_is_open_where_the_address_says_so(full: Window, ayse: str) -> None:
    assert full.page(f"/customers/{ayse}").count('<details class="edit" open>') == 0
    assert full.page(f"/customers/{ayse}?edit=name").count('<details class="edit" open>') == 1


def test_a_conversation_is_shown_whole(full: Window, ayse: str) -> None:
    said = [
        {"type": "visitor", "message": "See https://shop.example.com/a?b=1.", "timestamp": 1_789_000_000},
        {"type": "agent", "message": "Done", "timestamp": 1_789_100_000, "agent_id": "7"},
    ]
    agents = [{"id": "7", "name": "Elif"}]
    body = {**finished(9, email="ayse@example.com"), "agents": agents, "chat": {"messages": said, "rate": "good"}}
    full.tell(body)
    html = full.page("/chats/main/chat:9")
    shown = words(html)
    assert "Began Sep 10, 2026" in shown and "Last heard of Sep 11, 2026" in shown
    assert 'href="https://shop.example.com/a?b=1" rel="noopener noreferrer nofollow"' in html
    assert "Elif" in shown and "Thursday, September 10, 2026" in shown and "Friday, September 11, 2026" in shown
    assert f'action="/customers/{ayse}/detach"' in html
    assert "Recognised by the e-mail ayse@example.com" in shown
    assert "Spoke with Elif" in words(full.page(f"/customers/{ayse}"))
    assert full.look("/chats/main/chat:99").status == 404
    assert full.look("/chats/main/chat:9?start=x").status == 400


def test_a_long_conversation_comes_in_parts(full: Window) -> None:
    said = [{"type": "visitor", "message": f"word {n}", "timestamp": 1_789_000_000 + n} for n in range(450)]
    full.tell({**finished(9, email="ayse@example.com"), "chat": {"messages": said}})
    numbers: list[int] = []
    for start in ("", "?start=200", "?start=400"):
        numbers += [int(n) for n in re.findall(r"word (\d+)<", full.page(f"/chats/main/chat:9{start}"))]
    assert numbers == list(range(450))
    assert "messages before that" in full.page(f"/customers/{ids(full, 'ayse@example.com')[0]}")
