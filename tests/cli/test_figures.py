"""`jivod figures`: sums of the last days, for people and for programs."""

from __future__ import annotations

import pytest

from .conftest import Place
from .test_find_words import follow_all

UNTIL = ("--until", "2026-09-21")


@pytest.fixture
def counted(place: Place) -> Place:
    follow_all(place)
    return place


def test_sums_for_people(counted):
    done = counted.run("figures", *UNTIL, "--days", "2")
    assert done.exit_code == 0 and done.stderr == ""
    first, everything, channel, *_ = done.stdout.splitlines()
    assert first == "2026-09-20 to 2026-09-21 (UTC)"
    assert everything.startswith("  all: ") and channel.startswith("  shop/shop: ") and " chats, " in channel


def test_sums_for_programs(counted):
    found = counted.json("figures", *UNTIL, "--days", "2", "--account", "shop")
    assert (found["since"], found["until"], found["behind"], len(found["days"])) == ("2026-09-20", "2026-09-21", 0, 2)
    assert found["total"]["chats"] == sum(day["counts"]["chats"] for day in found["days"]) > 0
    assert found["total"]["chats"] == sum(found["days"][1]["channels"].values())


def test_before_anything_is_counted_it_says_so(place):
    done = place.run("figures", *UNTIL)
    assert done.exit_code == 0 and "nothing is counted yet" in done.stderr


@pytest.mark.parametrize("wrong", ["--days=0", "--days=401", "--until=now", "--until=2026-13-01", "x"])
def test_wrong_use_is_2(counted, wrong):
    assert counted.run("figures", wrong).exit_code == 2


@pytest.mark.parametrize("odd", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_time(counted, odd):
    assert counted.run("figures", "--until", odd, "--days", "400").exit_code == 0
    assert counted.run("figures", *UNTIL, "--account", "\x1b\udcff").exit_code == 0
