"""`jivod export` and the whole export imported again, through their real face."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest

from jivod.store import lock
from tests.cli.conftest import CONFIG, Apart, Place, accepted


@pytest.fixture
def other(tmp_path: Path) -> Place:
    """A configuration of another place, without a store."""
    beside = tmp_path / "other"
    beside.mkdir()
    file = beside / "jivod.toml"
    file.write_text(CONFIG)
    file.chmod(0o600)
    return Place(file)


@pytest.fixture
def whole(place: Place) -> str:
    place.fill(b"nonsense", accepted(950, email="x@example.com"))
    file = place.file.parent / "whole.jsonl"
    assert place.run("export", str(file)).exit_code == 0
    return str(file)


def test_the_whole_store_comes_back_byte_for_byte(place: Place, other: Place, whole: str) -> None:
    assert Path(whole).stat().st_mode & 0o777 == 0o600
    done = other.run("import", whole)
    assert (done.exit_code, done.stdout) == (0, "The store is what the export says: 14 journal entries folded.\n")
    assert other.rows() == place.rows()
    assert sorted(os.listdir(other.state)) == ["audit", "data", "jivod.pid"]
    assert (other.state / "data").stat().st_mode & 0o777 == 0o700
    assert other.run("check").exit_code == other.run("rebuild", "--verify").exit_code == 0
    assert "start the daemon" not in other.run("find", "x@example.com").output


def test_it_goes_into_an_empty_store_too_and_not_into_any_other(place: Place, other: Place, whole: str) -> None:
    other.fill()
    assert other.json("import", whole) == {"entries": 14}
    assert other.rows() == place.rows()
    told = other.refused("import", whole)
    assert "only goes into an empty one" in told
    assert sorted(os.listdir(other.state)) == ["audit", "data", "jivod.pid"]


def test_not_while_the_daemon_runs(other: Place, whole: str) -> None:
    held = lock.hold(other.state)
    done = other.run("import", whole)
    held.release()
    assert done.exit_code == 1
    assert f"in use by pid {os.getpid()}; stop the daemon first" in done.stderr


def test_a_file_that_was_cut_off_changes_nothing(other: Place, whole: str) -> None:
    cut = other.file.parent / "cut.jsonl"
    cut.write_bytes(Path(whole).read_bytes()[:-40])
    other.fill()
    assert "cut off" in other.refused("import", str(cut))
    assert sorted(os.listdir(other.state)) == ["audit", "data", "jivod.pid"]


def test_a_whole_export_takes_no_options_of_rows(place: Place, whole: str) -> None:
    assert place.run("import", whole, "--dry-run").exit_code == 2


def test_to_the_standard_output_it_is_the_same(place: Place, whole: str) -> None:
    assert place.run("export").stdout_bytes == Path(whole).read_bytes()


def test_a_table_of_the_customers_that_no_spreadsheet_computes(place: Place) -> None:
    place.fill(accepted(960, email="h@example.com", name="=1+1", phone="+905320009999"))
    done = place.run("export", "--format", "csv")
    assert done.exit_code == 0
    text = done.stdout_bytes.decode("utf-8-sig")
    found = {row["email"]: row for row in csv.DictReader(io.StringIO(text))}
    assert (found["h@example.com"]["name"], found["h@example.com"]["phone"]) == ("'=1+1", "'+905320009999")
    assert len(found) == len({row["jivod_id"] for row in found.values()})


def test_vcards_of_the_customers(place: Place) -> None:
    done = place.run("export", "--format", "vcard")
    assert done.exit_code == 0
    text = done.stdout_bytes.decode()
    assert text.count("BEGIN:VCARD\r\nVERSION:4.0\r\n") == text.count("END:VCARD\r\n") > 2
    assert "TEL;VALUE=uri;PREF=1:tel:+905320000021\r\nTEL;VALUE=uri;PREF=2:tel:+905320000022\r\n" in text


def test_everything_of_one_person(place: Place) -> None:
    file = place.file.parent / "person.json"
    id = place.id("mehmet.kaya@example.com")
    assert place.run("export", "--person", id, str(file)).exit_code == 0
    found = json.loads(file.read_text())
    assert (found["person"], file.stat().st_mode & 0o777) == (id, 0o600)
    assert len(found["conversations"]) == found["summary"]["chats"]
    assert len(found["entries"]) == sum(record["events"] for record in found["records"])
    assert json.loads(place.run("export", "--person", id).stdout) == found
    assert "jivod find" in place.refused("export", "--person", "nobody")


@pytest.mark.parametrize("way", [("--format", "csv"), ("--person",), ()])
def test_what_root_may_write_and_the_owner_of_the_store_may_not_is_told_and_no_export_on_record(
    place: Place, others: Apart, way: tuple[str, ...]
) -> None:
    id, file = place.id("mehmet.kaya@example.com"), str(others.at / "x")
    arguments = ["export", *way, *([id] if way == ("--person",) else [])]
    assert place.run(*arguments).exit_code == place.run("audit", "list").exit_code == 0
    done = others.run(*arguments, file)
    assert done.exit_code == 2, done.output
    assert "cannot be written (Permission denied)" in done.stderr
    (record,) = [record for record in others.json("audit", "list") if record["action"] == "exported"]
    assert record["result"] == "failed"
    assert record["customers"] == [id] if way == ("--person",) else record["about"] == "all"


def test_a_file_that_cannot_become_whole_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    file = place.file.parent / "x.csv"
    monkeypatch.setattr("jivod.cli.output._create", lambda path: (path, os.open("/dev/full", os.O_WRONLY)))
    told = place.refused("export", "--format", "csv", str(file))
    assert f"{file} cannot be written (No space left on device)" in told


def test_a_file_that_was_there_stays_until_the_new_one_is_whole(place: Place) -> None:
    file = place.file.parent / "old.csv"
    file.write_text("old")
    assert place.run("export", "--person", "nobody", str(file)).exit_code == 1
    assert file.read_text() == "old"
    assert place.run("export", "--format", "csv", str(file)).exit_code == 0
    assert file.read_text() != "old"
    assert not list(file.parent.glob(".*"))


@pytest.mark.parametrize("where", ["/dev/null", "/nonexistent/x", "."])
def test_where_no_file_can_be_written_is_told_with_exit_code_2(place: Place, where: str) -> None:
    done = place.run("export", "--format", "csv", where)
    assert done.exit_code == 2, done.output
    assert "pipe" in done.stderr
