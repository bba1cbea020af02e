"""The command as a whole: verbs are found, errors become sentences and exit codes, Twisted stays out."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from jivod.cli.main import VERBS, main
from jivod.model.errors import Damaged


def test_the_help_names_every_verb():
    done = CliRunner().invoke(main, ["--help"])
    assert done.exit_code == 0
    assert all(f"  {verb} " in done.stdout for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_can_explain_itself(verb):
    done = CliRunner().invoke(main, [verb, "--help"])
    assert done.exit_code == 0
    assert f"Usage: jivod {verb}" in done.stdout


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["find"], ["show"], ["url", "--wrong"], ["quarantine", "show", "x"]]
)
def test_wrong_usage_ends_with_2(arguments):
    assert CliRunner().invoke(main, arguments).exit_code == 2


def test_a_bad_configuration_ends_with_78_and_its_line(bare):
    bare.file.write_text("languge = 3")
    done = bare.run("url")
    assert done.exit_code == 78
    assert done.stderr == f"jivod: {bare.file}:1: unknown key 'languge'; did you mean 'language'?\n"


def test_a_missing_configuration_ends_with_78(tmp_path):
    done = CliRunner().invoke(main, ["--config", str(tmp_path / "none.toml"), "url"])
    assert done.exit_code == 78
    assert "there is no such file" in done.stderr


@pytest.mark.parametrize("arguments", [["find", "x"], ["show", "x"], ["check"], ["rebuild"], ["quarantine", "list"]])
def test_without_a_store_a_verb_says_how_to_get_one(bare, arguments):
    done = bare.run(*arguments)
    assert done.exit_code == 1
    assert "start the daemon first" in done.stderr
    assert not (bare.state / "data").exists()


def test_a_damaged_store_ends_with_65(place):
    data = place.state / "data" / "data.mdb"
    data.write_bytes(data.read_bytes()[:100])
    done = place.run("find", "x")
    assert done.exit_code == 65
    assert done.stderr.startswith("jivod: ")


def test_a_damaged_record_ends_with_65(place, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise Damaged("table customers: a record fails its checksum")

    monkeypatch.setattr("jivod.flow.query.find", broken)
    assert place.run("find", "x").exit_code == 65


def test_the_variable_names_the_configuration_too(bare):
    done = CliRunner(env={"JIVOD_CONFIG": str(bare.file)}).invoke(main, ["url"])
    assert done.stdout == "https://crm.example.com/jivo/abcdefghijklmnopqrstuvwxyz\n"


def test_the_command_runs_as_a_module_and_never_imports_twisted(place):
    code = (
        "import sys; from jivod.cli.main import main\n"
        "main(sys.argv[1:], standalone_mode=False)\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] in ('twisted', 'klein', 'zope')]"
    )
    arguments = ("--config", str(place.file), "find", "kaya")
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "Mehmet Kaya" in done.stdout


def test_text_that_the_terminal_cannot_show_is_escaped(place):
    environ = {"PATH": "/usr/bin", "PYTHONIOENCODING": "latin-1", "JIVOD_CONFIG": str(place.file)}
    done = subprocess.run(
        [sys.executable, "-m", "jivod", "find", "demir"], capture_output=True, env=environ, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert b"Ay\\u015fe" in done.stdout
