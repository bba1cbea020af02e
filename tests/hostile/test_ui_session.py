"""U: who is not signed in, or not as he says; forms that are not ours; guessing at passwords."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.defer import ensureDeferred

from jivod.flow import password, steward
from jivod.flow.steward import Hand
from jivod.model.access import Role
from jivod.policy.rules import DEFAULT
from jivod.store.tables import TABLES
from jivod.web.signin.caller import Caller
from jivod.web.signin.hasher import AT_ONCE
from tests.flow.test_erase import without
from tests.flow.world import World
from tests.flow.world import accepted as world_accepted
from tests.web.api.counter import accepted
from tests.web.pages.lounge import RIGHT, Lounge
from tests.web.pages.test_record import ids
from tests.web.pages.window import Window
from tests.web.shop import NOW, open_shop
from tests.web.signin.lobby import Lobby, SlowHasher, count_hashes


@pytest.fixture
def lounge(monkeypatch: pytest.MonkeyPatch) -> Lounge:
    """With passwords that are kept as they are: what a hash is has tests of its own."""
    monkeypatch.setattr(password, "is_right", lambda kept, typed: kept == f"kept {typed}")
    monkeypatch.setattr(password, "hash_of", lambda typed: f"kept {typed}")
    monkeypatch.setattr(password, "is_outdated", lambda kept: False)
    return Lounge()


@pytest.fixture
def window() -> Window:
    made = Window()
    made.tell(accepted(1, name="Ayşe", email="ayse@example.com"))
    made.tell(accepted(2, name="Deniz", email="deniz@example.com"))
    return made


def rows(window: Window) -> Any:
    return window.shop.engine.read(lambda txn: {table: list(txn.range(table)) for table in TABLES})


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "/\\evil.example", "https:evil", "/%0d%0aSet-Cookie: a=b", "javascript:alert(1)", "/\r\nX: y",
     "\thttps://evil.example", "/\x00/evil", "//evil.example/%2f..", "http://crm.example.com@evil.example", "?x", "#x"],
)  # fmt: skip
def test_u024_after_the_sign_in_one_stays_in_the_house(lounge: Lounge, wanted: str) -> None:
    lounge.user()
    browser = lounge.browser()
    reply = browser.sign_in(next=wanted)
    location = reply.headers.get("Location", "/")
    assert reply.status in {303, 422} and (location == "/" or location == wanted.startswith("/%0d") * wanted)
    assert not [line for line in browser.lines if not line.startswith("__Host-")]


@pytest.mark.parametrize(
    ("csrf", "headers"),
    [
        (None, {}), ("", {}), ("of-another-session", {}),
        ("csrf-of-the-session", {"Origin": "https://evil.example", "Sec_Fetch_Site": None}),
        ("csrf-of-the-session", {"Origin": "null", "Sec_Fetch_Site": None}),
        ("csrf-of-the-session", {"Sec_Fetch_Site": "cross-site"}),
        ("csrf-of-the-session", {"Sec_Fetch_Site": "same-site"}),
    ],
)  # fmt: skip
def test_u025_a_form_that_is_not_ours_changes_nothing(
    window: Window, csrf: str | None, headers: dict[str, Any]
) -> None:
    (id,) = ids(window, "ayse@example.com")
    before = rows(window)
    for path, fields in [(f"/customers/{id}/value", {"attribute": "name", "value": "x", "seen": ""}),
                         (f"/customers/{id}/notes", {"text": "x"}), (f"/customers/{id}/merge",
                          {"loser": id})]:  # fmt: skip
        assert window.send(path, fields, csrf=csrf, **headers).status == 403
    assert rows(window) == before


def test_u025_the_token_of_a_session_that_is_over_is_none(lounge: Lounge) -> None:
    browser = lounge.signed_in()
    browser.look("/account")
    old = browser.csrf
    browser.send("/logout", {})
    browser.sign_in()
    assert browser.send("/account/sessions", {}, csrf=old).status == 403


@pytest.mark.parametrize("how", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_u026_nothing_is_changed_but_by_a_form(window: Window, how: str) -> None:
    (id,) = ids(window, "ayse@example.com")
    before = rows(window)
    for path in (f"/customers/{id}/value", f"/customers/{id}/undo", "/logout", "/language", f"/customers/{id}/detach"):
        asked = f"{path}?attribute=name&value=x&csrf=csrf-of-the-session&_method=POST"
        assert window.ask(how, asked, X_HTTP_Method_Override="POST", Sec_Fetch_Site="same-origin").status in {404, 405}
    other = window.ask(
        "GET", f"/customers/{id}?_method=POST", X_HTTP_Method_Override="DELETE", X_Method_Override="POST"
    )
    assert other.status == 200 and rows(window) == before


@pytest.mark.parametrize(
    "cookie",
    ["__Host-jivod=forged", "__Host-jivod=" + "x" * 4096, ";;=;", "__Host-jivod=a; __Host-jivod=b", "=",
     "\xff\xfe=\x01",
     "__Host-jivod", "__Host-session=" + "0" * 43, "a=b; " * 500],
)  # fmt: skip
def test_u028_a_cookie_that_is_none_leads_to_the_way_in(lounge: Lounge, cookie: str) -> None:
    lounge.user()
    reply = lounge.browser().ask("GET", "/customers", Cookie=cookie)
    assert reply.status in {303, 400, 431}
    if reply.status == 303:
        assert reply.headers["Location"].startswith("/login")


def test_u028_the_cookies_of_two_at_once_are_of_neither(lounge: Lounge) -> None:
    one, other = lounge.signed_in("owner"), lounge.signed_in("deniz", Role.AGENT)
    (name, mine), theirs = next((n, v) for n, v in one.cookies.items() if v != other.cookies.get(n)), other.cookies
    both = f"{name}={mine}; {name}={theirs[name]}"
    assert lounge.browser().ask("GET", "/customers", Cookie=both).status == 303


def test_u029_a_cookie_that_was_there_before_is_not_that_of_the_session(lounge: Lounge) -> None:
    planted = lounge.signed_in("deniz", Role.AGENT).cookies
    lounge.user()
    browser = lounge.browser()
    browser.cookies = dict(planted)
    browser.sign_in()
    assert not set(browser.cookies.values()) & set(planted.values())


def test_u030_after_the_sign_out_nothing_is_left(lounge: Lounge) -> None:
    browser = lounge.signed_in()
    reply = browser.look("/customers")
    assert reply.headers["Cache-Control"] == "no-store"
    browser.look("/account")
    old, csrf = dict(browser.cookies), browser.csrf
    browser.send("/logout", {})
    browser.cookies = old
    assert browser.look("/customers").status == 303
    assert browser.send("/account/sessions", {}, csrf=csrf).status in {303, 403}


def test_u031_who_guesses_waits(lounge: Lounge) -> None:
    lounge.user()
    guesser = lounge.browser()
    statuses = [guesser.sign_in("owner", f"wrong {n}").status for n in range(7)]
    assert statuses[-1] == 429 and statuses[0] != 429
    assert guesser.sign_in("owner", RIGHT).status == 429


@pytest.mark.parametrize(
    "typed", ["x" * 1_025, "x" * 60_000, RIGHT + "\0", "\0", RIGHT + " ", RIGHT.upper(), "kahve masa deniz ４２"]
)
def test_u031_only_the_very_password_is_it(lounge: Lounge, typed: str) -> None:
    lounge.user()
    reply = lounge.browser().sign_in("owner", typed)
    assert 400 <= reply.status < 500 and typed.encode() not in reply.body


def test_u031_a_crowd_is_hashed_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lobby = Lobby(SlowHasher())
    count_hashes(lobby, monkeypatch)
    lobby.user()
    for n in range(1_000):
        waiting = ensureDeferred(lobby.clerk.sign_in(Caller(address=f"10.{n % 250}.{n // 250}.1"), "owner", "wrong"))
        waiting.addErrback(lambda failure: None)
    assert len(lobby.hasher.running) == AT_ONCE == 2


def test_u032_nobody_and_somebody_are_told_the_same(lounge: Lounge) -> None:
    lounge.user()
    lounge.user("third", Role.AGENT)
    names = ("owner", "no-one", "third")
    replies = [lounge.browser(f"198.51.100.{n}").sign_in(name, "wrong") for n, name in enumerate(names)]
    pages = {reply.body.replace(name.encode(), b"") for reply, name in zip(replies, names, strict=True)}
    assert len({reply.status for reply in replies}) == 1 and len(pages) == 1


def test_u033_an_old_link_leads_to_the_survivor_and_nobody_s_to_nothing(window: Window) -> None:
    (loser,), (winner,) = ids(window, "ayse@example.com"), ids(window, "deniz@example.com")
    window.do(lambda txn: steward.merge(txn, Hand(by="x", at=NOW, rules=DEFAULT, regions=()), loser, winner))
    reply = window.look(f"/customers/{loser}")
    assert reply.status in {200, 301, 302, 303, 308}
    assert winner in reply.headers.get("Location", "") or b"Deniz" in reply.body
    window.porter.viewer = None
    for id in (loser, winner, "01h0000000000000000000000a"):
        assert window.look(f"/customers/{id}").headers["Location"].startswith("/login")


def test_u033_whoever_was_erased_has_no_page() -> None:
    world = World()
    id = world.tell(world_accepted(1, name="Ayşe", email="ayse@example.com", number=1)).customer or ""
    window = Window()
    window.shop = open_shop(without(world, id).engine, make_porch=window._porch)
    assert window.look(f"/customers/{id}").status in {404, 410}
    assert "ayse@" not in window.look(f"/customers/{id}").body.decode()


def test_u023_a_name_makes_no_name_of_a_file(window: Window) -> None:
    """Nothing that is downloaded is called like a customer; the browser is told of no file at all."""
    window.tell(accepted(9, name='../../x"; rm -rf', email="f@example.com"))
    (id,) = ids(window, "f@example.com")
    for path in (f"/customers/{id}", "/customers"):
        assert "Content-Disposition" not in window.look(path).headers
