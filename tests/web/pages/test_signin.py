"""Signing in, over HTTP and through the true door: cookies, fixation, foreign forms, timeouts, the throttle's face."""

from __future__ import annotations

from typing import Any

import pytest

from jivod.config.settings import Pages as Settings
from jivod.flow import sessions, staff
from jivod.model.access import Role
from jivod.store import sessions as table
from jivod.web.signin.throttle import FREE
from tests.web.pages.lounge import HOME, RIGHT, Browser, Lounge
from tests.web.shop import Reply

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def alert(reply: Reply) -> str:
    text = reply.body.decode().partition('role="alert">')[2].partition("</p>")[0]
    return text.rpartition("</svg>")[2]


# Cookies and sessions.


def test_the_cookies_are_for_this_host_over_https_and_for_no_script(lounge: Lounge) -> None:
    browser = lounge.browser()
    lounge.user()
    reply = browser.sign_in()
    assert (reply.status, reply.headers["Location"]) == (303, "/")
    assert len(browser.lines) == 2
    for line, name, age in zip(browser.lines, ("__Host-jivod", "__Host-jivod-device"), (7, 400), strict=True):
        value, *attributes = line.split("; ")
        assert value.startswith(f"{name}=")
        assert attributes == ["Path=/", "Secure", "HttpOnly", "SameSite=Lax", f"Max-Age={age * int(DAY)}"]
    assert reply.headers["Cache-Control"] == "no-store"


def test_a_cookie_that_was_planted_is_never_the_one_of_a_session(lounge: Lounge) -> None:
    lounge.user()
    browser = lounge.browser()
    planted = browser.cookies["__Host-jivod"] = "p" * 43
    assert not browser.is_in()
    browser.sign_in()
    assert browser.cookies["__Host-jivod"] != planted
    thief = lounge.browser()
    thief.cookies["__Host-jivod"] = planted
    assert not thief.is_in()


def test_each_sign_in_has_a_new_cookie_and_ends_the_session_before(lounge: Lounge) -> None:
    browser = lounge.signed_in()
    old = browser.cookies["__Host-jivod"]
    browser.sign_in()
    thief = lounge.browser()
    thief.cookies["__Host-jivod"] = old
    assert not thief.is_in() and browser.is_in()


def test_sign_out_ends_it_at_the_server_and_clears_the_browser_but_not_its_being_known(lounge: Lounge) -> None:
    browser = lounge.signed_in()
    browser.look("/customers")
    kept = dict(browser.cookies)
    reply = browser.send("/logout", {})
    assert (reply.status, reply.headers["Location"]) == (303, "/login?done=signed_out")
    assert reply.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert set(browser.cookies) == {"__Host-jivod-device"}
    assert "You are signed out." in browser.look("/login?done=signed_out").body.decode()
    browser.cookies = kept
    assert not browser.is_in()


@pytest.mark.parametrize(
    ("pauses", "is_in"),
    [((7.9,), True), ((8,), False), ((7.9,) * 10, True), ((7.9,) * 21, True), ((7.9,) * 22, False)],
)
def test_a_session_ends_when_unused_and_after_some_days_in_any_case(
    lounge: Lounge, pauses: tuple[float, ...], is_in: bool
) -> None:
    browser = lounge.signed_in()
    found = True
    for pause in pauses:
        lounge.shop.clock.advance(pause * HOUR)
        found = browser.is_in()
    assert found is is_in


def test_that_it_was_used_is_noted_once_a_minute_at_most(lounge: Lounge) -> None:
    browser = lounge.signed_in()
    before = lounge.writes
    for _ in range(100):
        browser.look("/customers")
        lounge.shop.clock.advance(1.0)
    assert lounge.writes - before == 1


def test_a_page_is_shown_also_if_its_session_cannot_be_noted(lounge: Lounge) -> None:
    browser = lounge.signed_in()
    lounge.shop.clock.advance(2 * MINUTE)
    submit, lounge.clerk.jobs._writer = lounge.clerk.jobs._writer, Stopped()
    assert browser.is_in()
    lounge.clerk.jobs._writer = submit
    before = lounge.writes
    assert browser.is_in()
    assert lounge.writes == before + 1


