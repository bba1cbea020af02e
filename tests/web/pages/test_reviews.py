"""The reviews: the queue, a pair side by side, each answer, all of one key at once."""

from __future__ import annotations

import re

import pytest

from jivod.model.access import Role
from tests.web.api.counter import accepted
from tests.web.pages.test_record import golden, ids, words
from tests.web.pages.window import Window

DAY = 86_400


def pairs(window: Window, path: str = "/reviews") -> list[str]:
    return re.findall(r'href="(/reviews/[^"?]+)"', window.page(path))


@pytest.fixture
def office(window: Window) -> Window:
    """Four people of one phone, and two of another."""
    for n in range(4):
        window.tell(accepted(n + 1, name=f"Person {n}", email=f"p{n}@example.com", phone="+905320000001"))
    for n in range(2):
        window.tell(accepted(n + 11, name=f"Other {n}", email=f"o{n}@example.com", phone="+905320000002"))
    return window


def test_a_pair_stands_side_by_side_with_what_speaks_for_and_against(full: Window) -> None:
    (pair,) = pairs(full)
    shown = words(full.page(pair))
    for part in ("the phone +90 532 000 00 01", "Both have E-mails, and no two are equal", "differs", "Deniz"):
        assert part in shown


def test_the_winner_stays_and_the_queue_is_empty(full: Window) -> None:
    (pair,) = pairs(full)
    ayse, deniz = ids(full, "ayse@example.com")[0], ids(full, "deniz@example.com")[0]
    reply = full.send(pair, {"winner": deniz})
    assert (reply.status, reply.headers["Location"]) == (303, "/reviews?done=merged")
    assert golden(full, ayse).id == deniz
    assert "Nothing to look at" in full.page("/reviews")
    assert full.send(pair, {"winner": deniz}).status == 422
    assert full.look(pair).status == 303


@pytest.mark.parametrize("stays", ["first", "other"])
@pytest.mark.parametrize("is_reviewed", [True, False])
def test_the_name_that_is_promised_is_the_one_that_is_shown(full: Window, stays: str, is_reviewed: bool) -> None:
    """A corrected name wins, whoever stays: a page that promises the name of who stays tells a lie."""
    full.tell({**accepted(2, name="Corrected Name", email="deniz@example.com"), "event_name": "chat_updated"})
    full.tell(accepted(4, email="ayse@example.com"))
    a, b = ids(full, "ayse@example.com")[0], ids(full, "deniz@example.com")[0]
    path = pairs(full)[0] if is_reviewed else f"/customers/{a}/merge?other={b}"
    html = full.page(path)
    promised = re.findall(r"One person, shown as <bdi[^>]*>(.*?)</bdi>", html)
    assert promised == ["Corrected Name"] and "the name that is shown is Corrected Name ." in words(html)
    winner, loser = (a, b) if stays == "first" else (b, a)
    assert f'value="{winner}"' in html
    reply = full.send(path.partition("?")[0], {"winner": winner, **({} if is_reviewed else {"loser": loser})})
    assert (reply.status, golden(full, loser).id) == (303, winner)
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", full.page(f"/customers/{winner}")) == promised


def test_two_people_are_asked_about_no_more(full: Window) -> None:
    (pair,) = pairs(full)
    assert full.send(pair, {"answer": "different"}).headers["Location"] == "/reviews?done=different"
    assert pairs(full) == []


def test_later_is_asked_on_that_day(full: Window) -> None:
    (pair,) = pairs(full)
    assert full.send(pair, {"answer": "later", "days": "7"}).status == 303
    assert pairs(full) == []
    assert 'class="count"' not in full.page("/customers")
    full.shop.clock.advance(7 * DAY + 1)
    assert pairs(full) == [pair]
    assert '<span class="count">1</span>' in full.page("/customers")


@pytest.mark.parametrize("fields", [{}, {"answer": "x"}, {"winner": "nobody"}, {"answer": "later", "days": "2"}])
def test_what_is_no_answer_changes_nothing(full: Window, fields: dict[str, str]) -> None:
    (pair,) = pairs(full)
    assert full.send(pair, fields).status == 422
    assert pairs(full) == [pair]


def test_an_answer_leads_on_to_the_next_pair(office: Window) -> None:
    every = pairs(office)
    assert len(every) == 7
    here = every[2]
    assert f'rel="next" href="{every[3]}"' in office.page(here)
    assert office.send(here, {"answer": "different"}).headers["Location"] == f"{every[3]}?done=different"
    assert pairs(office) == [*every[:2], *every[3:]]


def test_all_of_a_key_are_answered_at_once(office: Window) -> None:
    shown = words(office.page("/reviews"))
    assert "7 pairs wait" in shown and "the phone +90 532 000 00 01 6 pairs" in shown
    assert len(pairs(office, "/reviews?kind=phone&value=%2B905320000001")) == 6
    key = {"kind": "phone", "value": "+905320000001"}
    assert office.send("/reviews/key", {**key, "answer": "later", "days": "30"}).status == 303
    assert len(pairs(office)) == 1
    office.shop.clock.advance(30 * DAY + 1)
    assert office.send("/reviews/key", {**key, "answer": "shared"}).status == 303
    assert len(pairs(office)) == 1
    office.tell(accepted(99, phone="+905320000001", name="New"))
    assert len(pairs(office)) == 1


def test_reviews_are_for_stewards(full: Window) -> None:
    (pair,) = pairs(full)
    full.be(role=Role.AGENT)
    for path in ("/reviews", pair):
        assert full.look(path).status == 403
    for path in ("/reviews/key", pair):
        assert full.send(path, {"answer": "different", "kind": "phone", "value": "x"}).status == 403


@pytest.mark.parametrize("pair", ["x", "x.y", "key", ".", "a.b.c", "%00.x", "x" * 300])
def test_a_pair_that_never_was_leads_to_the_queue(full: Window, pair: str) -> None:
    assert full.look(f"/reviews/{pair}").status in (303, 400)
