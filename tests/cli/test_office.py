"""What every verb works with: who runs it, and where the daemon's directory is."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from types import SimpleNamespace

import pytest

from jivod.cli import office


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
