"""The gate: who knows a secret, and who guesses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.web.gate import BLOCK, TRIES, WINDOW, Tries
from tests.web.shop import EVENT, HOOK, OTHER_SECRET, SECRET, Shop


def guess(shop: Shop, times: int, **headers: str) -> list[int]:
    return [shop.post(EVENT, "/jivo/wrong", **headers).status for _ in range(times)]


def test_each_secret_leads_to_its_own_account(shop: Shop) -> None:
    shop.post(EVENT)
    shop.post(EVENT, f"/jivo/{OTHER_SECRET}")
    assert [entry.origin.account for entry in shop.journal()] == ["main", "branch"]


def test_a001_a_wrong_secret_answers_like_any_unknown_path(shop: Shop) -> None:
    wrong, unknown = shop.post(EVENT, "/jivo/wrong"), shop.post(EVENT, "/nowhere")
    assert (wrong.status, wrong.body, wrong.headers) == (404, unknown.body, unknown.headers)


def test_a_wrong_secret_is_counted_and_nothing_is_kept(shop: Shop) -> None:
    guess(shop, 3)
    assert shop.metrics.bad_secrets == 3
    assert (shop.journal(), shop.quarantine()) == ([], [])


@pytest.mark.parametrize(
    "path",
    ["/jivo", "/jivo/", f"{HOOK}/", f"{HOOK}%20", f"/jivo/{SECRET.upper()}", f"{HOOK}%00", "/jivo/" + 4096 * "a"],
)
def test_a003_nothing_but_the_secret_itself_is_the_secret(shop: Shop, path: str) -> None:
    assert shop.post(EVENT, path).status in (404, 405)
    assert shop.journal() == []


def test_a004_the_secret_may_be_percent_encoded(shop: Shop) -> None:
    assert shop.post(EVENT, "/jivo/%73" + SECRET[1:]).status == 200


def test_a005_but_only_once(shop: Shop) -> None:
    assert shop.post(EVENT, "/jivo/%2573" + SECRET[1:]).status == 404


def test_a_site_with_odd_characters_is_no_site(shop: Shop) -> None:
    assert shop.post(EVENT, f"{HOOK}/a%00b").status == 404
    assert shop.post(EVENT, f"{HOOK}/{65 * 'a'}").status == 404


def test_a008_the_eleventh_wrong_secret_in_a_minute_is_429_for_ten_minutes(shop: Shop) -> None:
    assert guess(shop, TRIES + 1) == TRIES * [404] + [429]
    shop.clock.advance(BLOCK - 1)
    assert guess(shop, 1) == [429]
    shop.clock.advance(BLOCK + 1)
    assert guess(shop, 1) == [404]


def test_a008_the_right_secret_still_works(shop: Shop) -> None:
    guess(shop, TRIES + 1)
    assert shop.post(EVENT).status == 200


def test_mistakes_of_more_than_a_minute_ago_do_not_count(shop: Shop) -> None:
    guess(shop, TRIES)
    shop.clock.advance(WINDOW)
    assert guess(shop, 1) == [404]


def test_a009_behind_a_proxy_of_this_machine_the_rightmost_hop_is_counted(shop: Shop) -> None:
    guess(shop, TRIES + 1, X_Forwarded_For="198.51.100.1, 203.0.113.5")
    assert guess(shop, 1, X_Forwarded_For="192.0.2.77, 203.0.113.5") == [429]
    assert guess(shop, 1, X_Forwarded_For="203.0.113.5, 203.0.113.6") == [404]


def test_a009_neighbours_of_one_ipv6_network_are_one(shop: Shop) -> None:
    guess(shop, TRIES + 1, X_Forwarded_For="2001:db8::1")
    assert guess(shop, 1, X_Forwarded_For="2001:db8::ffff:2") == [429]
    assert guess(shop, 1, X_Forwarded_For="2001:db8:0:1::1") == [404]


@pytest.mark.parametrize("hop", ["1.2.3.4, <script>", 9000 * "1", "fe80::1%eth0", "", ",", "1.2.3.4.5"])
def test_a011_a_hop_that_is_no_address_is_skipped(shop: Shop, hop: str) -> None:
    assert shop.post(EVENT, "/jivo/wrong", X_Forwarded_For=hop).status == 404


@given(st.lists(st.text(max_size=2), min_size=1, max_size=40))
def test_no_address_gets_more_than_its_tries_at_once(addresses: list[str]) -> None:
    tries = Tries(lambda: 5.0)
    allowed = [address for address in addresses if tries.take(address)]
    assert all(allowed.count(address) == min(TRIES, addresses.count(address)) for address in addresses)
