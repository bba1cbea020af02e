"""An erasure holds through backups: a tail does not go on from one that has the person, a restore erases again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .conftest import Place, accepted
from .test_erase import ASK, MAIL, OTHER, traces


@pytest.fixture
def shop(bare: Place) -> Place:
    """Two customers and a backup of them, after which one was erased."""
    bare.fill(
        accepted(1, number="1", email=MAIL, phone="+905320000077", name="Unutulan"),
        accepted(2, number="2", email=OTHER, name="Kalan"),
    )
    assert bare.run("backup", str(bare.file.parent / "kept")).exit_code == 0
    assert bare.run("erase", bare.id(MAIL), *ASK, "--yes").exit_code == 0
    return bare


def kept(place: Place) -> Path:
    return place.file.parent / "kept"


def test_a_tail_does_not_go_on_from_a_backup_that_has_the_person(shop: Place) -> None:
    told = shop.refused("backup", str(kept(shop)), "--tail")
    assert "a person was erased since the last one, who is still in it" in told
    assert shop.run("backup", str(kept(shop))).exit_code == 0
    assert shop.run("edit", shop.id(OTHER), "name", "Kalan Kaya", "--by", "kemal").exit_code == 0
    assert shop.run("backup", str(kept(shop)), "--tail").exit_code == 0
    assert traces(shop.state) == []


def test_whoever_was_erased_is_erased_again_by_a_restore(shop: Place) -> None:
    told = shop.json("restore", str(kept(shop)), "--force")
    assert len(told["erased_again"]) == 1
    assert traces(shop.state) == []
    assert shop.run("find", MAIL).exit_code == 1
    assert "was erased by decision #3" in shop.refused("show", told["erased_again"][0])
    assert shop.id(OTHER)
    assert Path(told["kept"]).is_dir()
    for verb in (("check",), ("rebuild", "--verify")):
        assert shop.run(*verb).exit_code == 0


def test_it_is_told_in_words_and_only_of_those_who_are_back(shop: Place) -> None:
    done = shop.run("restore", str(kept(shop)), "--force")
    assert "1 person erased again, as in the store that was there" in done.stdout
    shutil.rmtree(kept(shop))
    assert shop.run("backup", str(kept(shop))).exit_code == 0
    assert "erased again" not in shop.run("restore", str(kept(shop))).stdout


def test_an_erasure_removes_what_a_restore_had_put_aside(shop: Place) -> None:
    assert shop.run("restore", str(kept(shop)), "--force").exit_code == 0
    assert list(shop.state.glob("before-restore-*"))
    assert shop.run("erase", shop.id(OTHER), *ASK, "--yes").exit_code == 0
    assert not list(shop.state.glob("before-restore-*"))
    assert not [path for path in shop.state.rglob("*") if path.is_file() and b"kept@" in path.read_bytes()]


def test_what_another_restore_had_put_aside_stays_if_the_person_is_not_in_it(shop: Place) -> None:
    shop.fill(accepted(3, number="3", email="late@example.com", name="Geç"))
    first = Path(shop.json("restore", str(kept(shop)), "--force")["kept"])
    told = shop.json("restore", str(kept(shop)), "--until", "1", "--force")
    assert len(told["erased_again"]) == 1 and told["removed"] == []
    assert first.is_dir() and Path(told["kept"]).is_dir() and first != Path(told["kept"])
    assert traces(shop.state) == []


def test_a_copy_that_holds_the_person_goes_and_is_named(bare: Place) -> None:
    bare.fill(accepted(1, number="1", email=MAIL, name="Unutulan"), accepted(2, number="2", email=OTHER, name="Kalan"))
    assert bare.run("backup", str(kept(bare))).exit_code == 0
    aside = bare.state / "before-restore-20260101T000000Z"
    shutil.copytree(bare.state / "data", aside / "data")
    id = bare.id(MAIL)
    counted = bare.run("erase", id, "--dry-run").stdout
    assert f"what else these copies hold: {aside.name}; nothing was changed" in counted
    shutil.move(aside, kept(bare) / "aside")
    assert "removed" not in bare.run("erase", id, *ASK, "--yes").stdout
    shutil.move(kept(bare) / "aside", aside)
    done = bare.run("restore", str(kept(bare)), "--force")
    assert f"removed, for it held who was erased: {aside}" in done.stdout
    assert not aside.exists() and traces(bare.state) == []
