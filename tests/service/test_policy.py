"""The policy file as the daemon takes it: whole, tried out, or refused with file, line and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from jivod.flow import regime
from jivod.model.errors import BadConfig
from jivod.policy.rules import DEFAULT
from jivod.service.policy import Policy, read

SHIPPED = Path(__file__).parents[2] / "etc" / "policy.toml"
FAILING = """
[identity]
too_common = 2

[[case]]
name = "Ayşe is one person"
given = [{ email = "ayse@example.com" }, { email = "mehmet@example.com" }]
expected = { customers = 1 }

[[case]]
name = "She is not two"
given = [{ email = "ayse@example.com" }]
expected = { customers = 1 }
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


def refusal(file: Path, text: str) -> list[str]:
    file.write_text(text, "utf-8")
    with pytest.raises(BadConfig) as caught:
        read(file)
    return str(caught.value).splitlines()


def test_without_a_file_the_built_in_policy_decides() -> None:
    assert read(None) == Policy(text=regime.BUILT_IN, rules=DEFAULT)


def test_the_shipped_file_says_what_is_built_in_and_its_cases_hold() -> None:
    policy = read(SHIPPED)
    assert (policy.rules, policy.differs, policy.warnings) == (DEFAULT, 0, 0)


def test_the_text_is_what_a_rebuild_will_read(file: Path) -> None:
    file.write_bytes("\ufeff[identity]\r\ntoo_common = 9\r\n".encode())
    policy = read(file)
    assert policy.rules == regime.rules_of(policy.text)
    assert (policy.rules.too_common, policy.differs, policy.warnings) == (9, 1, 1)


def test_every_fault_is_named_with_its_line(file: Path) -> None:
    first, second = refusal(file, '[identity]\ntoo_commn = 3\non_conflict = "ask"\n')
    assert first.startswith(f"{file}:2: unknown key 'too_commn'; did you mean 'too_common'?")
    assert second.startswith(f"{file}:3: on_conflict cannot be 'ask'")


def test_a_file_that_is_not_there_is_named(file: Path) -> None:
    with pytest.raises(BadConfig, match=r"policy\.toml:1: there is no such file"):
        read(file)


def test_a_case_that_does_not_come_out_is_named_without_what_it_says(file: Path) -> None:
    (line,) = refusal(file, FAILING)
    assert line.startswith(f"{file}:5: this [[case]] does not come out as expected; ")
    assert line.endswith(f"jivod policy check {file}")
    assert "Ayşe" not in line


def test_whoever_wants_other_rules_is_told_what_to_do_with_the_cases_that_are_shipped(file: Path) -> None:
    lines = refusal(file, SHIPPED.read_text("utf-8").replace('unverified = "find"', 'unverified = "claim"'))
    assert len(lines) == 6  # as README.md says
    assert all("; mend this case, or remove it where you want the rules so; " in line for line in lines)


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ('[blocked]\nemails = ["deniz@aksoy@example.com"]', "aksoy"),
        ('[blocked]\nemails = ["Deniz.Aksoy@example.com "]', "Deniz"),
        ('[blocked]\nphones = ["0532 000 00 17"]', "0532"),
        ('[blocked]\nphones = ["tel. (0532) 000-00-17"]', "0532"),
        ('[blocked]\nphones = ["00905320000017"]', "905320000017"),
    ],
)
def test_what_will_be_logged_repeats_no_e_mail_and_no_phone(file: Path, text: str, private: str) -> None:
    lines = refusal(file, text)
    assert all(line.startswith(f"{file}:2: ") for line in lines)
    assert private not in "\n".join(line.removeprefix(str(file)) for line in lines)


def test_numbers_that_nobody_can_be_reached_by_stay_legible(file: Path) -> None:
    (line,) = refusal(file, "[identity]\ntoken_max_age = 0")
    assert line.startswith(f"{file}:2: token_max_age = 0 is out of range; choose between 1 and 3162")


def test_the_name_of_the_file_stays_legible(tmp_path: Path) -> None:
    (line,) = refusal(tmp_path / "policy@20260101.toml", "x = 1")
    assert line.startswith(f"{tmp_path}/policy@20260101.toml:1: ")
