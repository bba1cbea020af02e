"""No page takes long where there is much, and people who click do not keep the webhook waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hold.clicks import SERVER_TIME, TIMES, Found, Roomy, measure, sign_in
from tests.hold.much import paths, prepare
from tests.hold.scale import CHATS_EACH, CLICKED, PRELOADED
from tests.smoke.daemon import running

pytestmark = pytest.mark.long

ROUNDS = 3  # of which one is to be good: another process may have had the processor
GRACE = 0.025  # seconds: what a processor that others use too may add to so short a measure


@pytest.fixture
def roomy(tmp_path: Path) -> Iterator[Roomy]:
    with running(Roomy(tmp_path)) as made:
        assert isinstance(made, Roomy)
        made.data.parent.mkdir(parents=True, mode=0o700)
        yield made


def is_good(found: Found) -> bool:
    return found.slowest < SERVER_TIME and found.busy < TIMES * found.quiet + GRACE


def test_people_who_click_are_served_at_once_and_the_webhook_too(
    roomy: Roomy, record_property: Callable[[str, object], None]
) -> None:
    prepare(roomy.data, PRELOADED, CHATS_EACH)
    clicked = paths(roomy.data, PRELOADED)
    roomy.start()
    roomy.catch_up(300)
    cookies = sign_in(roomy)
    for turn in range(ROUNDS):
        found = measure(roomy, cookies, clicked, CLICKED, f"turn-{turn}")
        print(found)
        if is_good(found):
            break
    record_property("slowest_ms", round(found.slowest * 1000, 1))
    record_property("webhook_p99_ms", (round(found.quiet * 1000, 1), round(found.busy * 1000, 1)))
    assert found.slowest < SERVER_TIME
    assert found.busy < TIMES * found.quiet + GRACE
    roomy.stop()
    assert roomy.faults() == []
