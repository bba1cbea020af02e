"""What every verb works with: who runs it, and where the daemon's directory is."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from types import SimpleNamespace

import pytest

from jivod.cli import office
from jivod.flow.whole import WHOLE


@pytest.fixture
def calls(monkeypatch):
    """What would be done to the process, in order."""
    made = []
    for name in ("setgroups", "setgid", "setuid"):
        monkeypatch.setattr(os, name, lambda value, name=name: made.append((name, value)))
    return made


def owned_by(monkeypatch, uid: int, gid: int) -> None:
    real = Path.stat
    monkeypatch.setattr(
        Path, "stat", lambda self, **kw: os.stat_result((*real(self, **kw)[:4], uid, gid, *real(self, **kw)[6:10]))
    )


def test_root_goes_on_as_the_owner_of_the_state_directory(tmp_path, monkeypatch, calls):
    owned_by(monkeypatch, 990, 991)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    office.become_owner_of(tmp_path)
    assert calls == [("setgroups", []), ("setgid", 991), ("setuid", 990)]


def test_with_the_groups_that_systemd_gives_to_him(tmp_path, monkeypatch, calls):
    owned_by(monkeypatch, 990, 991)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: SimpleNamespace(pw_name=f"user-{uid}"))
    monkeypatch.setattr(os, "getgrouplist", lambda name, gid: {"user-990": [gid, 27]}[name])
    office.become_owner_of(tmp_path)
    assert calls[0] == ("setgroups", [991, 27])


@pytest.mark.parametrize(("euid", "owner"), [(0, 0), (1000, 1000), (1000, 990)])
def test_nobody_else_changes(tmp_path, monkeypatch, calls, euid, owner):
    owned_by(monkeypatch, owner, owner)
    monkeypatch.setattr(os, "geteuid", lambda: euid)
    office.become_owner_of(tmp_path)
    assert calls == []


VERBS = (
    ("url",),
    ("demo",),
    ("find", "kaya"),
    ("figures",),
    ("audit", "head"),
    ("user", "list"),
    ("token", "list"),
    ("sinks", "list"),
    ("check",),
    ("retain",),
    ("import", "rows.csv"),
    ("import", "whole.jsonl"),
    ("backup", "backups"),
    ("restore", "backups"),
)


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_root_makes_no_state_directory_for_himself_where_the_daemon_has_a_user(bare, monkeypatch, verb):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", {"jivod": None}.__getitem__)
    monkeypatch.chdir(bare.file.parent)
    Path("rows.csv").write_text("email\na@example.com\n")
    Path("whole.jsonl").write_bytes(WHOLE)
    Path("backups").mkdir(mode=0o700)
    done = bare.run(*verb)
    assert done.exit_code == 1, done.output
    assert f"make it for its user: install -d -m 700 -o jivod -g jivod {bare.state}" in done.stderr
    assert not bare.state.exists()


@pytest.mark.parametrize(("euid", "users"), [(0, {}), (1000, {"jivod": None})])
def test_whoever_is_the_daemons_user_himself_makes_it(bare, monkeypatch, euid, users):
    monkeypatch.setattr(os, "geteuid", lambda: euid)
    monkeypatch.setattr(pwd, "getpwnam", users.__getitem__)
    assert bare.run("url").exit_code == 0
    assert bare.state.is_dir()


def test_accounts_and_regions_are_told_once_each(bare):
    bare.file.write_text(
        bare.file.read_text()
        + '[[channel]]\nname = "bot"\nsecret = "zyxwvutsrqponmlkjihgfedcba"\naccount = "shop"\nregion = "TR"\n'
    )
    made = office.Office({"JIVOD_CONFIG": str(bare.file)})
    assert made.accounts == ("shop",)
    assert made.regions == ("TR",)
    assert len(made.settings.channels) == 2


def test_a_store_that_may_not_be_opened_is_refused_in_words(place, monkeypatch):
    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("jivod.store.lmdb.open_engine", forbidden)
    done = place.run("find", "kaya")
    assert done.exit_code == 1
    assert "cannot be opened (Permission denied); run this as its owner" in done.stderr
