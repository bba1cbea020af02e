"""`jivod find --words` and what `check`, `rebuild`, `erase` and `restore` do with the side file."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from jivod.cli import renewal
from jivod.flow.following import follow, make_side, zone_of
from jivod.store import lock, side
from jivod.store.lmdb import open_engine

from .conftest import Place, accepted

SECRET = "gizlisöz"
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def follow_all(place: Place) -> None:
    """Do what the daemon would do."""
    engine, file = open_engine(place.state / "data", 1 << 26), make_side(place.state, "UTC")
    follow(engine, file, zone_of("UTC"), 10_000)
    file.settle()
    file.close()
    engine.close()


def holding(place: Place, text: str) -> list[str]:
    """The files of the state directory that hold the text."""
    found = [path for path in place.state.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
    return sorted(str(path.relative_to(place.state)) for path in found)


@pytest.fixture
def followed(place: Place) -> Place:
    messages = [{"type": "visitor", "timestamp": 1_790_000_000, "message": f"Benim {SECRET} budur"}]
    event = {**accepted(99, name="Kâmil", email="kamil@example.com"), "event_name": "chat_finished"}
    place.fill({**event, "chat": {"messages": messages}})
    follow_all(place)
    return place


def test_words_are_found_with_who_where_and_why(followed):
    done = followed.run("find", "--words", "GIZLISOZ")
    assert done.exit_code == 0 and done.stderr == ""
    who, where = done.stdout.splitlines()
    assert "Kâmil  kamil@example.com" in who
    assert where == f"    shop/chat:99  2026-09-21 14:13  visitor  Benim *{SECRET}* budur"
    assert followed.run("find", "--words", "kami").stdout.splitlines()[1] == "    name  *Kâmil*"


def test_what_readme_looks_for_after_the_demo_is_found(followed):
    commands = re.findall(r"^\.venv/bin/jivod (find .*?) +#", README, re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        done = followed.run(*shlex.split(command))
        assert (done.exit_code, done.stderr) == (0, ""), command


def test_as_json(followed):
    found = followed.json("find", "--words", '"benim gizlisoz"', "--limit", "1")
    (hit,) = found["items"]
    assert (hit["why"], hit["ref"], hit["customer"]["name"], found["behind"]) == ("message", "chat:99", "Kâmil", 0)
    assert [part["text"] for part in hit["snippet"] if part["marked"]] == ["Benim", SECRET]


def test_nothing_found_is_1(followed):
    done = followed.run("find", "--words", "yokboyle")
    assert (done.exit_code, done.stderr) == (1, "jivod: nothing was found\n")


@pytest.mark.parametrize("query", ['"', "NEAR(", "\x1b[2J", "zz\udcff", "x" * 5000, " ", "*"])
def test_odd_queries_do_no_harm(followed, query):
    done = followed.run("find", "--words", "--", query)
    assert done.exit_code == 1 and "\x1b" not in done.output


def test_without_the_file_it_says_why_no_words_are_found(place):
    done = place.run("find", "--words", "kaya")
    assert "Mehmet Kaya" in done.stdout and "not searched yet" in done.stderr


def test_what_came_since_is_told(followed):
    followed.fill(accepted(100, name="Zeki", email="zeki@example.com"))
    done = followed.run("find", "--words", "zeki@example.com")
    assert "Zeki" in done.stdout and "the last 1 entry of the journal" in done.stderr


def test_check_compares_and_says_how_far_it_is(followed):
    assert followed.json("check") == {"entries": 14, "searched": 14, "findings": []}
    followed.fill(accepted(100, name="Zeki"))
    assert followed.run("check").stdout == "15 journal entries, 14 of them searched by words, no fault\n"


def test_check_finds_a_file_of_another_journal(followed):
    file = make_side(followed.state, "UTC")
    file.write(lambda rows: side.note(rows, "head", "another"))
    file.close()
    done = followed.run("check")
    assert done.exit_code == 1 and "side file" in done.stdout


def test_check_finds_a_spoiled_file_and_removes_it(followed):
    (followed.state / side.NAME).write_bytes(b"no database" * 1000)
    done = followed.run("check")
    assert done.exit_code == 1 and "damaged" in done.stdout
    assert followed.run("check").exit_code == 0


def test_a_rebuild_removes_it(followed):
    assert followed.run("rebuild").exit_code == 0
    assert not list(followed.state.glob("search.db*"))


def test_an_erasure_leaves_nothing_of_the_person_in_it(followed):
    assert side.NAME in holding(followed, SECRET)
    done = followed.run("erase", followed.id("kamil@example.com"), "--reason", "asked", "--yes", "--by", "Elif")
    assert done.exit_code == 0, done.output
    assert holding(followed, SECRET) == [] and not list(followed.state.glob("search.db*"))
    follow_all(followed)
    assert holding(followed, SECRET) == [] and holding(followed, "gizlisoz") == []
    assert (followed.state / side.NAME).exists()


def test_what_the_daemon_makes_of_the_old_store_meanwhile_goes_too(followed, monkeypatch):
    waiting, left = renewal._wait_for_others, []

    def follow_on(old):  # behind the exchange, as who has the old store open still
        waiting(old)
        file.write(lambda rows: side.note(rows, "late", SECRET))
        file.settle()
        left.extend(holding(followed, SECRET))

    monkeypatch.setattr("jivod.cli.renewal._wait_for_others", follow_on)
    held, file = lock.hold(followed.state, follows=True), make_side(followed.state, "UTC")
    done = followed.run("erase", followed.id("kamil@example.com"), "--reason", "asked", "--yes", "--by", "Elif")
    held.release()
    file.close()
    assert (done.exit_code, side.NAME in left) == (0, True), done.output
    assert holding(followed, SECRET) == [] and not list(followed.state.glob("search.db*"))


def test_a_backup_leaves_it_out_and_a_restore_removes_it(followed, tmp_path):
    assert followed.run("backup", str(tmp_path / "kept")).exit_code == 0
    followed.fill(accepted(100, name="Zeki", email="zeki@example.com"))
    follow_all(followed)
    done = followed.run("restore", str(tmp_path / "kept"), "--force")
    assert done.exit_code == 0, done.output
    assert list(followed.state.rglob("search.db*")) == []
