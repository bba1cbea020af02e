"""Figures by the API: the same sums, of the days that are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jivod.flow.following import follow, make_side, zone_of
from tests.web.api.conftest import fill
from tests.web.api.counter import Counter
from tests.web.shop import open_shop


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Counter]:
    file = make_side(tmp_path, "Europe/Istanbul")
    counter = Counter(open_shop(file=lambda: file))
    fill(counter)
    follow(counter.shop.engine, file, zone_of("Europe/Istanbul"), 1000)
    yield counter
    file.close()


def test_of_the_last_days(full):
    found = full.get("/figures?days=7")
    assert (found["since"], found["until"], found["zone"]) == ("2026-09-15", "2026-09-21", "Europe/Istanbul")
    assert (found["total"]["chats"], found["total"]["rated_good"], found["behind"]) == (3, 1, 0)
    assert found["days"][-1]["channels"] == {"shop": 3}


def test_of_one_account_up_to_a_day(full):
    assert full.get("/figures?until=2026-09-20")["total"]["chats"] == 0
    assert full.get("/figures?account=none")["total"]["chats"] == 0
    assert full.get("/figures?until=9999-12-31&days=400")["since"] == "9998-11-27"


@pytest.mark.parametrize(
    "asked", ["days=0", "days=401", "until=today", "until=2026-02-30", "until=0001-01-01", "until=20260921", "x=1"]
)
def test_what_is_no_span_is_400(full, asked):
    assert full.ask("GET", f"/figures?{asked}").status == 400


def test_without_the_side_file_nothing_is_counted(counter):
    assert counter.get("/figures")["behind"] is None
    assert counter.ask("GET", "/figures", token=None).status == 401
