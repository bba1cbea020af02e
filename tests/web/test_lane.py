"""The lane answers as the router would."""

from __future__ import annotations

import pytest
from treq.testing import StubTreq

from jivod.web.lane import Lane
from tests.web.shop import EVENT, HOOK, open_shop

PATHS = (
    HOOK,
    HOOK + "/outlet",
    HOOK + "/",
    HOOK + "/a/b",
    HOOK + "/%2F",
    HOOK + "/caf%C3%A9",
    HOOK + "/%00",
    HOOK + "?x=1",
    "/jivo",
    "/jivo/",
    "/jivo/wrong-secret",
    "/jivo/wrong-secret/outlet",
    "/Jivo/" + HOOK.rpartition("/")[2],
    "/healthz",
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "GET", "HEAD", "PUT"])
def test_the_lane_answers_as_the_router_would(path: str, method: str) -> None:
    by_lane, by_router = open_shop(), open_shop()
    lane = by_router.site.resource
    assert isinstance(lane, Lane)
    by_router.treq = StubTreq(lane.router)
    here, there = by_lane.call(method, path, body=EVENT), by_router.call(method, path, body=EVENT)
    for reply in (here, there):
        reply.headers.pop("Date", None)
    assert here == there
    assert by_lane.journal() == by_router.journal()
