"""P: the command line, with files, directories and arguments that mean harm."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from jivod.config import state
from jivod.model.errors import Damaged, Refused
from jivod.store import journal, lock, place
from jivod.store.lmdb import open_engine
from tests.cli.conftest import CONFIG, Place, accepted

MAP = 1 << 26
ROWS = "E-posta,Ad\r\n" + "".join(f"c{n}@example.com,C {n}\r\n" for n in range(300))


@pytest.fixture
def bare(tmp_path: Path) -> Place:
    """A configuration without a store."""
    file = tmp_path / "jivod.toml"
    file.write_text(CONFIG)
    file.chmod(0o600)
    return Place(file)


@pytest.fixture
def stored(bare: Place) -> Place:
    """The same with somebody in its store."""
    bare.fill(accepted(1, name="Ayşe", email="ayse@example.com"))
    return bare


def put(home: Place, content: str | bytes, name: str = "crm.csv") -> str:
    path = home.file.parent / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def test_p007_of_a_long_file_the_good_lines_come_in_and_the_bad_one_is_told(stored: Place) -> None:
    done = stored.run("import", put(stored, ROWS.replace("c150@example.com", "no address")))
    assert done.exit_code == 1 and "299 created" in done.stdout and "1 refused" in done.stdout
    (refused,) = stored.file.parent.glob("crm.csv.refused*")
    assert refused.read_text().splitlines()[1:] == ["no address,C 150,email: not an e-mail address"]
    last = stored.read(journal.last)
    assert stored.run("import", put(stored, ROWS)).exit_code == 0
    assert stored.read(journal.last) == last + 1
    assert stored.run("check").exit_code == 0


def test_p008_what_is_no_plain_file_of_text_is_refused(stored: Place) -> None:
    beside = stored.file.parent
    (beside / "link.csv").symlink_to(put(stored, ROWS))
    os.mkfifo(beside / "pipe.csv")
    put(stored, gzip.compress(b"x" * (1 << 20)), "bomb.gz")
    put(stored, b"PK\x03\x04" + b"x" * 100, "bomb.zip")
    put(stored, b"\x00" * 5_000, "zero.csv")
    before = stored.rows()
    for name in (
        "link.csv",
        "pipe.csv",
        "bomb.gz",
        "bomb.zip",
        "zero.csv",
        "nothing.csv",
        "/dev/zero",
        ".",
        "/dev/stdin",
    ):
        done = stored.run("import", str(beside / name))
        assert done.exit_code == 2 and "Error: " in done.stderr and "Traceback" not in done.output, name
    assert stored.rows() == before


def test_p011_the_second_of_one_state_directory_is_refused(tmp_path: Path) -> None:
    held = lock.hold(tmp_path)
    with pytest.raises(Refused, match=f"state directory in use by pid {os.getpid()}"):
        lock.hold(tmp_path)
    held.release()


def test_p012_what_a_command_writes_while_the_daemon_runs_is_written_once_and_whole(stored: Place) -> None:
    """They share the store: each in short transactions of its own. What would replace it asks to stop the daemon."""
    held = lock.hold(stored.state)
    (id,) = [one["id"] for one in stored.json("find", "ayse@example.com")]
    assert stored.run("edit", id, "name", "Fatma", "--by", "Elif").exit_code == 0
    assert stored.json("show", id)["name"] == "Fatma"
    done = stored.run("restore", str(stored.file.parent), "--force")
    held.release()
    assert done.exit_code != 0 and stored.json("show", id)["name"] == "Fatma"


def test_p013_a_state_directory_that_cannot_be_used_is_told_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    assert "choose another" in " ".join(state.prepare(tmp_path / "file") or ())
    (tmp_path / "open").mkdir(mode=0o777)
    (tmp_path / "open").chmod(0o777)
    assert state.prepare(tmp_path / "open") is not None
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"36 35 0:1 / {tmp_path}/far rw - nfs4 server:/x rw\n")
    assert "network file system (nfs4)" in " ".join(state.prepare(tmp_path / "far" / "jivod", mounts) or ())
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "cannot be written" in " ".join(state.prepare(tmp_path) or ())


def test_p013_a_start_without_one_ends_with_78(bare: Place) -> None:
    (bare.state).write_text("not a directory")
    done = bare.run("config", "check")
    assert done.exit_code == 78 and "jivod.toml" in done.stderr


@pytest.mark.parametrize("harm", ["empty", "cut", "garbage", "meta", "32 bit", "text"])
def test_p014_a_damaged_file_is_found_before_it_is_opened(stored: Place, harm: str) -> None:
    data = stored.state / "data" / "data.mdb"
    whole = data.read_bytes()
    content = {
        "empty": b"",
        "cut": whole[:100],
        "garbage": os.urandom(len(whole)),
        "meta": bytes([byte ^ 0xFF for byte in whole[:8192]]) + whole[8192:],
        "32 bit": whole[:8] + b"\x00" * 16 + whole[24:],
        "text": b"this is no store\n" * 1_000,
    }[harm]
    data.write_bytes(content)
    done = stored.run("find", "x")
    assert done.exit_code == 65, done.output
    assert done.stderr.startswith("jivod: ") and "estore" in done.stderr and "Traceback" not in done.output


def test_p014_a_file_that_was_cut_is_no_new_store(tmp_path: Path) -> None:
    (tmp_path / place.DATA).write_bytes(b"")
    with pytest.raises(Damaged):
        open_engine(tmp_path, MAP)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('nonsense = 1\n', 1), ("state_dir = 5\n", 1), ('[[channel]]\nname = "a"\nsecret = "short"\n', 3),
        ('listen = "tcp:x"\n', 1), ("[[channel]]\nname = []\n", 2), ('x = "\\ud800"\n', 1), ("= 1\n", 1),
         ('language = "xx"\n', 1),
    ],
)  # fmt: skip
def test_p016_a_configuration_that_cannot_be_used_ends_with_78_and_its_line(bare: Place, text: str, line: int) -> None:
    bare.file.write_text(text)
    done = bare.run("config", "check")
    assert done.exit_code == 78 and f"jivod.toml:{line}" in done.stderr, done.stderr


def test_p016_a_secret_that_everybody_may_read_is_refused(bare: Place) -> None:
    secret = bare.file.parent / "shop.secret"
    secret.write_text("abcdefghijklmnopqrstuvwxyz\n")
    bare.file.write_text('[[channel]]\nname = "shop"\nsecret_file = "shop.secret"\n')
    for mode in (0o644, 0o666, 0o604):
        secret.chmod(mode)
        assert bare.run("config", "check").exit_code == 78
    secret.chmod(0o600)
    assert bare.run("config", "check").exit_code == 0


def test_p017_a_restore_of_what_is_older_asks_first_and_keeps_what_was_there(stored: Place) -> None:
    shelf = stored.file.parent / "backups"
    assert stored.run("backup", str(shelf)).exit_code == 0
    (id,) = [one["id"] for one in stored.json("find", "ayse@example.com")]
    stored.run("edit", id, "name", "Fatma", "--by", "Elif")
    said = stored.refused("restore", str(shelf))
    assert "1 journal entry" in said and "--force" in said
    assert stored.run("restore", str(shelf), "--force").exit_code == 0
    assert stored.json("show", id)["name"] == "Ayşe"
    assert [path for path in stored.state.iterdir() if path.name.startswith("before-restore-")]


def test_p018_arguments_that_mean_something_else_are_text(stored: Place) -> None:
    (id,) = [one["id"] for one in stored.json("find", "ayse@example.com")]
    for odd in ("-rf", "--force", "$(touch x)", "; rm -rf /", "a\nb", "\x1b[31mred", "../../etc/passwd"):
        done = stored.run("find", "--", odd)
        assert done.exit_code in {0, 1} and "\x1b" not in done.output
    stored.run("edit", id, "description", "--by=Elif", "--", "line\nfeed \x1b[2J \u202etxt")
    shown = stored.run("show", id)
    assert "\x1b" not in shown.output and "\u202e" not in shown.output
    assert stored.run("find", "-rf").exit_code == 2
