"""One's own account, the users, and the links that set passwords."""

from __future__ import annotations

import re
from typing import Any

import pytest

from jivod.flow import staff
from jivod.model.access import Role
from jivod.store import sessions as table
from jivod.store import users
from jivod.web.pages.users import PAGES
from tests.web.pages.lounge import HOME, RIGHT, Lounge
from tests.web.shop import Reply

NEW = "yepyeni bir parola 7"
LINK = re.compile(r'value="https://crm\.example\.com(/welcome/[\w-]{43})"')


def shown_link(reply: Reply) -> str:
    match = LINK.search(reply.body.decode())
    assert match is not None, reply.body
    return match[1]


def told(lounge: Lounge) -> list[tuple[str, str, str]]:
    return [(one.what, one.by, one.about) for one in lounge.told]


# The first one.


def test_the_first_user_is_made_by_the_link_that_was_printed(lounge: Lounge) -> None:
    link = "f" * 43
    browser = lounge.browser()
    assert "jivod user add" in browser.look("/login").body.decode()
    lounge.do(lambda txn: staff.open_first(txn, link, lounge.now()))
    assert "you are the administrator" in browser.look(f"/welcome/{link}").body.decode()
    short = browser.send(f"/welcome/{link}", {"first": "1", "name": "Owner", "password": "short"})
    assert (short.status, "at least 12" in short.body.decode()) == (422, True)
    odd = browser.send(f"/welcome/{link}", {"first": "1", "name": "a b", "password": NEW})
    assert (odd.status, "the first a letter or digit" in odd.body.decode()) == (422, True)
    done = browser.send(f"/welcome/{link}", {"first": "1", "name": "Owner", "password": NEW})
    assert (done.status, done.headers["Location"]) == (303, "/")
    assert browser.is_in()
    assert browser.look("/admin/users").status == 200
    assert browser.look(f"/welcome/{link}").status == 404
    again = lounge.browser()
    assert again.send(f"/welcome/{link}", {"first": "1", "name": "second", "password": NEW}).status == 422
    assert [user.name for user in lounge.do(users.listed)] == ["owner"]


@pytest.mark.parametrize("link", ["f" * 43, "x", "%00", "a" * 5000, "..%2f..%2fadmin"])
def test_no_other_link_is_one(lounge: Lounge, link: str) -> None:
    lounge.user()
    assert lounge.browser().look(f"/welcome/{link}").status == 404
    assert lounge.browser().send(f"/welcome/{link}", {"password": NEW}).status in (404, 422)


# Users.


def test_a_user_is_added_and_sets_his_password_by_a_link_that_is_shown_once(lounge: Lounge) -> None:
    boss = lounge.signed_in("boss")
    boss.look("/admin/users")
    reply = boss.send("/admin/users", {"name": "Ayse@example.com", "role": "steward"})
    assert reply.status == 200 and reply.headers["Cache-Control"] == "no-store"
    path = shown_link(reply)
    assert LINK.search(boss.look("/admin/users").body.decode()) is None
    ayse = lounge.browser()
    for _ in range(2):  # to look at it does not use it up
        assert "ayse@example.com" in ayse.look(path).body.decode()
    assert ayse.send(path, {"password": "Ayse@example.com"}).status == 422
    assert ayse.send(path, {"password": NEW}).status == 303
    assert ayse.is_in()
    assert (ayse.look("/admin/users").status, ayse.send("/admin/users", {"name": "x", "role": "admin"}).status) == (
        403,
        403,
    )
    assert lounge.browser().send(path, {"password": RIGHT}).status == 422
    assert ("user_added", "boss", "ayse@example.com") in told(lounge)


def test_roles_links_and_who_is_disabled(lounge: Lounge) -> None:
    boss = lounge.signed_in("boss")
    ayse = lounge.browser()
    lounge.user("ayse", Role.AGENT)
    ayse.sign_in("ayse")
    boss.look("/admin/users")
    assert boss.send("/admin/users/ayse", {"do": "steward"}).headers["Location"] == "/admin/users?done=user"
    assert not ayse.is_in()
    path = shown_link(boss.send("/admin/users/ayse", {"do": "link"}))
    assert boss.send("/admin/users/ayse", {"do": "disable"}).status == 303
    assert ayse.look(path).status == 404
    assert ayse.sign_in("ayse").status == 422
    assert boss.send("/admin/users/ayse", {"do": "link"}).status == 422
    assert boss.send("/admin/users/ayse", {"do": "enable"}).status == 303
    assert ayse.sign_in("ayse").status == 303
    kept = lounge.do(lambda txn: staff.known(txn, "ayse"))
    assert (kept.role, kept.disabled, kept.link) == (Role.STEWARD, False, "")


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/admin/users", {"name": "BOSS", "role": "agent"}, "of this name already"),
        ("/admin/users", {"name": "-", "role": "agent"}, "the first a letter or digit"),
        ("/admin/users", {"name": "new", "role": "root"}, "Choose one of those"),
        ("/admin/users", {"name": "", "role": "agent"}, "Fill this in"),
        ("/admin/users/boss", {"do": "agent"}, "your own role"),
        ("/admin/users/BOSS", {"do": "disable"}, "your own role"),
        ("/admin/users/nobody", {"do": "disable"}, "no such user"),
        ("/admin/users/nobody", {"do": "link"}, "no such user"),
        ("/admin/users/nobody", {"do": "erase"}, ""),
        ("/admin/users/%3Cscript%3E", {"do": "disable"}, "no such user"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(lounge: Lounge, path: str, fields: Any, said: str) -> None:
    boss = lounge.signed_in("boss")
    before = lounge.do(users.listed)
    boss.look("/admin/users")
    reply = boss.send(path, fields)
    assert reply.status == 422
    assert said in reply.body.decode()
    assert "<script>" not in reply.body.decode()
    assert lounge.do(users.listed) == before


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.method} {page.path}")
@pytest.mark.parametrize("role", [Role.AGENT, Role.STEWARD])
def test_users_are_for_administrators(lounge: Lounge, page: Any, role: Role) -> None:
    browser = lounge.signed_in("somebody", role)
    browser.look("/account")
    path = page.path.replace("<name>", "somebody")
    reply = browser.look(path) if page.method == "GET" else browser.send(path, {"do": "admin"})
    assert reply.status == 403
    assert lounge.do(lambda txn: staff.known(txn, "somebody")).role is role


