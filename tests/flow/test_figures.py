"""Figures: what is counted, by day and zone, and that no order of following makes another sum."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.cli.stories import scenes
from jivod.flow import figures as flow
from jivod.flow import steward, trial
from jivod.flow.figures import within
from jivod.model.entry import DEMO, Origin
from jivod.model.errors import Refused
from jivod.model.figures import Counts, Figures
from jivod.store import tallies
from jivod.store.tallies import WAITS
from tests.flow.beside import Beside, beside
from tests.flow.test_following import message
from tests.flow.world import ORIGIN, START, accepted, finished

DAY = date(2026, 9, 21)  # of START, in Istanbul
AT = START // 1000
AGENTS = ({"id": "1", "name": "Elif"}, {"id": 2, "name": "Mert"})


def of(live: Beside, since: date = DAY, until: date = DAY, account: str | None = None) -> Figures:
    live.follow()
    return live.world.ask(lambda txn: flow.figures(txn, live.file, since, until, account))


def chat(number: int, wait: int | None = 7, rate: str | None = None, at: int = AT, **more: Any) -> dict[str, Any]:
    """A chat in which an agent answered after `wait` seconds; None: never."""
    answer = [] if wait is None else [{**message("?", at + wait, "agent"), "agent_id": 1}]
    told = finished(number, messages=[message("!", at), *answer], number=number)
    return {**told, "agents": list(AGENTS), "chat": {**told["chat"], "rate": rate}, **more}


@pytest.fixture
def live() -> Iterator[Beside]:
    with beside() as made:
        yield made


def test_chats_messages_answers_and_ratings(live):
    live.world.tell(chat(1, 7, "positive"))
    live.world.tell(chat(2, 100, "bad"))
    live.world.tell(chat(3, None, "normal"))
    found = of(live)
    assert found.total == Counts(
        chats=3, messages=5, new=3, unanswered=1, rated_good=1, rated_other=1, rated_bad=1
    )
    assert (found.waits.answered, found.waits.median, found.waits.ninety) == (2, 10, 114.0)
    assert [(a.agent, a.chats, a.waits.answered, a.rated_good) for a in found.agents] == [
        ("Mert", 3, 0, 1),
        ("Elif", 0, 2, 0),
    ]
    assert found.days[0].channels == {"shop": 3} and found.behind == 0
    assert [(c.account, c.channel, c.counts.chats) for c in found.channels] == [("main", "shop", 3)]


def test_what_jivod_made_up_itself_is_not_counted(live):
    live.world.tell(chat(1, 7, "positive"))
    wanted = of(live).total
    live.world.do(lambda txn: trial.play(txn, START, live.world.desk))
    for number, scene in enumerate(scenes(AT), 2):
        for step in scene.steps:
            live.world.tell(step.body, at=START + number, origin=evolve(ORIGIN, site=DEMO))
    found = of(live)
    assert (found.total, found.behind, [c.channel for c in found.channels]) == (wanted, 0, ["shop"])
    live.world.tell(chat(2, 7), origin=evolve(ORIGIN, site="shop-2"))
    assert of(live).total.chats == wanted.chats + 1


def test_a_day_ends_where_the_company_says(live):
    midnight = AT - AT % 86_400 - 3 * 3600  # in Istanbul
    for number, at in enumerate((midnight - 1, midnight, midnight + 86_399, midnight + 86_400), 1):
        live.world.tell(chat(number, None, at=at))
    days = of(live, date(2026, 9, 20), date(2026, 9, 22)).days
    assert [(day.day, day.counts.chats) for day in days] == [("2026-09-20", 1), ("2026-09-21", 2), ("2026-09-22", 1)]
    hours = of(live, date(2026, 9, 20), date(2026, 9, 22)).hours
    assert (hours[6][23], hours[0][0], hours[0][23], hours[1][0]) == (1, 1, 1, 1)  # Sunday, Monday, Tuesday
    assert sum(map(sum, hours)) == 4


def test_days_without_anything_are_there_too(live):
    live.world.tell(chat(1))
    found = of(live, date(2026, 8, 1), date(2026, 9, 30))
    assert len(found.days) == 61 and sum(day.counts.chats for day in found.days) == 1


def test_new_and_returning_also_after_a_merge_and_its_undo(live):
    one = live.world.tell({**chat(1), "visitor": {"email": "a@example.com"}}).customer
    live.world.tell({**chat(2), "visitor": {"email": "a@example.com"}})
    two = live.world.tell({**chat(3), "visitor": {"email": "b@example.com"}}).customer
    assert (of(live).total.new, of(live).total.returning) == (2, 1)
    live.world.decide(steward.merge, two, one)
    assert (of(live).total.new, of(live).total.returning) == (1, 2)
    live.world.decide(steward.unmerge, (two,))
    assert (of(live).total.new, of(live).total.returning) == (2, 1)


def test_who_leaves_his_email_later_was_not_new(live):
    live.world.tell({**chat(1), "visitor": {"email": "a@example.com"}})
    live.world.tell(accepted(2, number=9))
    assert of(live).total.new == 2
    live.world.tell({**accepted(2, number=9, email="a@example.com"), "event_name": "chat_updated"})
    assert (of(live).total.new, of(live).total.returning) == (1, 1)


CALL = {"event_name": "call_event", "widget_id": "w", "visitor": {"phone": "+905320000001"}}


@pytest.mark.parametrize(
    ("kind", "states", "expected"),
    [
        ("incoming", ["start", "client_connected", "end"], (1, 0, 0)),
        ("incoming", ["start", "agent_connected", "end"], (1, 0, 0)),
        ("incoming", ["start", "end"], (0, 1, 0)),
        ("callback", ["start", "agent_connected", "error"], (0, 0, 1)),
        ("callback", ["start", "agent_connected", "end"], (0, 1, 0)),
        ("outgoing", ["start", "agent_connected", "client_connected", "end", "start", "end"], (1, 1, 0)),
        ("outgoing", ["start", "client_connected"], (0, 0, 0)),
    ],
)
def test_calls_by_what_came_of_them(live, kind, states, expected):
    for number, state in enumerate(states):
        call = {"type": kind, "status": state, "phone": "+905320000001"}
        live.world.tell({**CALL, "call": call, "session": {"ip_addr": f"203.0.113.{number}"}})
    total = of(live).total
    assert (total.calls_talked, total.calls_missed, total.calls_failed, total.chats) == (*expected, 0)


def test_an_offline_message_is_no_chat(live):
    offline = {"event_name": "offline_message", "widget_id": "w", "message": "arayın", "offline_message_id": "7"}
    live.world.tell({**offline, "visitor": {"number": 5}})
    assert of(live).total == Counts(offline=1, messages=1, new=1)


def test_pages_and_sources_without_what_tells_one_visitor_from_another(live):
    for number in range(15):
        page = {"url": f"https://me@SHOP.example.com:8443/p{min(number, 12)}/?id={number}#x"}
        live.world.tell(chat(number + 1, page=page, session={"utm_json": {"source": "google"}}))
    found = of(live)
    assert found.pages.values[0] == ("shop.example.com:8443/p12", 3)
    assert (len(found.pages.values), found.pages.other) == (10, 3)
    assert (found.sources.values, found.sources.other) == ((("google", 15),), 0)


def test_one_account_alone(live):
    live.world.tell(chat(1))
    live.world.tell(chat(1), origin=Origin(channel="branch", account="other"))
    assert (of(live).total.chats, of(live, account="other").total.chats, of(live, account="x").total.chats) == (2, 1, 0)


def test_a_later_word_takes_the_place_of_an_earlier_one(live):
    live.world.tell(chat(1, 7, "bad"))
    assert of(live).total.rated_bad == 1
    live.world.tell(chat(1, 7, "good"))
    found = of(live)
    assert (found.total.rated_bad, found.total.rated_good, found.total.chats) == (0, 1, 1)
    assert [agent.rated_bad for agent in found.agents] == [0, 0]


def test_without_the_file_all_is_0_and_it_says_so(live):
    found = live.world.ask(lambda txn: flow.figures(txn, None, DAY, DAY))
    assert (found.total, found.behind, len(found.days)) == (Counts(), None, 1)


@pytest.mark.parametrize(("since", "until"), [(date(2026, 1, 2), date(2026, 1, 1)), (date(2020, 1, 1), DAY)])
def test_too_many_days_are_refused(live, since, until):
    with pytest.raises(Refused, match="1 to 400 days"):
        of(live, since, until)


@pytest.mark.parametrize("url", ["http://[::1", "javascript:alert(1)", "//", "x" * 3000, "https://a.example.com/\u202e"])
def test_odd_pages_do_no_harm(live, url):
    live.world.tell(chat(1, page={"url": url}))
    assert all(len(value) <= 200 for value, _ in of(live).pages.values)


@given(st.lists(st.integers(0, 5), min_size=len(WAITS) + 1, max_size=len(WAITS) + 1), st.floats(0.01, 1))
def test_a_share_of_the_answers_came_within_the_seconds_told(steps, share):
    seconds = within(steps, share)
    if not any(steps):
        assert seconds is None
        return
    surely = sum(count for count, high in zip(steps, (*WAITS, 1e9), strict=True) if high <= seconds)
    perhaps = sum(count for count, low in zip(steps, (0, *WAITS), strict=True) if low <= seconds)
    assert surely <= sum(steps) * share + max(steps) and perhaps >= sum(steps) * share - 1e-9


def test_what_a_day_is_counted_by_is_all_there_is():
    assert set(tallies.OF_AGENT) < set(tallies.OF_DAY) and len(set(tallies.OF_DAY)) == len(tallies.OF_DAY)
