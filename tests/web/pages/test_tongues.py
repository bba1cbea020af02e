"""Tongues: every page in every language, with all that can stand on it: nothing of it is left in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest

from jivod.flow import aside, staff, steward
from jivod.flow.following import follow, make_side, zone_of
from jivod.flow.steward import Hand
from jivod.model.access import Role
from jivod.policy.rules import DEFAULT
from jivod.store import chats
from jivod.store.kv import Txn
from jivod.web.pages.notices import NOTICES
from jivod.web.pages.pages import PAGES
from tests.web.api.counter import accepted, finished
from tests.web.pages import extract
from tests.web.pages.extract import TONGUES
from tests.web.pages.lounge import RIGHT, Lounge
from tests.web.pages.test_catalogs import PLACE, forms, sentences
from tests.web.pages.test_record import ids
from tests.web.pages.window import Window
from tests.web.shop import NOW, Reply

READ = frozenset({"title", "placeholder", "aria-label", "alt", "data-of"})
APART = re.compile(r"[\u2068\u2069]")
PANEL = re.compile(r"<section class=\"panel card agent-panel\".*?</section>", re.DOTALL)  # in the agents' language


class Texts(HTMLParser):
    """What can be read on a page, or heard: `parts` one by one, and the whole with its words in a row."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(PANEL.sub("", html))
        self.parts = [re.sub(r"\s+", " ", APART.sub("", part)).strip() for part in self.parts]
        self.whole = re.sub(r"\s+", " ", " ".join(self.parts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts += [value for name, value in attrs if name in READ and value]

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


@cache
def translated(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Sentences that are other ones in the language; pieces of those with values in them."""
    whole, pieces = set(), set()
    for message in sentences(extract.read(language)):
        for text in forms(message.id):
            if PLACE.search(text):
                pieces |= {part.strip() for part in PLACE.split(text)[::2] if len(part.split()) > 1}
            elif text not in forms(message.string):
                whole.add(text)
    theirs = " ".join(text for message in sentences(extract.read(language)) for text in forms(message.string))
    return frozenset(whole), frozenset(piece for piece in pieces if piece not in theirs)


def english(html: str, language: str) -> Iterator[str]:
    """The sentences that are left in English."""
    texts, (whole, pieces) = Texts(html), translated(language)
    yield from whole & set(texts.parts)
    yield from (text for text in whole if len(text.split()) > 2 and text in texts.whole)
    yield from (piece for piece in pieces if piece in texts.whole)


def told(window: Window) -> None:
    """Of every kind of event there is one."""
    ayse = {"name": "Ayşe Yılmaz", "email": "ayse@example.com", "phone": "+90 532 000 00 01", "number": "7"}
    window.tell(accepted(1, **ayse))
    more = {
        "topic": {"topic_id": 1, "title": "Zil"},
        "department": {"id": 1, "name": "Satış"},
        "tags": [{"id": 1, "title": "vip"}],
        "page": {"url": "https://a.example/", "title": "Ev"},
        "agents": [{"id": 3, "name": "Can"}, {"id": 4, "name": "Su"}],
    }
    said = [{"type": who, "timestamp": NOW // 1000, "message": "Merhaba"} for who in 9 * ("visitor", "agent")]
    chat = {"messages": said, "rate": "badnormal", "blacklisted": True, "invitation": "Merhaba"}
    window.tell({**finished(1, **ayse), **more, "chat": chat})
    window.tell(accepted(2, name="Deniz", email="deniz@example.com", phone="+90 532 000 00 01"))
    for number in range(3, 6):
        window.tell(accepted(number, name=f"Q{number}", email=f"q{number}@example.com", phone="+90 532 000 00 02"))
    window.tell({**accepted(6, name="Fatma", email="ayse@example.com"), "user_token": "t-1"})
    for number, status in enumerate(("start", "agent_connected", "end", "error")):
        call = {"type": "incoming", "status": status, "phone": "+90 532 000 00 01", "record_url": "https://a.example/"}
        window.tell({**accepted(20 + number, **ayse), "event_name": "call_event", "call": call})
    left = {"event_name": "offline_message", "message": "Merhaba", "offline_message_id": "5"}
    window.tell({**accepted(7, **ayse), **left})
    window.tell({"event_name": "chat_accepted", "chat_id": 8, "widget_id": "w", "visitor": {}})


def _entries(txn: Txn, ref: str) -> tuple[int, ...]:
    chat = chats.get(txn, "main", ref)
    assert chat is not None
    return chat.seqs[:1]


def decided(window: Window) -> str:
    """Of every kind of decision there is one; the id of whom most of them are about."""
    names = ("ayse", "deniz", "q3", "q4", "q5")
    ayse, deniz, third, fourth, fifth = (ids(window, f"{name}@example.com")[0] for name in names)
    hand = Hand(by="Zeynep", at=NOW, rules=DEFAULT, regions=("TR",))
    for job in (
        lambda txn: aside.note(txn, hand, ayse, "Zil bozuk"),
        lambda txn: steward.edit(txn, hand, ayse, "status", "VIP"),
        lambda txn: steward.edit(txn, hand, ayse, "email", "ay@example.com"),
        lambda txn: steward.edit(txn, hand, ayse, "attr:kod", "42"),
        lambda txn: steward.edit(txn, hand, ayse, "tag", "vip"),
        lambda txn: steward.confirm(txn, hand, ayse, "email", "ay@example.com"),
        lambda txn: steward.primary(txn, hand, ayse, "email", "ay@example.com"),
        lambda txn: steward.clear(txn, hand, ayse, "status"),
        lambda txn: steward.edit(txn, hand, ayse, "tag", "eski"),
        lambda txn: steward.clear(txn, hand, ayse, "tag", "eski"),
        lambda txn: steward.merge(txn, hand, fourth, ayse),
        lambda txn: steward.unmerge(txn, hand, (fourth,)),
        lambda txn: steward.merge(txn, hand, fifth, ayse),
        lambda txn: steward.tell_apart(txn, hand, ayse, third),
        lambda txn: steward.tell_apart(txn, hand, ayse, third, different=False),
        lambda txn: aside.put_off(txn, hand, ayse, deniz, NOW + 86_400_000),
        lambda txn: aside.put_off(txn, hand, ayse, deniz, 0),
        lambda txn: steward.detach(txn, hand, ayse, _entries(txn, "chat:7")),
        lambda txn: steward.create(txn, hand, [("name", "Yeni Kişi")]),
    ):
        window.do(job)
    return ayse


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Window, str]]:
    file = make_side(tmp_path_factory.mktemp("side"), "UTC")
    window = Window(file=file)
    told(window)
    window.shop.post(b"{")
    id = decided(window)
    while (step := follow(window.shop.engine, file, zone_of("UTC"), 1000)).seen < step.last or step.again:
        pass
    yield window, id
    file.close()


def of_shop(window: Window, id: str) -> list[str]:
    pair = min(re.findall(r'href="(/reviews/[^"?]+)"', window.page("/reviews")))
    person, deniz = f"/customers/{id}", ids(window, "deniz@example.com")[0]
    paths = ["/customers", "/customers?q=ayse", "/customers?q=nobody%20at%20all", "/now", "/now/rows?after=0"]
    paths.append(window.send("/admin/test", {}).headers["Location"])
    paths += ["/customers?q=merhaba", "/overview", "/overview?days=90", "/admin", "/admin/quarantine"]
    paths += [person, *(f"{person}?kind={kind}" for kind in ("chat", "call", "message", "note", "edit", "merge"))]
    paths += [f"/chats/main/chat:{number}" for number in (1, 2, 6, 7, 8, 20)]
    paths += [f"/customers/{deniz}", f"{person}/merge", f"{person}/merge?words=deniz", f"{person}/merge?words=zzz"]
    paths += [f"{person}/merge?other={deniz}", f"{person}/news?after=1", "/reviews", pair]
    return paths


def wrong_in_shop(id: str) -> list[tuple[str, dict[str, Any]]]:
    """Forms that come again, each with what is wrong."""
    person = f"/customers/{id}"
    return [
        (f"{person}/value", {"attribute": "name", "value": "Ali", "seen": "0"}),
        (f"{person}/values", {"attribute": "email", "value": "none", "deed": "add"}),
        (f"{person}/values", {"attribute": "phone", "value": "none", "deed": "add"}),
        (f"{person}/attribute", {"name": " ", "own": ""}),
        (f"{person}/notes", {"text": "x" * 9000}),
        (f"{person}/undo", {"seq": "99999999"}),
        (f"{person}/settle", {"attribute": "name", "value": "zzz"}),
        (f"{person}/part", {"record": "zzz"}),
        (f"{person}/share", {"kind": "email", "value": "zzz", "shared": "1"}),
        (f"{person}/detach", {"account": "main", "ref": "zzz"}),
        (f"{person}/merge", {"loser": id, "winner": "zzz"}),
        ("/reviews/key", {"kind": "email", "value": "zzz", "answer": "shared", "days": "x"}),
    ]


@pytest.mark.parametrize("language", TONGUES)
def test_nothing_on_a_page_is_left_in_english(shop: tuple[Window, str], language: str) -> None:
    window, id = shop
    for path in of_shop(window, id):
        assert set(english(window.page(path, Accept_Language=language), language)) == set(), path
    for code in NOTICES:
        assert set(english(window.page(f"/now?done={code}", Accept_Language=language), language)) == set(), code


@pytest.mark.parametrize("language", TONGUES)
def test_what_is_wrong_is_not_said_in_english(shop: tuple[Window, str], language: str) -> None:
    window, id = shop
    for path, fields in wrong_in_shop(id):
        reply = window.send(path, fields, Accept_Language=language)
        assert (reply.status, set(english(reply.body.decode(), language))) == (422, set()), (path, reply.body)
    mishaps = [window.look("/nowhere", Accept_Language=language), window.send("/now", {}, Accept_Language=language)]
    mishaps += [window.look("/customers?cursor=zz", Accept_Language=language)]
    mishaps += [window.send("/language", {}, Accept_Language=language, Sec_Fetch_Site="cross-site")]
    mishaps += [window.send(f"/customers/{id}/notes", {}, csrf="no", Accept_Language=language)]
    for reply in mishaps:
        assert (reply.status >= 400, set(english(reply.body.decode(), language))) == (True, set()), reply.body


@pytest.mark.parametrize("language", TONGUES)
def test_before_anything_has_happened_too(language: str) -> None:
    window = Window()
    for path in ("/customers", "/customers?q=nobody", "/reviews", "/now", "/overview", "/admin", "/admin/quarantine"):
        assert set(english(window.page(path, Accept_Language=language), language)) == set(), path


def of_lounge(lounge: Lounge, language: str) -> Iterator[tuple[str, Reply]]:
    """The pages about who may come in."""
    link, spoken = "f" * 43, {"Accept_Language": language}
    browser = lounge.browser()
    yield "/login", browser.look("/login", **spoken)
    lounge.do(lambda txn: staff.open_first(txn, link, lounge.now()))
    yield "/welcome/<link>", browser.look(f"/welcome/{link}", **spoken)
    lounge.user()
    lounge.user("elif", Role.AGENT)
    lounge.do(lambda txn: staff.disable(txn, "elif"))
    lounge.do(lambda txn: staff.add(txn, "can", Role.STEWARD, lounge.now()))
    for _ in range(12):
        yield "/login", browser.send("/login", {"name": "owner", "password": "wrong"}, **spoken)
    yield "/welcome/<link>", browser.look("/welcome/none", **spoken)
    browser = lounge.browser("203.0.113.2")
    browser.sign_in()
    yield "/login", browser.look("/login", **spoken)
    for path in ("/account", "/admin/users"):
        yield path, browser.look(path, **spoken)
    new = {"name": "yeni", "role": "agent"}
    for path, fields in (
        ("/account/password", {"old": RIGHT, "new": "short"}),
        ("/account/password", {"old": RIGHT, "new": "owner owner owner"}),
        ("/account", {"zone": "Nowhere"}),
        ("/admin/users", {**new, "name": "?"}),
        ("/admin/users", {**new, "name": "elif"}),
        ("/admin/users", new),
        ("/admin/users/owner", {"do": "disable"}),
        ("/admin/users/elif", {"do": "link"}),
    ):
        yield path, browser.send(path, fields, **spoken)


@pytest.mark.parametrize("language", TONGUES)
def test_nothing_is_left_in_english_at_the_door(lounge: Lounge, language: str) -> None:
    statuses = set()
    for path, reply in of_lounge(lounge, language):
        statuses.add(reply.status)
        assert set(english(reply.body.decode(), language)) == set(), path
    assert statuses == {200, 404, 422, 429}


def test_every_page_was_looked_at(shop: tuple[Window, str], lounge: Lounge) -> None:
    looked = {re.sub(r"\?.*", "", path) for path in of_shop(*shop)} | {path for path, _ in of_lounge(lounge, "tr")}
    patterns = {page.path: re.sub(r"<path:\w+>", ".+", re.sub(r"<(?:int:)?\w+>", "[^/]+", page.path)) for page in PAGES}
    gets = {page.path for page in PAGES if page.method == "GET"} - {"/"}  # which only leads on
    assert {path for path in gets if not any(re.fullmatch(patterns[path], one) for one in looked)} == set()


def test_english_that_is_left_is_found() -> None:
    left = '<title>Now</title><p>Chat with <b>Ali</b></p><h1 title="Customers">Şimdi</h1><p>Nothing to look at yet</p>'
    assert set(english(left, "tr")) == {"Now", "Chat with", "Customers", "Nothing to look at"}
