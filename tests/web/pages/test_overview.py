"""Overview: the numbers that `flow.figures` has, drawn and in tables; hostile texts, empty times, languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from jivod.flow import figures as flow
from jivod.flow.following import follow, make_side, zone_of
from jivod.model.access import Role
from jivod.model.figures import AgentFigures, Channel, Counts, Day, Figures, Top, Waits
from jivod.web.pages import overview
from tests.web.api.counter import accepted, finished
from tests.web.pages.test_hostile import TEXTS, Looked
from tests.web.pages.window import Window
from tests.web.shop import NOW, OTHER_SECRET

ZONE = "Europe/Istanbul"
TODAY = date(2026, 9, 21)  # of NOW


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    file = make_side(tmp_path, ZONE)
    yield Window(file=file)
    file.close()


def index(window: Window) -> None:
    while (step := follow(window.shop.engine, window.file, zone_of(ZONE), 1000)).seen < step.last or step.again:
        pass


def chat(n: int, *, wait: int = 30, rate: str = "positive", agent: str = "Elif", **more: Any) -> dict[str, Any]:
    at = NOW // 1000 + n
    messages = [
        {"type": "visitor", "timestamp": at, "message": "hello"},
        {"type": "agent", "timestamp": at + wait, "agent_id": "1", "message": "hi"},
    ]
    told = finished(n, number=str(n), email=f"e{n}@example.com")
    return {**told, "agents": [{"id": "1", "name": agent}], "chat": {"messages": messages, "rate": rate}, **more}


@pytest.fixture
def full(window: Window) -> Window:
    page = {"url": "https://shop.example.com/delivery", "title": "Delivery"}
    for n in range(1, 6):
        window.tell(chat(n, page=page, rate="bad" if n == 1 else "positive"))
    window.shop.post(orjson.dumps(chat(9)), f"/jivo/{OTHER_SECRET}")
    call = {"type": "incoming", "phone": "905320000001", "status": "end"}
    window.tell({**accepted(7, phone="905320000001"), "event_name": "call_event", "call": call})
    window.tell(
        {
            "event_name": "offline_message",
            "offline_message_id": 8,
            "visitor": {"email": "o@example.com"},
            "message": "?",
        }
    )
    index(window)
    return window


def figures(window: Window, days: int = 30, account: str | None = None) -> Any:
    since = date.fromordinal(TODAY.toordinal() - days + 1)
    return window.shop.engine.read(lambda txn: flow.figures(txn, window.file, since, TODAY, account))


def sums(html: str) -> dict[str, str]:
    return dict(re.findall(r"<dt>([^<]+)</dt><dd><b>([^<]+)</b>", html))


def table(html: str, title: str) -> list[list[int]]:
    (found,) = re.findall(rf'<caption class="hidden">{title}</caption>.*?<tbody>(.*?)</tbody>', html, re.DOTALL)
    return [
        [int(n) for n in re.findall(r"<td>(\d+)</td>", row)] for row in re.findall(r"<tr>.*?</tr>", found, re.DOTALL)
    ]


def test_what_is_told_is_what_was_counted(full: Window) -> None:
    found, html = figures(full), full.page("/overview")
    total = found.total
    assert (total.chats, total.offline, total.rated_bad) == (6, 1, 1)
    told = sums(html)
    assert (told["Chats"], told["Offline messages"]) == ("6", "1")
    assert told["New customers"] == str(total.new)
    assert told["Rated good"] == "83%" and told["First answer"].endswith("sec")
    assert table(html, "Chats per day") == [
        [d.channels.get("shop", 0), d.channels.get("branch", 0)] for d in reversed(found.days)
    ]
    new = "Conversations of new and of returning customers, by day"
    assert table(html, new) == [[d.counts.new, d.counts.returning] for d in reversed(found.days)]
    assert table(html, "Offline messages per day") == [[d.counts.offline] for d in reversed(found.days)]
    by_hour = table(html, "Chats and offline messages by weekday and hour")
    assert [list(hours) for hours in zip(*by_hour, strict=True)] == [list(hours) for hours in found.hours]
    assert 'href="https://shop.example.com/delivery"' in html or "shop.example.com/delivery" in html


@pytest.mark.parametrize(("days", "rows"), [("7", 7), ("30", 30), ("90", 90)])
def test_a_period_is_so_many_days(full: Window, days: str, rows: int) -> None:
    html = full.page(f"/overview?days={days}")
    assert len(table(html, "Chats per day")) == rows
    assert f'value="{days}" aria-pressed="true"' in html


def test_of_one_account(full: Window) -> None:
    html = full.page("/overview?account=branch&days=7")
    assert sums(html)["Chats"] == "1"
    assert '<option value="branch" selected>' in html


@pytest.mark.parametrize("asked", ["days=8", "days=", "days=%00", "account=" + "a" * 65])
def test_what_is_no_period(full: Window, asked: str) -> None:
    assert full.look(f"/overview?{asked}").status == (200 if asked == "days=" else 400)


def test_empty_states_say_what_to_do(window: Window) -> None:
    html = window.page("/overview")
    assert "paste it into Jivo" in html and 'href="/admin"' in html
    window.be(role=Role.AGENT)
    html = window.page("/overview")
    assert "An administrator finds the URL" in html and 'href="/admin"' not in html
    window.tell(accepted(1, email="a@example.com"))
    assert "Nothing is counted yet" in window.page("/overview")
    index(window)
    assert "Nothing came in during this time" in window.page("/overview?account=none")
    assert sums(window.page("/overview"))["Chats"] == "1"
    window.tell(accepted(2, email="a@example.com"))
    assert "1 entry is not counted yet." in window.page("/overview")


def test_without_a_side_file_nothing_is_counted() -> None:
    window = Window()
    window.tell(accepted(1, email="a@example.com"))
    assert "Nothing is counted yet" in window.page("/overview")


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_hostile_texts_are_text(window: Window, text: str) -> None:
    page = {"url": text, "title": text, "utm": {"source": text, "campaign": text}}
    for n in (1, 2):
        window.tell(chat(n, agent=text, page=page, visitor={"number": str(n), "name": text}))
    url = "https://a.example/?utm_source=" + quote(text)[:500]
    window.tell(chat(3, agent=text, page={"url": url, "title": text}, session={"utm_json": {"source": text}}))
    index(window)
    assert Looked(window.page("/overview?days=7")).wrong == []
    assert Looked(window.page(f"/overview?account={quote(text[:60])}")).wrong == []


@pytest.mark.parametrize("language", ["tr", "ru", "pt", "es"])
def test_numbers_and_days_are_written_in_the_language_of_the_page(full: Window, language: str) -> None:
    full.be(language=language)
    html = full.page("/overview")
    assert re.search({"tr": "21 Eyl", "ru": "21 сент", "pt": "21 de set", "es": "21 sept?"}[language], html)


HEAVIEST = 100_000  # bytes of the page alone; 150,000 is what a first visit may weigh with all that goes with it


def much(days: int = 90, channels: int = 7, agents: int = 100) -> Figures:
    """As much as there can be on the page."""
    random, names = Random(7), [f"channel-{n}" for n in range(channels)]
    waits = Waits(answered=9000, median=44.0, ninety=333.0)
    rows = []
    for n in range(days):
        by = {name: random.randint(20, 900) for name in names}
        counts = Counts(chats=sum(by.values()), offline=random.randint(1, 90), new=random.randint(1, 900), returning=99)
        seen = Waits(answered=90, median=random.uniform(10, 300), ninety=random.uniform(300, 4000))
        day = date.fromordinal(TODAY.toordinal() - days + 1 + n).isoformat()
        rows.append(Day(day=day, counts=counts, waits=seen, channels=by))
    total = Counts(chats=99999, offline=4000, new=40000, returning=40000, rated_good=9, rated_bad=1, calls_talked=9)
    return Figures(
        since=rows[0].day, until=rows[-1].day, zone=ZONE, account=None, behind=0, total=total, waits=waits, steps=(),
        days=tuple(rows),
        channels=tuple([Channel(account="main", channel=name, counts=total, waits=waits) for name in names]),
        agents=tuple([AgentFigures(agent=f"Agent Number {n}", chats=5000 - n, waits=waits, rated_good=500,
                                   rated_other=9, rated_bad=20) for n in range(agents)]),
        pages=Top(values=tuple([(f"shop.example.com/products/{n:099}", 900 - n) for n in range(10)]), other=5),
        sources=Top(values=tuple([(f"source-{n}", 900 - n) for n in range(10)]), other=5),
        hours=tuple([tuple([random.randint(0, 900) for _ in range(24)]) for _ in range(7)]),
    )  # fmt: skip


def test_a_page_full_of_figures_is_light(full: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview.figures, "figures", lambda *asked: much())
    html = full.page("/overview?days=90")
    assert len(html.encode()) < HEAVIEST
    assert len(table(html, "Chats per day")) == 90 and html.count('class="mark s') == 6 + 1
    assert len(re.findall(r"<svg[^>]* role=\"img\" aria-labelledby=\"(\w+)-t[^>]*>\s*<title id=\"\1-t\">", html)) == 7


def test_channels_beyond_the_most_used_share_a_shade() -> None:
    names = [f"c{n}" for n in range(8)]
    day = Day(
        day="2026-09-21", counts=Counts(chats=36), waits=Waits(), channels={n: i + 1 for i, n in enumerate(names)}
    )
    channels = tuple(
        Channel(account="a", channel=n, counts=Counts(chats=i + 1), waits=Waits()) for i, n in enumerate(names)
    )
    found = Figures(
        since=day.day, until=day.day, zone="UTC", account=None, behind=0, total=day.counts, waits=Waits(), steps=(),
        days=(day,), channels=channels, agents=(), pages=Top(), sources=Top(), hours=((0,) * 24,) * 7,
    )  # fmt: skip
    shown, rows = overview.by_channel(found)
    assert shown == ("c7", "c6", "c5", "c4", "c3")
    assert rows == [[8, 7, 6, 5, 4, 6]]
