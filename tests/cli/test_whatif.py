"""`jivod whatif` tells what another policy would change, and changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jivod.cli import twin
from jivod.flow import replay
from jivod.store import lock
from tests.cli.conftest import Place, accepted

PHONE_FIRST = '[identity]\nkinds = ["verified_token", "token", "phone", "email", "visitor"]\n'
OLDEST_NAME = '[survivorship.attributes.name]\ntie = "oldest"\n'


@pytest.fixture
def shop(bare: Place) -> Place:
    """Two customers with one phone, and one who has two names."""
    bare.fill(
        accepted(1, email="ayse@example.com", phone="+905320000031", name="Ayşe"),
        accepted(2, email="deniz@example.com", phone="+905320000031", name="Deniz"),
        accepted(3, email="elif@example.com", name="Elif"),
        accepted(4, email="elif@example.com", name="Elif Demir"),
    )
    return bare


def policy(place: Place, text: str) -> str:
    path = place.file.parent / "new.toml"
    path.write_text(text)
    return str(path)


def names(place: Place) -> set[str]:
    return {path.name for path in place.state.iterdir() if path.is_dir()} - {"audit"}


def test_counts_and_examples_are_told(shop: Place) -> None:
    done = shop.run("whatif", policy(shop, PHONE_FIRST + OLDEST_NAME))
    assert done.exit_code == 0, done.output
    ayse, deniz, elif_ = (shop.id(name) for name in ("ayse@example.com", "deniz@example.com", "elif@example.com"))
    assert (
        done.stdout
        == f"""\
4 journal entries folded
       1  group of customers would be one customer each
       1  customer would look different

Would be one:
  {ayse}  Ayşe  ayse@example.com  +905320000031
  {deniz}  Deniz  deniz@example.com  +905320000031
    -> {ayse}  Ayşe  ayse@example.com  +905320000031

Would look different:
  {elif_}  Elif Demir  elif@example.com
      name: Elif Demir -> Elif
      contested: name Elif -> name Elif Demir
"""
    )


def test_all_of_it_is_told_as_json(shop: Place) -> None:
    found: Any = shop.json("whatif", policy(shop, PHONE_FIRST + OLDEST_NAME))
    assert found["entries"] == 4
    assert found["counts"] == {"merge": 1, "split": 0, "change": 1, "vanish": 0, "appear": 0}
    change, merge = sorted(found["findings"], key=lambda one: str(one["kind"]))
    assert change["changes"]["name"] == ["Elif Demir", "Elif"]
    assert [face["emails"] for face in merge["now"]] == [["ayse@example.com"], ["deniz@example.com"]]
    assert merge["then"][0]["emails"] == ["ayse@example.com", "deniz@example.com"]


@pytest.mark.parametrize("text", ["", "[identity]\ntoo_common = 5\n"])
def test_the_policy_in_force_changes_nothing(place: Place, text: str) -> None:
    done = place.run("whatif", policy(place, text))
    assert (done.exit_code, done.stdout) == (0, "13 journal entries folded, nothing would change\n")
    found: Any = place.json("whatif", policy(place, text))
    assert found["findings"] == []


def test_the_store_stays_as_it_is_and_the_daemon_may_run(shop: Place) -> None:
    held = lock.hold(shop.state)
    before = shop.rows()
    assert shop.run("whatif", policy(shop, PHONE_FIRST)).exit_code == 0
    held.release()
    assert shop.rows() == before
    assert names(shop) == {"data"}


def test_only_customers_of_whom_something_came_in_since_then(shop: Place) -> None:
    file = policy(shop, PHONE_FIRST + OLDEST_NAME)
    recent: Any = shop.json("whatif", file, "--since", "2026-09-21T14:15:00")
    assert [one["kind"] for one in recent["findings"]] == ["change"]
    later: Any = shop.json("whatif", file, "--since", "2026-09-22")
    assert later["findings"] == []


def test_there_are_as_many_examples_as_wanted(shop: Place) -> None:
    shop.fill(*(accepted(10 + n, email=f"{n // 2}@example.com", name=f"Elif {n}") for n in range(6)))
    done = shop.run("whatif", policy(shop, OLDEST_NAME), "--limit", "2")
    assert "       4  customers would look different\n" in done.stdout
    assert "Would look different, 2 of 4:\n" in done.stdout
    assert done.stdout.count("      name: ") == 2
    assert "Would" not in shop.run("whatif", policy(shop, OLDEST_NAME), "--limit", "0").stdout


def test_a_policy_that_cannot_be_used_is_refused_with_its_line(shop: Place) -> None:
    file = policy(shop, "[identity]\n\ntoo_common = 1\n")
    done = shop.run("whatif", file)
    assert (done.exit_code, done.stdout) == (78, "")
    assert f"{file}:3: " in done.stderr


def test_so_is_one_whose_cases_do_not_hold(shop: Place) -> None:
    given = 'given = [{ email = "a@example.com" }, { email = "a@example.com" }]\n'
    case = f'[[case]]\nname = "two"\n{given}expected = {{ customers = 2 }}\n'
    file = policy(shop, "\n" + case)
    done = shop.run("whatif", file)
    assert done.exit_code == 78
    assert f'{file}:2: the case "two": row 2: expected 2 customers' in done.stderr


def test_and_one_that_is_not_there(shop: Place) -> None:
    done = shop.run("whatif", "nowhere.toml")
    assert done.exit_code == 78
    assert "nowhere.toml:1: there is no such file" in done.stderr


@pytest.mark.parametrize("cut", ["prepare", "Folding"])
def test_nothing_is_left_behind_after_ctrl_c(shop: Place, monkeypatch: pytest.MonkeyPatch, cut: str) -> None:
    def interrupt(*_: object, **__: object) -> None:
        assert names(shop) == {"data", f".whatif-{os.getpid()}"}
        raise KeyboardInterrupt

    monkeypatch.setattr(replay, cut, interrupt)
    assert shop.run("whatif", policy(shop, PHONE_FIRST)).exit_code == 1
    assert names(shop) == {"data"}


def test_what_a_killed_process_left_is_taken_away(shop: Place) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left, others = shop.state / f".whatif-{gone.pid}", shop.state / f".whatif-{os.getppid()}"
    for path in (left, others):
        path.mkdir()
        (path / "copy").touch()
    assert shop.run("whatif", policy(shop, PHONE_FIRST)).exit_code == 0
    assert names(shop) == {"data", others.name}


def test_nothing_is_begun_without_room_on_the_disk(shop: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twin, "SPARE", 1 << 60)
    assert "MiB are free; free some space" in shop.refused("whatif", policy(shop, PHONE_FIRST))
    assert names(shop) == {"data"}


def test_without_a_store_there_is_nothing_to_ask(bare: Place, tmp_path: Path) -> None:
    done = bare.run("whatif", policy(bare, PHONE_FIRST))
    assert done.exit_code == 1
    assert "there is no store" in done.stderr