# One's own account.


def test_a_new_password_ends_all_other_sessions_and_needs_the_old_one(lounge: Lounge) -> None:
    here, there = lounge.signed_in(), lounge.browser()
    there.sign_in()
    before = here.cookies["__Host-jivod"]
    here.look("/account")
    wrong = here.send("/account/password", {"old": "wrong", "new": NEW})
    assert (wrong.status, "This is not your password." in wrong.body.decode()) == (422, True)
    weak = here.send("/account/password", {"old": RIGHT, "new": "passwordpassword"})
    assert (weak.status, "first to be guessed" in weak.body.decode()) == (422, True)
    assert here.send("/account/password", {"old": RIGHT, "new": NEW}).headers["Location"] == "/account?done=password"
    assert here.cookies["__Host-jivod"] != before
    assert here.is_in() and not there.is_in()
    assert there.sign_in(typed=RIGHT).status == 422
    assert there.sign_in(typed=NEW).status == 303


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(lounge: Lounge) -> None:
    here = lounge.signed_in()
    others = [lounge.browser(f"198.51.100.{n}") for n in range(3)]
    for other in others:
        other.sign_in()
    html = here.look("/account").body.decode()
    assert all(f"198.51.100.{n}" in html for n in range(3))
    digests = re.findall(r'name="session" value="([0-9a-f]{64})"', html)
    assert len(digests) == 3
    assert here.send("/account/sessions", {"session": digests[0]}).status == 303
    assert sum(other.is_in() for other in others) == 2
    here.look("/account")
    here.send("/account/sessions", {"session": "others"})
    assert not any(other.is_in() for other in others)
    assert here.is_in()


def test_nobody_ends_the_session_of_somebody_else(lounge: Lounge) -> None:
    victim, thief = lounge.signed_in("victim"), lounge.signed_in("thief")
    (one,) = lounge.do(lambda txn: table.of_user(txn, "victim"))
    thief.look("/account")
    thief.send("/account/sessions", {"session": one.digest})
    assert victim.is_in()


def test_what_somebody_wants_to_read_in_is_his_everywhere(lounge: Lounge) -> None:
    browser = lounge.signed_in()
    browser.look("/account")
    assert browser.send("/account", {"language": "tr", "zone": "Europe/Istanbul"}).status == 303
    html = browser.look("/account").body.decode()
    assert '<html lang="tr">' in html and '<option value="Europe/Istanbul" selected>' in html
    assert browser.send("/language", {"language": "es", "next": "/account"}).status == 303
    kept = lounge.do(lambda txn: staff.known(txn, "owner"))
    assert (kept.language, kept.zone) == ("es", "Europe/Istanbul")
    browser.look("/account")
    browser.send("/account", {"language": "", "zone": ""})
    kept = lounge.do(lambda txn: staff.known(txn, "owner"))
    assert (kept.language, kept.zone) == (None, None)


@pytest.mark.parametrize("fields", [{"zone": "Mars/Base"}, {"zone": "../../etc/passwd"}, {"language": "xx"}])
def test_what_there_is_not_cannot_be_wanted(lounge: Lounge, fields: dict[str, str]) -> None:
    browser = lounge.signed_in()
    browser.look("/account")
    assert browser.send("/account", fields).status == 422


def test_the_address_of_a_browser_is_that_of_the_proxy_before_us(lounge: Lounge) -> None:
    lounge.user()
    browser = lounge.browser("127.0.0.1")
    browser.send("/login", {"name": "owner", "password": RIGHT}, X_Forwarded_For=f"192.0.2.9, {HOME}")
    (one,) = lounge.do(lambda txn: table.of_user(txn, "owner"))
    assert one.address == HOME
