"""The wire: every case of bad framing and bad heads, as raw bytes, against the daemon's own port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile.wire_case import NOTHING, QUARANTINED, STORED, Case
from tests.hostile.wire_framing import FRAMING
from tests.hostile.wire_heads import HEADS
from tests.hostile.wire_target import Target, is_error, target_in

TASTE = ("H006", "H013", "H022", "H051-long")


def marked(case: Case) -> object:
    """All of them where there is time for it."""
    return pytest.param(case, id=case.id, marks=[] if case.id in TASTE else [pytest.mark.long])


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with target_in(tmp_path_factory.mktemp("wire")) as made:
        yield made


@pytest.mark.parametrize("case", [marked(case) for case in (*FRAMING, *HEADS)])
def test_direct(target: Target, case: Case) -> None:
    quarantined = target.quarantined()
    said = target.door.say(case.parts, answers=len(case.statuses), to_the_end=case.closed, bodiless=case.is_head)
    assert len(said.answers) == len(case.statuses), said
    for answer, allowed in zip(said.answers, case.statuses, strict=True):
        assert answer.status in allowed
        assert answer.status == 200 or is_error(answer)
        assert set(case.headers) <= set(answer.headers.items())
        assert "location" not in answer.headers
    assert (said.closed, said.rest) == (case.closed, b"")
    kept = target.stored()
    assert kept[case.chat] == (case.kept == STORED)
    assert kept[case.inner] == 0
    assert target.quarantined() - quarantined == (case.kept == QUARANTINED)
    assert case.kept in (NOTHING, STORED, QUARANTINED)
    target.post(f"after-{case.id}")
    target.holds()