class Stopped:
    def submit(self, job: Any, size: int) -> Any:
        from jivod.model.errors import Busy

        raise Busy("The service is stopping; try again.")


@pytest.mark.parametrize("what", ["disable", "role", "password", "sign out"])
def test_whoever_may_not_any_more_is_out_at_once(lounge: Lounge, what: str) -> None:
    lounge.user("boss")
    browser = lounge.signed_in("owner")
    lounge.do(
        {
            "disable": lambda txn: staff.disable(txn, "owner"),
            "role": lambda txn: staff.set_role(txn, "owner", Role.AGENT),
            "password": lambda txn: staff.set_password(txn, staff.known(txn, "owner"), "x"),
            "sign out": lambda txn: sessions.end_all(txn, "owner"),
        }[what]
    )
    assert not browser.is_in()


# Foreign forms.


@pytest.mark.parametrize("path", ["/logout", "/account", "/account/password", "/account/sessions", "/admin/users"])
def test_a_form_needs_the_token_of_the_session_and_a_page_of_ours(lounge: Lounge, path: str) -> None:
    browser = lounge.signed_in()
    other = lounge.browser()
    other.sign_in()
    other.look("/account")
    browser.look("/account")
    assert browser.csrf and browser.csrf != other.csrf
    before = lounge.writes
    for csrf in ("", "x", other.csrf):
        assert browser.send(path, {}, csrf=csrf).status == 403
    for headers in ({"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}):
        assert browser.send(path, {}, **headers).status == 403
    assert lounge.writes == before
    assert browser.is_in()


def test_nobody_can_be_signed_in_by_a_foreign_form(lounge: Lounge) -> None:
    lounge.user()
    for site in ("cross-site", "same-site", "none"):
        browser = lounge.browser()
        reply = browser.send("/login", {"name": "owner", "password": RIGHT}, Sec_Fetch_Site=site)
        assert (reply.status, browser.cookies) == (403, {})


def test_the_cookie_is_in_no_page(lounge: Lounge) -> None:
    browser = lounge.signed_in()
    for path in ("/customers", "/account", "/admin/users"):
        assert browser.cookies["__Host-jivod"] not in browser.look(path).body.decode()


# Who does not get in.


def test_nobody_and_somebody_are_told_the_same(lounge: Lounge) -> None:
    lounge.user()
    lounge.user("off", Role.AGENT)
    lounge.do(lambda txn: staff.disable(txn, "off"))
    answers = set()
    for n, (name, typed) in enumerate([("owner", "wrong"), ("nobody", "wrong"), ("off", RIGHT), ("a b", "wrong")]):
        browser = lounge.browser(f"198.51.100.{n}")
        first = [browser.sign_in(name, typed) for _ in range(FREE)]
        later = browser.sign_in(name, typed)
        answers.add((*[(one.status, alert(one)) for one in first], later.status, alert(later)))
        assert browser.cookies == {}
        assert typed not in later.body.decode()
    ((*first, status, said),) = answers
    assert set(first) == {(422, "The user name or the password is not right.")}
    assert (status, said) == (429, "Too many tries. Wait 15 seconds, then try again.")


def test_the_owner_gets_in_while_others_guess_at_him(lounge: Lounge) -> None:
    known = lounge.signed_in()
    known.look("/customers")
    known.send("/logout", {})
    for n in range(30):
        guesser = lounge.browser(HOME if n % 2 else f"198.51.100.{n}")
        for _ in range(10):
            guesser.sign_in("owner", "wrong")
    assert known.sign_in().status == 303
    assert lounge.browser("192.0.2.1").sign_in().status == 303


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/customers?q=a%20b", "/customers?q=a%20b"),
        ("/customers/01h", "/customers/01h"),
        ("", "/"),
        ("//evil.example.com", "/"),
        ("/\\evil.example.com", "/"),
        ("https://evil.example.com", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: a=b", "/"),
        ("/\t/evil.example.com", "/"),
        ("customers", "/"),
        ("/" + "a" * 1999, "/" + "a" * 1999),
    ],
)
def test_after_the_sign_in_one_goes_on_within_the_house(lounge: Lounge, wanted: str, location: str) -> None:
    lounge.user()
    assert lounge.browser().sign_in(next=wanted).headers["Location"] == location


def test_who_wanted_a_page_comes_to_it_by_the_way_of_the_sign_in(lounge: Lounge) -> None:
    lounge.user()
    browser = lounge.browser()
    reply = browser.look("/customers?q=kaya")
    assert (reply.status, reply.headers["Location"]) == (303, "/login?next=/customers%3Fq%3Dkaya")
    html = browser.look(reply.headers["Location"]).body.decode()
    assert 'name="next" value="/customers?q=kaya"' in html
    browser.sign_in()
    assert browser.look(reply.headers["Location"]).headers["Location"] == "/customers?q=kaya"
    assert "You are signed in as owner." in browser.look("/login").body.decode()


@pytest.mark.parametrize("fields", [{}, {"name": "owner"}, {"name": "x" * 300, "password": "y"}, {"password": "\0"}])
def test_a_form_that_is_none_is_said_to_be(lounge: Lounge, fields: dict[str, str]) -> None:
    lounge.user()
    assert lounge.browser().send("/login", fields).status == 422


# A proxy that vouches for somebody.

TRUSTED = Settings(trust_header="X-Remote-User", trust_from=("203.0.113.0/24",))


def test_whom_the_proxy_of_the_configuration_names_is_in_without_a_cookie(lounge: Lounge) -> None:
    lounge = Lounge(TRUSTED)
    lounge.user("owner")
    browser = lounge.browser(HOME)
    assert browser.look("/account", X_Remote_User="Owner").status == 200
    assert "another program" in browser.look("/account", X_Remote_User="owner").body.decode()
    assert browser.cookies == {}
    saved = browser.send("/account", {"language": "tr"}, X_Remote_User="owner")
    assert (saved.status, saved.headers["Location"]) == (303, "/account?done=saved")
    assert browser.send("/account", {"language": "tr"}, csrf="x", X_Remote_User="owner").status == 403
    assert browser.look("/account").status == 303


@pytest.mark.parametrize(("address", "name"), [("198.51.100.7", "owner"), (HOME, "nobody"), (HOME, "off"), (HOME, "")])
def test_nobody_else_is_believed_and_nobody_unknown_is_let_in(lounge: Lounge, address: str, name: str) -> None:
    lounge = Lounge(TRUSTED)
    lounge.user("owner")
    lounge.user("off", Role.AGENT)
    lounge.do(lambda txn: staff.disable(txn, "off"))
    assert lounge.browser(address).look("/customers", X_Remote_User=name).status == 403


def test_without_configuration_the_header_is_nothing(lounge: Lounge) -> None:
    lounge.user()
    assert lounge.browser(HOME).look("/customers", X_Remote_User="owner").status == 303


# What goes nowhere.


def test_neither_names_nor_secrets_are_logged(lounge: Lounge, failures: list[Any]) -> None:
    from twisted.logger import globalLogPublisher

    said: list[str] = []
    observer = lambda event: said.append(repr(event))  # noqa: E731
    globalLogPublisher.addObserver(observer)
    try:
        lounge.user("zeliha")
        browser = lounge.browser()
        browser.sign_in("zeliha", "wrong password 77")
        browser.sign_in("zeliha", RIGHT)
        browser.look("/account")
        browser.send("/account/password", {"old": RIGHT, "new": "yepyeni bir parola"})
    finally:
        globalLogPublisher.removeObserver(observer)
    for secret in ("zeliha", RIGHT, "wrong password", "yepyeni", *browser.cookies.values(), browser.csrf):
        assert not any(secret in line for line in said)


def test_a_session_tells_browser_and_address_and_no_more(lounge: Lounge) -> None:
    lounge.user()
    browser = Browser(lounge, HOME)
    browser.send("/login", {"name": "owner", "password": RIGHT}, User_Agent="<b>Mozilla</b> (X11; Linux) Firefox/130")
    (one,) = lounge.do(lambda txn: table.of_user(txn, "owner"))
    assert (one.agent, one.address) == ("Firefox, Linux", HOME)
