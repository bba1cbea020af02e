"""News: what an entry tells, to whom, and how far behind one may be."""

from __future__ import annotations

import pytest

from jivod.flow import news, steward
from jivod.flow.news import Told, Wish
from tests.flow.imports import run
from tests.flow.world import World, accepted, finished


def hear(world: World, *wishes: Wish) -> dict[Wish, Told]:
    return world.ask(lambda txn: news.hear(txn, wishes, world.desk.rules))


def seqs(told: Told) -> list[int]:
    assert not told.lost
    return [item.seq for item in told.items]


def test_rows_of_an_import_are_news_of_their_customers_alone() -> None:
    world = World()
    ayse = world.tell(accepted(1, email="ayse@example.com")).customer
    run(world, [{"email": f"{n}@example.com"} for n in range(700)] + [{"email": "ayse@example.com", "tag": "vip"}])
    world.tell(accepted(2, email="ayse@example.com"))
    all, one = Wish(0), Wish(0, ayse)
    told = hear(world, all, one)
    assert seqs(told[all]) == [1, 703] and told[all].upto == told[one].upto == 703
    assert seqs(told[one]) == [1, 702, 703]


@pytest.mark.parametrize(
    ("lag", "window", "after", "told"),
    [
        (8, 50, 2, [3, 4, 5, 6, 7, 8, 9, 10]),
        (8, 50, 1, None),
        (50, 8, 2, [3, 4, 5, 6, 7, 8, 9, 10]),
        (50, 8, 1, None),
        (50, 50, 10, []),
        (50, 50, 11, None),
    ],
)
def test_so_far_and_no_further(
    monkeypatch: pytest.MonkeyPatch, lag: int, window: int, after: int, told: list[int] | None
) -> None:
    monkeypatch.setattr(news, "LAG", lag)
    monkeypatch.setattr(news, "WINDOW", window)
    world = World()
    for n in range(10):
        world.tell(accepted(n, email="a@example.com"))
    found = hear(world, Wish(after), Wish(0))[Wish(after)]
    assert (found.lost, found.upto) == (told is None, 10)
    assert [item.seq for item in found.items] == (told or [])


def test_who_is_at_the_end_hears_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "PAGE", 3)
    monkeypatch.setattr(news, "_BUDGET", 4)
    world = World()
    for n in range(20):
        world.tell(accepted(n, email=f"{n}@example.com"))
    wishes = [Wish(0), Wish(5), Wish(10), Wish(18)]
    told = hear(world, *wishes)
    assert [seqs(told[wish]) for wish in wishes] == [[], [], [11, 12, 13], [19, 20]]
    assert [(told[wish].upto, told[wish].more) for wish in wishes] == [(0, True), (5, True), (13, True), (20, False)]


def test_from_now_on_is_from_the_end() -> None:
    world = World()
    world.tell(accepted(1))
    assert hear(world, Wish(None)) == {Wish(None): Told(upto=1)}


def test_what_is_nobodys_business_is_no_news() -> None:
    world = World()
    a = world.tell(accepted(1, email="a@example.com")).customer
    b = world.tell(accepted(2, email="b@example.com")).customer
    assert a and b
    world.tell({"event_name": "message", "chat_id": "x", "sender": {"id": "1"}, "recipient": {"id": "2"}})
    world.decide(steward.merge, b, a)
    world.decide(steward.unmerge, (b,))
    world.decide(steward.tell_apart, a, b)
    (told,) = hear(world, Wish(0)).values()
    kinds = [(item.kind, item.deed) for item in told.items if item.seq != 3]
    assert kinds == [("chat", ""), ("chat", ""), ("merge", "merge"), ("merge", "unmerge"), ("merge", "different")]
    assert [seqs(found) for found in hear(world, Wish(0, a), Wish(0, b)).values()] == [[1, 4, 5, 6], [2, 4, 5, 6]]


def test_a_line_is_the_first_one_and_short() -> None:
    world = World()
    said = {"messages": [{"type": "visitor", "message": "\n\n  Is\tit\u2028here? " + "x" * 500_000}]}
    world.tell({**finished(1), "chat": said})
    (item,) = hear(world, Wish(0))[Wish(0)].items
    assert item.line == "Is it"


def test_who_yields_is_told_with_the_event() -> None:
    world = World()
    world.tell(accepted(1, number="7"))
    world.tell(accepted(2, email="a@example.com"))
    world.tell({**accepted(1, number="7", email="a@example.com"), "event_name": "chat_updated"})
    assert [item.joined for item in hear(world, Wish(0))[Wish(0)].items] == [False, False, True]
