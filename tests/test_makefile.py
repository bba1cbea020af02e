"""`make install` after a `git pull`: what has changed is installed and compiled, and nothing else is done."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from attrs import frozen

ROOT = Path(__file__).parents[1]
PYTHON = """\
#!/bin/sh
case "$*" in
  "-m pip "*) echo "$@" >> "$0.pip" ;;
  *) exec {python} "$@" ;;
esac
"""


@frozen
class Checkout:
    """A directory with the Makefile, a small package, and a venv whose pip only notes that it was called."""

    home: Path

    @property
    def python(self) -> Path:
        return self.home / "venv" / "bin" / "python"

    def install(self) -> int:
        """How often pip was called."""
        return len(self.pip())

    def pip(self, *said: str) -> list[str]:
        """What pip was called with, where `make install` is told so."""
        log = self.python.with_name("python.pip")
        log.write_text("")
        subprocess.run(["make", "-s", "install", "VENV=venv", *said], cwd=self.home, check=True, timeout=60)
        return log.read_text().splitlines()

    def age(self) -> None:
        """All that is there becomes a minute older, so that whatever is written now is newer."""
        for path in self.home.rglob("*"):
            then = path.stat().st_mtime - 60
            os.utime(path, (then, then))

    def compiled(self) -> bytes:
        (found,) = self.home.glob("jivod/__pycache__/module.*.pyc")
        return found.read_bytes()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path)
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "jivod").mkdir()
    (tmp_path / "jivod" / "module.py").write_text("OLD = 1\n")
    made.python.parent.mkdir(parents=True)
    made.python.write_text(PYTHON.format(python=sys.executable))
    made.python.chmod(0o755)
    made.age()
    assert made.install() == 1
    made.age()
    return made


def test_where_nothing_changed_nothing_is_installed(checkout: Checkout) -> None:
    assert checkout.install() == 0


def test_changed_code_is_compiled_and_nothing_installed(checkout: Checkout) -> None:
    (checkout.home / "jivod" / "module.py").write_text("NEW = 2\n")
    assert checkout.install() == 0
    assert b"NEW" in checkout.compiled()


def test_other_dependencies_are_installed_once(checkout: Checkout) -> None:
    just_now = time.time() - 30
    os.utime(checkout.home / "pyproject.toml", (just_now, just_now))
    assert checkout.install() == 1
    assert checkout.install() == 0


def test_by_the_lock_nothing_is_installed_that_is_not_in_it(checkout: Checkout) -> None:
    (checkout.home / "etc").mkdir()
    (checkout.home / "etc" / "requirements.lock").write_text("")
    first, second = checkout.pip("LOCKED=1")
    assert "--require-hashes --requirement etc/requirements.lock" in first
    assert "--no-deps --editable ." in second
    assert checkout.pip("LOCKED=1") == []
