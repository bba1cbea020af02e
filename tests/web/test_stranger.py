"""The stranger: who names no known secret may bring a short body, and learns nothing by a long one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jivod.web.gate import TRIES
from jivod.web.limits import Limits
from jivod.web.problem import Problem
from tests.web.shop import EVENT, HOOK, SECRET, Reply, Shop, chunked, open_shop, request

SHORT = 64 * 1024
LONG = SHORT + 1
WRONG = "/jivo/wrong"

Begin = Callable[[int, str], bytes]


def head(size: int, path: str, method: bytes = b"POST", extra: bytes = b"") -> bytes:
    """The header of a request that announces so many bytes."""
    return request(b"", method=method, path=path, length=b"%d" % size, extra=extra)


def announced(size: int, path: str) -> bytes:
    """The same, as one chunk of which nothing came yet."""
    return chunked(path=path) + b"%x\r\n" % size


def ask(shop: Shop, *parts: bytes) -> Reply:
    wire = shop.connect()
    wire.send(*parts)
    assert wire.closed
    return wire.reply()


def waits(shop: Shop, *parts: bytes) -> bool:
    """Whether the rest of the body is waited for."""
    wire = shop.connect()
    wire.send(*parts)
    return not wire.replies() and not wire.closed


@pytest.mark.parametrize("path", [WRONG, f"{WRONG}/site", "/nowhere", "/", f"{HOOK}/a/b", f"{HOOK}/a%00b", "/jivo/%ff"])
@pytest.mark.parametrize("begin", [head, announced])
def test_a_long_body_is_413_before_it_comes(shop: Shop, begin: Begin, path: str) -> None:
    reply = ask(shop, begin(LONG, path))
    assert (reply.status, reply.code) == (413, "body_too_large")
    assert waits(shop, begin(SHORT, path))
    assert (shop.journal(), shop.quarantine()) == ([], [])


def test_chunks_are_413_as_soon_as_their_sum_is_long(shop: Shop) -> None:
    wire = shop.connect()
    wire.send(chunked(SHORT * b"a", path=WRONG))
    assert wire.replies() == [] and shop.metrics.bad_secrets == 0
    wire.send(b"1\r\na\r\n", b"0\r\n\r\n" + request(path=WRONG))
    assert (wire.reply().status, wire.closed, shop.metrics.bad_secrets) == (413, True, 1)


def test_it_is_413_instead_of_100_continue(shop: Shop) -> None:
    assert ask(shop, head(LONG, WRONG, extra=b"Expect: 100-continue\r\n")).status == 413


@pytest.mark.parametrize("path", [HOOK, f"{HOOK}/site", f"{HOOK}?x=1", f"/jivo/%{ord(SECRET[0]):x}{SECRET[1:]}"])
def test_who_knows_a_secret_may_bring_a_long_one(shop: Shop, path: str) -> None:
    body = EVENT + (LONG - len(EVENT)) * b" "
    assert waits(shop, head(LONG, path)) and waits(shop, announced(LONG, path))
    assert shop.post(body, path).status == 200
    wire = shop.connect()
    wire.send(request(body, path=path))
    assert wire.reply().status == 200
    assert shop.metrics.bad_secrets == 0


def test_the_secret_is_asked_for_once_and_only_by_a_long_body(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []
    ask_site = shop.site.problem_of_long

    def spy(request: Any, method: bytes, path: bytes) -> Problem | None:
        asked.append(path)
        return ask_site(request, method, path)

    monkeypatch.setattr(shop.site, "problem_of_long", spy)
    shop.connect().send(request(SHORT * b"a"), chunked(SHORT // 2 * b"a", SHORT // 2 * b"a", b""))
    assert asked == []
    shop.connect().send(head(4 * SHORT, HOOK), *(4 * [SHORT * b"a"]))
    shop.connect().send(chunked(*(4 * [SHORT * b"a"])), b"1000\r\n", 4096 * b"a")
    assert asked == 2 * [HOOK.encode()]


@pytest.mark.parametrize("method", [b"GET", b"PUT", b"HEAD", b"DELETE", b"post", b"BREW"])
def test_only_a_post_may_be_long_and_a_secret_changes_nothing(shop: Shop, method: bytes) -> None:
    right, wrong = ask(shop, head(LONG, HOOK, method)), ask(shop, head(LONG, WRONG, method))
    assert right == wrong and right.status == 413
    assert shop.metrics.bad_secrets == 0


@pytest.mark.parametrize("begin", [head, announced])
def test_a_wrong_secret_answers_like_any_unknown_path(shop: Shop, begin: Begin) -> None:
    assert ask(shop, begin(LONG, WRONG)) == ask(shop, begin(LONG, "/nowhere"))


def test_what_is_too_long_for_anybody_tells_nothing_and_counts_nothing(shop: Shop) -> None:
    size = Limits().body + 1
    assert ask(shop, head(size, HOOK)) == ask(shop, head(size, WRONG))
    assert shop.metrics.bad_secrets == 0


@pytest.mark.parametrize("begin", [head, announced])
def test_each_wrong_secret_counts_once_be_its_body_long_or_short(shop: Shop, begin: Begin) -> None:
    statuses = []
    for _ in range(TRIES // 2):
        wire = shop.connect()
        wire.send(request(path=WRONG))
        statuses += [wire.reply().status, ask(shop, begin(LONG, WRONG)).status]
    assert statuses == TRIES // 2 * [404, 413]
    assert shop.metrics.bad_secrets == TRIES
    assert ask(shop, begin(LONG, WRONG)).status == 429


@pytest.mark.parametrize("begin", [head, announced])
def test_guessing_with_long_bodies_is_429_after_as_many_tries(shop: Shop, begin: Begin) -> None:
    statuses = [ask(shop, begin(LONG, f"/jivo/{n}")).status for n in range(TRIES + 2)]
    assert statuses == TRIES * [413] + 2 * [429]
    wire = shop.connect()
    wire.send(request(path=WRONG))
    assert (wire.reply().status, shop.metrics.bad_secrets) == (429, TRIES + 3)


def test_a_body_that_stays_short_is_counted_when_it_is_here(shop: Shop) -> None:
    wire = shop.connect()
    wire.send(request(SHORT * b"a", path=WRONG))
    assert (wire.reply().status, wire.closed, shop.metrics.bad_secrets) == (404, False, 1)
    wire.send(chunked(SHORT // 2 * b"a", SHORT // 2 * b"a", b"", path=WRONG))
    assert ([reply.status for reply in wire.replies()], shop.metrics.bad_secrets) == ([404, 404], 2)


def test_a_site_without_a_webhook_takes_short_bodies_only(shop: Shop) -> None:
    shop.site.resource = shop.site.resource.router
    assert ask(shop, head(LONG, HOOK)).status == 413
    assert waits(shop, head(SHORT, HOOK))


def test_the_limit_of_a_body_holds_for_short_ones_too() -> None:
    shop = open_shop(limits=Limits(body=1000))
    assert ask(shop, head(1001, WRONG)).status == 413
    assert waits(shop, head(1000, WRONG))
