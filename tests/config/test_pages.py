"""[pages]: how long a session lasts, and whom to believe."""

from __future__ import annotations

from pathlib import Path

import pytest

from jivod.config.load import load
from jivod.config.settings import Pages, Settings
from jivod.model.errors import BadConfig
from jivod.model.user import Terms


def loaded(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "jivod.toml"
    file.write_text(f'state_dir = "state"\n[pages]\n{text}\n')
    return load({"JIVOD_CONFIG": str(file)}, tmp_path, lambda: "s" * 32)


def test_nobody_is_believed_unless_the_file_says_so(tmp_path: Path) -> None:
    assert loaded(tmp_path, "").pages == Pages(trust_header=None, trust_from=())
    assert Pages().terms == Terms(idle=8 * 3_600_000, absolute=7 * 86_400_000)


def test_what_the_file_says(tmp_path: Path) -> None:
    believe = 'trust_header = "X-Remote-User"\ntrust_from = ["127.0.0.1", "fd00::/8", "unix"]'
    found = loaded(tmp_path, f"idle_hours = 1.5\nabsolute_days = 1\n{believe}")
    assert found.pages.terms == Terms(idle=5_400_000, absolute=86_400_000)
    assert found.pages.trust_from == ("127.0.0.1/32", "fd00::/8", "unix")
    assert any("X-Remote-User" in note for note in found.notes)


@pytest.mark.parametrize(
    ("url", "is_noted"),
    [
        ("http://crm.example.com", True),
        ("http://192.0.2.1:8080", True),
        ("https://crm.example.com", False),
        ("http://127.0.0.1:8080", False),
        ("http://localhost:8080", False),
        ("http://[::1]:8080", False),
    ],
)
def test_where_browsers_keep_no_sign_in_is_noted(tmp_path: Path, url: str, is_noted: bool) -> None:
    file = tmp_path / "jivod.toml"
    file.write_text(f'state_dir = "state"\npublic_url = "{url}"\n')
    found = load({"JIVOD_CONFIG": str(file)}, tmp_path, lambda: "s" * 32)
    assert any("nobody can sign in" in note for note in found.notes) is is_noted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("idle_hours = 0", "out of range"),
        ("absolute_days = 1000", "out of range"),
        ('trust_header = "X-Remote-User"', "without trust_from"),
        ('trust_header = "X-Remote-User"\ntrust_from = []', "without trust_from"),
        ('trust_from = ["127.0.0.1"]', "without trust_header"),
        ('trust_header = "X Y"\ntrust_from = ["127.0.0.1"]', "name of that header"),
        ('trust_header = "Cookie"\ntrust_from = ["127.0.0.1"]', "name of that header"),
        ('trust_header = "X-User"\ntrust_from = ["0.0.0.0/0"]', "believe everybody"),
        ('trust_header = "X-User"\ntrust_from = ["::/0"]', "believe everybody"),
        ('trust_header = "X-User"\ntrust_from = ["10.0.0.1/8"]', "no address"),
        ('trust_header = "X-User"\ntrust_from = ["proxy"]', "no address"),
        ('trust_header = "X-User"\ntrust_from = "127.0.0.1"', "list of texts"),
        ("idle_hour = 3", "did you mean"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadConfig, match=rf"jivod\.toml:\d.*{words}"):
        loaded(tmp_path, text)
