"""Secrets: where they are found, what is refused, and how the first one is made."""

from __future__ import annotations

import os
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from jivod.config import secrets, state
from jivod.model.errors import BadConfig
from jivod.strict import rights

SECRET = "0123456789abcdefghijkl"
CHANNEL = '[[channel]]\nname = "shop"\nsecret_file = "shop.secret"\n'


def test_the_first_start_makes_a_secret_that_only_its_owner_may_read(place):
    assert place.load().channels[0].secret == "s" * 32
    file = place.beside / "var" / "jivo.secret"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == "s" * 32 + "\n"
    assert [p.name for p in file.parent.iterdir()] == ["jivo.secret"]


def test_the_secret_that_was_made_stays(place):
    place.load()
    place.load()
    assert len(place.made) == 1


def test_a_channel_without_a_secret_gets_one_of_its_own_name(place):
    place.write('[[channel]]\nname = "bot"').load()
    assert (place.beside / "var" / "bot.secret").exists()


def test_of_two_processes_that_make_the_first_secret_one_wins(place):
    def make_while_another_is_faster() -> str:
        (place.beside / "var" / "jivo.secret").write_text("o" * 32)
        (place.beside / "var" / "jivo.secret").chmod(0o600)
        return "s" * 32

    assert place.load(make_secret=make_while_another_is_faster).channels[0].secret == "o" * 32


def test_a_secret_that_cannot_be_written_is_refused_in_words(place):
    (place.beside / "var").mkdir(mode=0o700)
    (place.beside / "var" / f"jivo.secret.{os.getpid()}").mkdir()
    with pytest.raises(BadConfig, match=r"jivo\.secret:1: cannot be written \(.*\); run this as the user of jivod"):
        place.load()


def test_a_secret_file_stands_beside_the_configuration(place):
    place.secret_file("shop.secret", SECRET + "\n")
    assert place.write(CHANNEL).load().channels[0].secret == SECRET


def test_a_credential_of_systemd_comes_before_the_file(place):
    place.secret_file("shop.secret", SECRET)
    credentials = place.beside / "credentials"
    credentials.mkdir()
    (credentials / "shop.secret").write_text("credential-" + SECRET)
    (credentials / "shop.secret").chmod(0o444)
    settings = place.write(CHANNEL).load({"CREDENTIALS_DIRECTORY": str(credentials)})
    assert settings.channels[0].secret == "credential-" + SECRET


def test_a_credential_of_the_channels_name_needs_no_line_in_the_file(place):
    (place.beside / "jivo.secret").write_text(SECRET)
    assert place.load({"CREDENTIALS_DIRECTORY": str(place.beside)}).channels[0].secret == SECRET
    assert place.made == []


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o601])
def test_a_secret_file_that_is_open_to_everybody_is_refused(place, mode):
    file = place.secret_file("shop.secret", SECRET, mode)
    with pytest.raises(BadConfig, match=rf"jivod\.toml:3: .*open to every user of this machine; run: chmod 600 {file}"):
        place.write(CHANNEL).load()


def test_an_open_file_of_another_user_is_closed_to_all_but_the_group_of_the_daemon(place, monkeypatch):
    file = place.secret_file("shop.secret", SECRET, 0o644)
    monkeypatch.setattr(state, "owner", lambda directory, beside: (54321, 12345))
    remedy = f"run as root: chgrp 12345 {file}; chmod 640 {file}"
    with pytest.raises(BadConfig, match=f"open to every user of this machine; {re.escape(remedy)}$"):
        place.write(CHANNEL).load()


def test_the_user_of_the_daemon_is_the_owner_of_its_directory(place):
    (place.beside / "var").mkdir()
    found = (place.beside / "var").stat()
    assert state.owner(place.beside / "var", place.file) == (found.st_uid, found.st_gid)


def test_before_there_is_one_root_is_told_by_the_group_of_the_files(place, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "getegid", lambda: 0)
    file = place.secret_file("shop.secret", SECRET)
    monkeypatch.setattr(Path, "stat", lambda self: SimpleNamespace(st_gid=0 if self != file.parent else 990))
    monkeypatch.setattr(Path, "exists", lambda self: False)
    uid, gid = state.owner(place.beside / "var", file)
    assert (uid != 0, gid) == (True, 990)
    assert state.owner(place.beside / "var", file.parent) == (0, 0)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "getegid", lambda: 1000)
    assert state.owner(place.beside / "var", file) == (1000, 1000)


def test_a_secret_file_that_may_not_be_read_is_lent_to_the_group_of_the_daemon(place, monkeypatch):
    file = place.secret_file("shop.secret", SECRET)
    monkeypatch.setattr(rights, "closing", lambda path, uid, gid: f"lend {path} to {uid} and {gid}")
    real = Path.open

    def open_none(self, *args, **kw):
        if self == file:
            raise PermissionError(13, "Permission denied")
        return real(self, *args, **kw)

    monkeypatch.setattr(Path, "open", open_none)
    told = rf"cannot be read \(Permission denied\); lend {file} to {os.geteuid()} and {os.getegid()}"
    with pytest.raises(BadConfig, match=told + ".*LoadCredential="):
        place.write(CHANNEL).load()
    with pytest.raises(BadConfig, match=told + "$"):
        place.load({"CREDENTIALS_DIRECTORY": str(place.beside)})


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640])
def test_a_secret_file_for_owner_and_group_is_good(place, mode):
    place.secret_file("shop.secret", SECRET, mode)
    assert place.write(CHANNEL).load().channels[0].secret == SECRET


def test_a_short_secret_in_a_file_is_refused_with_its_length(place):
    place.secret_file("shop.secret", "x" * (secrets.SECRET_MIN - 1))
    with pytest.raises(BadConfig, match=r"jivod\.toml:3: shop\.secret: the secret has 21 characters, it needs"):
        place.write(CHANNEL).load()


def test_a_secret_file_of_odd_bytes_is_refused(place):
    place.secret_file("shop.secret", "ş" * 30)
    with pytest.raises(BadConfig, match=r"shop\.secret is not plain text; make one"):
        place.write(CHANNEL).load()


def test_the_generated_secret_is_guarded_like_any_other(place):
    place.load()
    (place.beside / "var" / "jivo.secret").chmod(0o644)
    with pytest.raises(BadConfig, match="open to every user"):
        place.load()


def test_a_new_secret_belongs_to_the_owner_of_its_directory(place, monkeypatch):
    if os.geteuid() != 0:
        monkeypatch.setattr(os, "geteuid", lambda: 1)
    else:
        (place.beside / "var").mkdir(mode=0o700)
        os.chown(place.beside / "var", 12345, 12345)
    place.load()
    found = (place.beside / "var" / "jivo.secret").stat()
    assert found.st_uid == (place.beside / "var").stat().st_uid


def test_a_token_secret_comes_from_its_file(place):
    place.secret_file("token.key", "k" * 32)
    text = '[[channel]]\nname = "a"\ntoken_secret_file = "token.key"'
    assert place.write(text).load().channels[0].token_secret == "k" * 32
