"""Proxies: the same bytes through the samples that we ship. A proxy may refuse more, but no request becomes two."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from attrs import frozen

from tests.hostile.proxy_front import FRONTS, Front, front
from tests.hostile.wire_case import Case
from tests.hostile.wire_framing import FRAMING
from tests.hostile.wire_heads import HEADS
from tests.hostile.wire_peer import Door
from tests.hostile.wire_target import HOOK, Target, ask, target_in
from tests.smoke.daemon import SECRET, event

KEPT_OPEN = 64  # connections that a proxy may keep to the daemon
PATIENCE = 3.0  # seconds; some of the proxies wait longer for what does not come
HONEST = 2  # requests
TWO = {"caddy": {"H006", "H012-empty", "te-tab"}}
"""Where a proxy takes the bytes for two requests on its own account: it answers both, and none of them is hidden."""

pytestmark = pytest.mark.long


@frozen
class Way:
    """A front, and what stands behind it."""

    name: str
    front: Front
    target: Target

    def honest(self, chat: str) -> None:
        """Honest people get their own answers, whatever connection of the proxy to the daemon they come by."""
        status, body = ask(self.front.tls, "POST", HOOK, event(chat))
        assert (status, b"crm_link" in body) == (200, True)
        self.target.acked[chat] += 1
        assert ask(self.front.tls, "GET", "/metrics")[0] == 404


@pytest.fixture(scope="module", params=FRONTS)
def way(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    with target_in(tmp_path_factory.mktemp("behind")) as target:
        ask(target.door, "GET", "/nowhere")  # loads what makes pages: else the first answer may come late
        target.sockets += KEPT_OPEN
        with front(request.param, tmp_path_factory.mktemp(request.param), target.daemon.port) as made:
            yield Way(request.param, made, target)


@pytest.mark.parametrize("case", (*FRAMING, *HEADS), ids=lambda case: case.id)
def test_through(way: Way, case: Case) -> None:
    target, kept, before = way.target, way.target.stored(), way.target.answered()
    requests = 2 if case.id in TWO.get(way.name, ()) else case.requests
    said = way.front.tls.say(case.parts, answers=requests, to_the_end=False, bodiless=case.is_head, patience=PATIENCE)
    way.honest(f"after-{case.id}")
    reached = target.answered() - before - 1 - HONEST
    stored = target.stored() - kept - target.acked
    assert reached <= requests
    assert stored[case.inner] == (requests > case.requests)
    assert stored.total() == said.statuses.count(200)
    assert all(status == 200 or 400 <= status < 600 for status in said.statuses)
    assert len(said.statuses) <= requests
    assert all(SECRET not in answer.body.decode() for answer in said.answers)
    target.holds()


def test_the_plain_port_takes_no_webhook(way: Way) -> None:
    before = way.target.answered()
    assert ask(way.front.plain, "POST", HOOK, event("in-clear"))[0] == 404
    said = Door(way.front.plain.port).say((b"GET /login HTTP/1.1\r\nHost: crm.example.com\r\n\r\n",), to_the_end=False)
    (answer,) = said.answers
    assert answer.status in (301, 308) and answer.headers["location"] == "https://crm.example.com/login"
    assert way.target.answered() - before == 1
    assert way.target.stored()["in-clear"] == 0


def test_its_own_log_holds_nothing_private(way: Way) -> None:
    way.honest("logged")
    assert SECRET not in way.front.log.read_text(errors="replace")


def test_a009_what_a_stranger_says_about_where_he_comes_from_is_replaced(way: Way) -> None:
    forged = "POST /jivo/stranger-guesses HTTP/1.1\r\nHost: crm.example.com\r\nX-Forwarded-For: 203.0.113.{}\r\n"
    parts = [(forged.format(n) + "Content-Length: 0\r\n\r\n").encode() for n in range(11)]
    statuses = [way.front.tls.say((part,), to_the_end=False, linger=0).statuses for part in parts]
    assert set(statuses) <= {(404,), (429,)}
    assert statuses[-1] == (429,)
    way.honest("right-secret")
    way.target.holds()
