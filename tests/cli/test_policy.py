"""`jivod policy check`: a policy file is explained, its cases are played, its faults are named with their lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jivod.cli.main import main

SHIPPED = Path(__file__).parents[2] / "etc" / "policy.toml"
GOOD = """\
[identity]
kinds = ["verified_token", "token", "phone", "email", "visitor"]
too_common = 3

[[case]]
name = "a phone decides before an e-mail"
given = [{ email = "a@example.com", phone = "+905320000031" }, { email = "b@example.com", phone = "+905320000031" }]
expected = { customers = 1 }
"""


def check(file: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["policy", "check", str(file), *options])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(GOOD)
    return path


def test_the_policy_that_is_shipped_holds_and_is_the_default() -> None:
    done = check(SHIPPED)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("No rule differs from the default.\n")
    assert done.stdout.endswith("cases, all as expected\n")


def test_every_rule_that_differs_is_a_sentence(file: Path) -> None:
    lines = check(file).stdout.splitlines()
    assert lines[:2] == [
        "A phone decides before an e-mail.",
        "A key known with 3 customers or more no longer decides (default 5).",
    ]
    assert lines[-1] == "1 case, all as expected"


def test_a_case_that_does_not_hold_is_named_with_its_line(file: Path) -> None:
    file.write_text(GOOD.replace("customers = 1", "customers = 2"))
    done = check(file)
    assert done.exit_code == 1
    assert f'{file}:5: the case "a phone decides before an e-mail": row 2: expected 2 customers' in done.stdout
    assert "mend those that differ, or remove them where you want the rules so." in done.stdout
    assert done.stdout.endswith("1 case, 1 not as expected\n")


def test_json_tells_the_same(file: Path) -> None:
    done = json.loads(check(file, "--json").stdout)
    assert set(done) == {"file", "rules", "warnings", "cases"}
    assert (done["file"], len(done["rules"]), done["warnings"]) == (str(file), 2, [])
    assert done["cases"] == [{"name": "a phone decides before an e-mail", "line": 5, "differs": []}]
    file.write_text(GOOD.replace("customers = 1", "customers = 2"))
    failed = check(file, "--json")
    assert failed.exit_code == 1
    assert len(json.loads(failed.stdout)["cases"][0]["differs"]) == 1


def test_what_may_surprise_is_a_warning(tmp_path: Path) -> None:
    bare = tmp_path / "bare.toml"
    bare.write_text("")
    done = check(bare)
    assert done.exit_code == 0
    assert f"warning: {bare}:1: there is no [[case]]" in done.stdout
    assert "there is no [[case]]" in json.loads(check(bare, "--json").stdout)["warnings"][0]


@pytest.mark.parametrize("text", ["[identity]\ntoo_comon = 3\n", "[identity\n"])
def test_a_bad_file_ends_with_78_and_its_line(file: Path, text: str) -> None:
    file.write_text(text)
    done = check(file)
    assert (done.exit_code, done.stdout) == (78, "")
    assert done.stderr.startswith(f"jivod: {file}:")


def test_a_missing_file_ends_with_78(tmp_path: Path) -> None:
    done = check(tmp_path / "none.toml")
    assert done.exit_code == 78
    assert "there is no such file" in done.stderr


def test_it_needs_no_configuration_and_makes_nothing(file: Path) -> None:
    done = CliRunner().invoke(main, ["--config", str(file.parent / "none.toml"), "policy", "check", str(file)])
    assert done.exit_code == 0
    assert [path.name for path in file.parent.iterdir()] == ["policy.toml"]
