"""`jivod backup` and `jivod restore`: there and back, and nothing changed where something is wrong."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.cli import keeping, restoring
from jivod.cli.main import VERBS
from jivod.cli.present import Present
from jivod.flow import steward
from jivod.flow.steward import Hand
from jivod.model.errors import StoreFailed
from jivod.policy.rules import DEFAULT
from jivod.store import journal, keys, lock, manifest, meta, shelf
from jivod.store.lmdb import LmdbEngine
from jivod.store.tables import CUSTOMER_KEYS, DERIVED, JOURNAL
from tests.cli.conftest import CONFIG, RUN, Place, accepted

SECRET = "a-secret-that-jivod-made-itself\n"


def secret(place: Place) -> Path:
    return place.state / "outlet.secret"


@pytest.fixture
def stored(place: Place) -> Place:
    """A store with the demo, and a secret that jivod made."""
    secret(place).write_text(SECRET)
    secret(place).chmod(0o600)
    return place


def shelf_of(place: Place) -> Path:
    return place.file.parent / "backups"


def backup(place: Place, *options: str) -> Path:
    """Write one; where it is."""
    return Path(place.json("backup", str(shelf_of(place)), *options)["file"])


def real(place: Place, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "jivod", "--config", str(place.file), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def decide(place: Place, text: str) -> None:
    """One more entry."""
    hand = Hand(by="Elif", at=RUN * 1000 + 864_000_000, rules=DEFAULT, regions=("TR",))
    id = place.id("kaya")
    place.write(lambda txn: steward.edit(txn, hand, id, "tag", text))


def names(place: Place) -> set[str]:
    """All in the state directory but what a lock leaves, and the audit log."""
    return {path.name for path in place.state.iterdir()} - {lock.FILE, "audit"}


def aside(place: Place) -> Path:
    (found,) = place.state.glob("before-restore-*")
    return found


def elsewhere(place: Place, name: str = "other") -> Place:
    """Another machine, without a store."""
    there = place.file.parent / name
    there.mkdir()
    file = there / "jivod.toml"
    file.write_text(CONFIG)
    file.chmod(0o600)
    return Place(file)


def test_a_backup_is_one_file_and_says_what_is_in_it(stored: Place) -> None:
    done = stored.run("backup", str(shelf_of(stored)))
    assert done.exit_code == 0, done.output
    (path,) = shelf_of(stored).iterdir()
    assert re.fullmatch(r"jivod-\d{8}T\d{6}Z\.backup\.zst", path.name)
    size = -(-path.stat().st_size // 1024)
    assert done.stdout == f"{path}: 13 journal entries, up to 2026-09-21 14:25 UTC, {size} KiB, checked\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert names(stored) == {"data", "outlet.secret"}


def test_it_is_the_store_again_on_another_machine_secret_and_all(stored: Place) -> None:
    path, other = backup(stored), elsewhere(stored)
    done = other.run("restore", str(path))
    assert done.exit_code == 0, done.output
    assert done.stdout == (f"13 journal entries, up to 2026-09-21 14:25 UTC, restored from {path.name} and checked\n")
    assert other.rows() == stored.rows()
    assert secret(other).read_text() == SECRET
    assert secret(other).stat().st_mode & 0o777 == 0o600
    assert other.state.stat().st_mode & 0o777 == 0o700
    assert names(other) == {"data", "outlet.secret"}
    assert other.run("rebuild", "--verify").exit_code == 0


def test_with_tails_it_is_the_store_of_now(stored: Place) -> None:
    backup(stored)
    for text in ("one", "two"):
        decide(stored, text)
        stored.fill(b"nonsense")
        backup(stored, "--tail")
    other = elsewhere(stored)
    done = other.json("restore", str(shelf_of(stored)))
    assert [Path(name).name.split(".")[1] for name in done["files"]] == ["backup", "tail", "tail"]
    assert (done["entries"], done["left_out"], done["kept"], done["newer"]) == (15, 0, None, 0)
    assert other.rows() == stored.rows()


def test_a_tail_of_nothing_is_none(stored: Place) -> None:
    backup(stored)
    done = stored.run("backup", str(shelf_of(stored)), "--tail")
    assert (done.exit_code, done.stdout) == (0, "nothing came since the last one\n")
    assert stored.json("backup", str(shelf_of(stored)), "--tail") == {"file": None, "faults": 0, "removed": []}


def test_a_tail_needs_a_backup_of_this_store(stored: Place) -> None:
    said = stored.refused("backup", str(shelf_of(stored)), "--tail")
    assert "there is no backup in" in said
    assert f"make a new backup: jivod backup {shelf_of(stored)}" in said
    backup(stored)
    other = elsewhere(stored)
    other.fill(accepted(1, email="a@example.com"))
    assert "of another store" in other.refused("backup", str(shelf_of(stored)), "--tail")


def test_restored_up_to_a_number_it_is_the_fold_of_the_entries_up_to_there(stored: Place) -> None:
    live = stored.rows()
    backup(stored)
    decide(stored, "one")
    decide(stored, "two")
    backup(stored, "--tail")
    for until in (1, 7, 13, 14):
        other = elsewhere(stored, f"other-{until}")
        done = other.json("restore", str(shelf_of(stored)), "--until", str(until))
        assert (done["entries"], done["left_out"]) == (until, 15 - until)
        assert other.rows()[JOURNAL] == [row for row in stored.rows()[JOURNAL] if keys.unpack_int(row[0]) <= until]
        assert other.run("rebuild", "--verify").exit_code == 0
        assert other.run("check").exit_code == 0
        if until == 13:
            assert {table: other.rows()[table] for table in DERIVED} == {table: live[table] for table in DERIVED}


@pytest.mark.parametrize(
    ("until", "entries"), [("2026-09-21T14:14", 1), ("2026-09-21 14:24:59", 12), ("2026-09-22", 13), ("2031-01-01", 14)]
)
def test_restored_up_to_a_moment(stored: Place, until: str, entries: int) -> None:
    backup(stored)
    decide(stored, "later")
    backup(stored, "--tail")
    assert elsewhere(stored).json("restore", str(shelf_of(stored)), "--until", until)["entries"] == entries


@pytest.mark.parametrize("until", ["0", "14", "99999999", "9" * 5000, "2020-01-01"])
def test_an_end_that_is_not_in_it_is_refused(stored: Place, until: str) -> None:
    backup(stored)
    said = stored.refused("restore", str(shelf_of(stored)), "--until", until)
    assert "there is no entry" in said or "has no entry up to that time" in said


@pytest.mark.parametrize("until", ["", "-1", "yesterday", "٣", "2026-13-01"])
def test_an_end_that_is_none_is_wrong_usage(stored: Place, until: str) -> None:
    assert stored.run("restore", str(backup(stored)), f"--until={until}").exit_code == 2


def test_what_was_there_is_kept_and_named(stored: Place) -> None:
    path = backup(stored)
    before = stored.rows()
    done = stored.run("restore", str(path))
    assert done.stdout.endswith(f"what was there is kept in {aside(stored)}\n")
    assert stored.rows() == before
    assert [path.name for path in aside(stored).iterdir()] == ["data"]


@pytest.mark.long
def test_newer_entries_are_counted_and_need_a_word(stored: Place) -> None:
    path = backup(stored)
    before = stored.rows()
    decide(stored, "newer")
    now = stored.rows()
    said = stored.refused("restore", str(path))
    assert "has 1 journal entry that the backup has not" in said
    assert "--force" in said
    done = stored.run("restore", str(path), "--force")
    assert done.exit_code == 0
    assert "1 journal entry of it not in the backup" in done.stdout
    assert stored.rows() == before
    aside(stored).joinpath("data").rename(stored.state / "data.back")
    shutil.rmtree(stored.state / "data")
    (stored.state / "data.back").rename(stored.state / "data")
    assert stored.rows() == now


def test_another_store_needs_a_word(stored: Place) -> None:
    path, other = backup(stored), elsewhere(stored)
    other.fill(accepted(1, email="a@example.com"))
    assert "is another one than that of the backup, with 1 journal entry" in other.refused("restore", str(path))
    assert other.json("restore", str(path), "--force")["newer"] == 1
    assert other.rows() == stored.rows()


def test_an_empty_store_needs_none(stored: Place) -> None:
    path, other = backup(stored), elsewhere(stored)
    other.fill()
    assert other.run("restore", str(path)).exit_code == 0
    assert other.rows() == stored.rows()


@pytest.mark.long
def test_another_secret_needs_a_word_and_is_kept(stored: Place) -> None:
    path = backup(stored)
    secret(stored).write_text("the-one-that-came-after-it-leaked\n")
    assert "outlet.secret is another secret here than in the backup" in stored.refused("restore", str(path))
    assert stored.run("restore", str(path), "--force").exit_code == 0
    assert secret(stored).read_text() == SECRET
    assert (aside(stored) / "outlet.secret").read_text() == "the-one-that-came-after-it-leaked\n"


@pytest.mark.long
@pytest.mark.parametrize("size", [0, 8192])
def test_a_store_that_is_cut_short_needs_a_word(stored: Place, size: int) -> None:
    path, before = backup(stored), stored.rows()
    data = stored.state / "data" / "data.mdb"
    os.truncate(data, size)
    done = real(stored, "restore", str(path))
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert re.fullmatch("jivod: .* cannot be read, so nobody can tell what it has .*\n", done.stderr)
    assert data.stat().st_size == size
    assert real(stored, "restore", str(path), "--force").returncode == 0
    assert stored.rows() == before


def test_not_while_the_daemon_runs(stored: Place) -> None:
    path = backup(stored)
    held = lock.hold(stored.state)
    said = stored.refused("restore", str(path), "--force")
    held.release()
    assert re.search(rf"in use by pid {os.getpid()}; stop the daemon first: systemctl stop jivod", said)


def test_a_backup_while_the_daemon_runs(stored: Place) -> None:
    held = lock.hold(stored.state)
    backup(stored)
    held.release()


def test_somebody_decides_while_it_is_restored(stored: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    path = backup(stored)
    looks = iter([Present(13, 0, True), Present(14, 0, True)])
    monkeypatch.setattr(restoring.present, "look", lambda *_: next(looks))
    assert "somebody decided something meanwhile" in stored.refused("restore", str(path))


# Files that are not good


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, bytes, bytes]]:
    """A store, its backup and its tail."""
    file = tmp_path_factory.mktemp("whole") / "jivod.toml"
    file.write_text(CONFIG)
    file.chmod(0o600)
    place = Place(file)
    place.fill(*(accepted(number, email=f"a{number}@example.com", name="kaya") for number in range(3)))
    base = backup(place).read_bytes()
    place.fill(accepted(9, email="new@example.com"))
    yield place, base, backup(place, "--tail").read_bytes()


def spoilt(whole: tuple[Place, bytes, bytes], base: bytes, tail: bytes | None = None) -> None:
    """Nothing is restored of these files, and nothing is left."""
    place = whole[0]
    there = place.file.parent / "spoilt"
    shutil.rmtree(there, ignore_errors=True)
    there.mkdir()
    (there / "jivod-20261126T101500Z.backup.zst").write_bytes(base)
    if tail is not None:
        (there / "jivod-20261126T101501Z.tail.zst").write_bytes(tail)
    before, held = place.rows(), names(place)
    done = place.run("restore", str(there), "--force")
    assert done.exit_code in (1, 65), done.output
    assert done.stdout == ""
    assert re.fullmatch(r"jivod: .+\n", done.stderr)
    assert place.rows() == before
    assert names(place) == held


@given(st.data())
def test_a_flipped_byte_is_found_and_nothing_is_changed(whole: tuple[Place, bytes, bytes], data: st.DataObject) -> None:
    which = data.draw(st.sampled_from([1, 2]))
    changed = bytearray(whole[which])
    places = st.integers(0, manifest.SIZE - 1) | st.integers(manifest.SIZE, len(changed) - 1)
    changed[data.draw(places)] ^= data.draw(st.integers(1, 255))
    files = {1: whole[1], 2: whole[2], which: bytes(changed)}
    spoilt(whole, files[1], files[2])


@given(st.data())
def test_a_cut_is_found_and_nothing_is_changed(whole: tuple[Place, bytes, bytes], data: st.DataObject) -> None:
    which = data.draw(st.sampled_from([1, 2]))
    files = {1: whole[1], 2: whole[2]}
    files[which] = files[which][: data.draw(st.integers(0, len(files[which]) - 1))]
    spoilt(whole, files[1], files[2])


@pytest.mark.parametrize("content", [b"", b"\0" * 5000, b"PK\x03\x04" + b"x" * 5000, b"{}"])
def test_what_is_no_backup_is_refused(whole: tuple[Place, bytes, bytes], content: bytes) -> None:
    spoilt(whole, content)


@pytest.mark.parametrize(("module", "name"), [(manifest, "FORMAT"), (meta, "SCHEMA")])
def test_what_a_newer_jivod_wrote_is_refused(
    place: Place, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    monkeypatch.setattr(module, name, 2)
    if module is meta:
        place.write(lambda txn: meta.set_schema(txn, 2))
        monkeypatch.setattr("jivod.store.migrate.demand_known.__kwdefaults__", {"goal": 2})
        monkeypatch.setattr("jivod.store.migrate.migrate.__kwdefaults__", {"goal": 2, "steps": {}})
    path, other = backup(place), elsewhere(place)
    monkeypatch.undo()
    done = other.run("restore", str(path))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "written by a newer jivod" in done.stderr
    assert not (other.state / "data").exists()


@pytest.mark.parametrize("name", ["../../evil.secret", "evil", "a/b.secret", "x" * 70 + ".secret"])
def test_a_secret_cannot_be_put_elsewhere(place: Place, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(keeping.vault, "read", lambda _: {name: b"evil"})
    path, other = backup(place), elsewhere(place)
    monkeypatch.undo()
    assert other.run("restore", str(path)).exit_code == 65
    assert list(other.file.parent.rglob("*evil*")) == []


# A store that is not good


def spoil(place: Place, table: str) -> None:
    """Take a row away."""
    place.write(lambda txn: txn.delete(table, next(iter(txn.range(table, reverse=True, limit=1)))[0]))


def test_a_store_with_a_fault_is_backed_up_and_nothing_older_goes(stored: Place) -> None:
    backup(stored)
    good = stored.rows()
    spoil(stored, CUSTOMER_KEYS)
    done = stored.run("backup", str(shelf_of(stored)), "--keep", "1")
    assert done.exit_code == 1
    assert "the store has faults" in done.stderr
    assert len(shelf.files(shelf_of(stored))) == 2
    assert stored.run("restore", str(shelf_of(stored))).exit_code == 0
    assert stored.rows() == good  # what is derived was derived anew


def test_a_store_whose_truth_is_damaged_is_not_restored(stored: Place) -> None:
    stored.write(lambda txn: txn.put(JOURNAL, keys.up(5), b"spoilt"))
    stored.run("backup", str(shelf_of(stored)))
    other = elsewhere(stored)
    done = other.run("restore", str(shelf_of(stored)))
    assert (done.exit_code, done.stdout) == (65, "")
    assert "table journal" in done.stderr
    assert not (other.state / "data").exists()


def test_a_backup_while_others_write_is_a_moment_of_the_store(stored: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze = LmdbEngine.freeze

    def and_on(self: LmdbEngine, path: Path) -> None:
        freeze(self, path)
        for number in range(3):
            self.write([lambda txn, n=number: _append(txn, n)])

    monkeypatch.setattr(LmdbEngine, "freeze", and_on)
    before = stored.rows()
    path, other = backup(stored), elsewhere(stored)
    assert stored.read(journal.last) == 16
    assert other.run("restore", str(path)).exit_code == 0
    assert other.rows() == before


def _append(txn: Any, number: int) -> None:
    last = journal.get(txn, 1)
    assert last is not None
    journal.keep(txn, evolve(last, seq=journal.last(txn) + 1, received_at=number))


def test_a_backup_while_a_writer_commits_is_a_consistent_prefix(stored: Place) -> None:
    command = [sys.executable, "-m", "jivod", "--config", str(stored.file), "backup", str(shelf_of(stored))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        for number in range(10_000):
            if process.poll() is not None:
                break
            stored.fill(accepted(1000 + number, email=f"busy{number % 7}@example.com", name=f"N{number}"))
        told, complaint = process.communicate(timeout=60)
    assert (process.returncode, complaint) == (0, ""), complaint
    other = elsewhere(stored)
    entries = other.json("restore", str(shelf_of(stored)))["entries"]
    assert told.split(": ")[1].startswith(f"{entries} journal entries")
    live = stored.rows()[JOURNAL]
    assert 13 <= entries <= len(live)
    assert other.rows()[JOURNAL] == live[:entries]
    assert other.run("check").exit_code == 0
    assert other.run("rebuild", "--verify").exit_code == 0


def test_an_exchange_that_fails_leaves_the_store_in_its_place(stored: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError(5, "Input/output error")

    path = backup(stored)
    monkeypatch.setattr(restoring.swap, "exchange", fail)
    assert "could not be finished (Input/output error); do it again" in stored.refused("restore", str(path))
    monkeypatch.undo()
    assert stored.run("restore", str(path)).exit_code == 0


# Room, places, words


def test_older_ones_go_once_the_new_one_is_checked(stored: Place) -> None:
    old = [backup(stored), backup(stored)]
    done = stored.run("backup", str(shelf_of(stored)), "--keep", "2")
    assert f"{old[0]} removed" in done.stdout
    assert old[1] in shelf.files(shelf_of(stored))
    assert len(shelf.files(shelf_of(stored))) == 2


def test_older_ones_stay_where_the_new_one_fails(stored: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    old = backup(stored)

    def fail(*_: Any) -> None:
        raise StoreFailed("the copy was not made")

    for target in (LmdbEngine, "freeze"), (keeping.unpack, "unpack"):
        monkeypatch.setattr(*target, fail)
        done = stored.run("backup", str(shelf_of(stored)), "--keep", "1")
        assert done.exit_code == 1
        monkeypatch.undo()
        assert list(shelf_of(stored).iterdir()) == [old]
        assert names(stored) == {"data", "outlet.secret"}


def test_no_room_is_told_before_anything_is_written(stored: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    path = backup(stored)
    little = SimpleNamespace(f_bavail=5, f_frsize=1 << 20)
    monkeypatch.setattr(keeping.os, "statvfs", lambda _: little)
    said = stored.refused("backup", str(shelf_of(stored)))
    assert re.search(r"\d+ MiB.* and 5 MiB are free", said)
    assert "5 MiB are free" in stored.refused("restore", str(path))
    assert list(shelf_of(stored).iterdir()) == [path]
    assert names(stored) == {"data", "outlet.secret"}


def test_keep_counts_whole_backups(stored: Place) -> None:
    for arguments in (["--keep", "0"], ["--keep", "1", "--tail"], ["--keep", "x"]):
        assert stored.run("backup", str(shelf_of(stored)), *arguments).exit_code == 2


def test_where_there_is_no_store_there_is_no_backup(bare: Place) -> None:
    done = bare.run("backup", str(shelf_of(bare)))
    assert done.exit_code == 1
    assert "there is no store" in done.stderr
    assert not shelf_of(bare).exists()


def test_a_place_that_is_none_is_refused(stored: Place) -> None:
    (stored.file.parent / "file").write_text("x")
    assert stored.run("backup", str(stored.file.parent / "file")).exit_code == 2
    assert "is the store itself" in stored.refused("backup", str(stored.state / "data"))
    assert "name a directory" in stored.refused("backup", str(stored.file.parent / "no" / "where"))
    assert stored.run("restore", str(stored.file.parent / "no")).exit_code == 2
    assert "there is no backup in" in stored.refused("restore", str(stored.state))


def test_the_manifest_tells_nothing_that_is_secret(stored: Place) -> None:
    head = backup(stored).read_bytes()[: manifest.SIZE].decode("latin-1")
    said = json.loads(head.split("\n")[1])
    assert said["last"] == 13
    assert stored.read(meta.id_key).hex()[:8] not in head
    assert "example.com" not in head and SECRET.strip() not in head


def test_the_verbs_are_listed(bare: Place) -> None:
    assert {"backup", "restore"} <= set(VERBS)
    assert "Put a backup in the place of the store." in bare.run("--help").stdout
