"""I: tokens that the site did not sign, or not for this, or not for now: nobody is found by them."""

from __future__ import annotations

import time
from typing import Any

import pytest

from jivod.policy.signature import GOOD, check
from tests.flow.world import accepted
from tests.hostile.ground import Ground
from tests.hostile.victim import CLAIMING, ID, SIGNING, Scenario
from tests.policy.test_signature import DAY, KEY, T, jwt, part, v1
from tests.web.shop import CLUB_SECRET

BOTH = pytest.mark.parametrize("policy", ["", CLAIMING], ids=["find", "claim"])

REFUSED = {
    "I006": [jwt({"id": ID}, key=key) for key in (b"", b"secret", b"-----BEGIN PUBLIC KEY-----", KEY[:-1])]
    + [v1(ID, key=key) for key in (b"", b"secret", KEY[:-1])],
    "I007": [
        jwt({"id": ID}, {"alg": "HS256", "jku": "http://127.0.0.1:1/k", "jwk": {"k": part(b"evil")}, "x5u": "x"},
        b"evil"),
        jwt({"id": ID}, {"alg": "HS256", "crit": ["exp"]}), jwt({"id": ID}, {"alg": "none"}),
        jwt({"id": ID}, {"alg": "none"}).rpartition(".")[0] + ".", jwt({"id": ID}, {"alg": "RS256"}),
        jwt({"id": ID}, {"alg": "hs256"}), jwt({"id": ID}, {"alg": ["HS256"]}),
    ],
    "I008": [
        jwt({"id": ID, "exp": T - 61}), jwt({"id": ID, "nbf": T + 61}), jwt({"id": ID, "iat": T + 61}),
        jwt({"id": ID, "iat": T - DAY - 61}), v1(ID, T - DAY - 61), v1(ID, T + 61), jwt({"id": ID, "exp": "never"}),
    ],
    "I009": [jwt({"id": ID, "aud": "shop-2", "iss": "shop-2"}, key=b"the-key-of-another-shop-0123456789")],
    "I012": [
        jwt({"id": ID, "more": "x" * 1_000_000}), jwt({"id": ID}) + ".x", "a.b.c", "...", jwt({"id": ID}) + "=",
        jwt('{"id":"u2","id":"u1"}'), jwt('{"id":"u1","exp":NaN}'), jwt('{"id":"u1","exp":Infinity}'),
        jwt("[" * 5000), jwt({"id": [ID]}), jwt({"id": None}), jwt({}), jwt({"id": ID})[:-1], jwt({"id": "u1\x00"}),
    ],
}  # fmt: skip


@pytest.mark.parametrize("id", REFUSED)
def test_a_token_that_is_not_good_is_nobodys(id: str) -> None:
    for token in REFUSED[id]:
        begun = time.process_time()
        assert check(token, KEY, T * 1000, DAY) != GOOD, token[:80]
        assert time.process_time() - begun < 0.05
    assert check(jwt({"id": ID}), KEY, T * 1000, DAY) == check(v1(ID), KEY, T * 1000, DAY) == GOOD


@BOTH
@pytest.mark.parametrize("id", REFUSED)
def test_nor_does_it_find_anybody(id: str, policy: str) -> None:
    scenario = Scenario(policy)
    bodies = [accepted(f"x{n}", token=token, number=1000 + n) for n, token in enumerate(REFUSED[id])]
    before = scenario.displayed(scenario.victim)
    for body in bodies:
        scenario.world.clock = T * 1000
        shown = scenario.tell(body, SIGNING)
        assert shown.done.customer != scenario.victim and not shown.is_verified
    assert scenario.displayed(scenario.victim) == before


@pytest.mark.parametrize("id", REFUSED)
def test_and_the_webhook_takes_it_without_a_word_in_the_log(id: str, ground: Ground) -> None:
    for n, token in enumerate(REFUSED[id]):
        body = {"event_name": "chat_accepted", "chat_id": n, "user_token": token, "visitor": {"number": n}}
        assert ground.post(body, f"/jivo/{CLUB_SECRET}").is_ok


@pytest.mark.parametrize("claims", [{"id": ID}, {"id": ID, "exp": T + 10 * 365 * DAY}, {"id": ID, "aud": "shop"}])
def test_i008_how_long_a_token_is_good_is_the_word_of_the_site(claims: dict[str, Any]) -> None:
    """Jivo's own SDK wants {"id": ...} alone, without an end."""
    assert check(jwt(claims), KEY, T * 1000, DAY) == GOOD
