"""Secrets: where they are found, what is refused, and how the first one is made."""

from __future__ import annotations

import os

import pytest

from jivod.config import secrets
from jivod.model.errors import BadConfig

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
