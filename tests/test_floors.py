"""The floors of the house: imports point down only. The contracts stand in pyproject.toml."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("cli", "config", "flow", "model", "policy", "service", "store", "strict", "web", "wire")
# In a process of its own: zope.interface, which pytest-twisted loads, makes classes answer dir() with names they lack.
LINT = (
    sys.executable,
    "-c",
    "from importlinter.cli import lint_imports_command as run; run()",
    "--no-logo",
    "--no-cache",
)


def lint(directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(LINT, cwd=directory, capture_output=True, text=True, check=False, timeout=60)


def test_every_import_keeps_to_its_floor():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Rooms with nothing in them but one module each, under the same contracts."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ROOMS:
        (tmp_path / "jivod" / room).mkdir(parents=True)
        (tmp_path / "jivod" / room / "__init__.py").write_text("")
        (tmp_path / "jivod" / room / "thing.py").write_text("")
    (tmp_path / "jivod" / "__init__.py").write_text("")
    (tmp_path / "jivod" / "store" / "lmdb").mkdir()
    (tmp_path / "jivod" / "store" / "lmdb" / "__init__.py").write_text("")
    (tmp_path / "jivod" / "store" / "lmdb" / "house.py").write_text("import lmdb\n")
    (tmp_path / "jivod" / "store" / "side.py").write_text("import sqlite3\n")
    (tmp_path / "jivod" / "web" / "thing.py").write_text("import klein, werkzeug, twisted, jivod.flow.thing\n")
    (tmp_path / "jivod" / "service" / "thing.py").write_text("import twisted.internet, jivod.web.thing\n")
    return tmp_path


def test_a_house_that_keeps_to_its_floors_passes(house):
    done = lint(house)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("model/thing.py", "import jivod.strict.thing", "Floors"),
        ("policy/thing.py", "import jivod.store.thing", "Floors"),
        ("flow/thing.py", "import jivod.web.thing", "Floors"),
        ("web/thing.py", "import jivod.service.thing", "Floors"),
        ("service/thing.py", "import jivod.cli.thing", "Floors"),
        ("cellar.py", "", "exhaustive"),
        ("store/thing.py", "import lmdb", "Only store.lmdb knows LMDB BROKEN"),
        ("store/thing.py", "import sqlite3", "Only store.side knows SQLite BROKEN"),
        ("service/thing.py", "import klein", "Only web knows Klein and Werkzeug BROKEN"),
        ("flow/thing.py", "import twisted.internet", "there is no Twisted BROKEN"),
        ("cli/thing.py", "import jivod.web.thing", "there is no Twisted BROKEN"),
    ],
)
def test_a_forbidden_import_is_found(house, module, line, contract):
    (house / "jivod" / module).write_text(line + "\n")
    done = lint(house)
    assert done.returncode != 0
    assert contract in done.stdout


def test_a_circle_inside_a_room_is_found(house):
    (house / "jivod" / "flow" / "one.py").write_text("import jivod.flow.thing\n")
    (house / "jivod" / "flow" / "thing.py").write_text("import jivod.flow.one\n")
    done = lint(house)
    assert "No cycles, neither between rooms nor inside them BROKEN" in done.stdout
