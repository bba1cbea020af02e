"""`jivod config check` reads the configuration as the daemon would."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from tests.cli.conftest import CONFIG, Apart, Place

SECRET = 'secret = "abcdefghijklmnopqrstuvwxyz"'
THEM, THEIR_GROUP = 54321, 12345


def test_a_good_configuration_is_told_without_its_secret(bare):
    done = bare.run("config", "check")
    assert done.exit_code == 0
    assert "https://crm.example.com" in done.stdout
    assert "shop, account shop, region TR" in done.stdout
    assert "abcdefghij" not in done.stdout


def test_a_note_is_told(bare):
    bare.file.chmod(0o644)
    assert "note: " in bare.run("config", "check").stdout


def test_a_bad_one_ends_with_78(bare):
    bare.file.write_text("[limits]\ndeadline = 1000")
    done = bare.run("config", "check")
    assert done.exit_code == 78
    assert f"{bare.file}:2: deadline is out of range; choose between" in done.stderr


def test_json_holds_every_setting_but_no_secret(bare):
    told = bare.json("config", "check")
    assert told["channels"] == [{"name": "shop", "account": "shop", "region": "TR", "token_secret": False}]
    assert told["map_size"] == 67108864
    assert "abcdefghij" not in str(told)


def test_nothing_is_made_and_what_a_start_would_make_is_told(bare):
    bare.file.write_text('state_dir = "deep/state"\n[[channel]]\nname = "a"\n[[channel]]\nname = "b"\n')
    done = bare.run("config", "check")
    assert done.exit_code == 0, done.output
    assert f"note: the next start makes {bare.file.parent / 'deep' / 'state'}\n" in done.stdout
    assert "note: the next start makes a secret for the channel a\n" in done.stdout
    assert "note: the next start makes a secret for the channel b\n" in done.stdout
    assert list(bare.file.parent.iterdir()) == [bare.file]


def test_a_state_directory_is_left_as_it_is(bare):
    bare.state.mkdir()
    bare.state.chmod(0o755)
    done = bare.run("config", "check")
    assert f"note: the next start closes {bare.state} to all other users\n" in done.stdout
    assert bare.state.stat().st_mode & 0o777 == 0o755
    assert list(bare.state.iterdir()) == []


def test_what_is_there_needs_no_note(bare):
    bare.state.mkdir(mode=0o700)
    assert "note: " not in bare.run("config", "check").stdout
    assert bare.json("config", "check")["notes"] == []


def test_a_state_directory_that_could_not_be_made_is_a_fault(bare):
    (bare.file.parent / "state").write_text("")
    bare.file.write_text('\nstate_dir = "state/below"\n')
    done = bare.run("config", "check")
    assert done.exit_code == 78
    assert f"{bare.file}:2: state directory {bare.state / 'below'} cannot be made (Not a directory); " in done.stderr


def test_a_policy_that_a_start_would_refuse_is_a_fault(bare):
    policy = bare.file.parent / "policy.toml"
    bare.file.write_text('policy = "policy.toml"\n')
    policy.write_text("[identity]\ntoo_common = 1\n")
    done = bare.run("config", "check")
    assert (done.exit_code, done.stdout) == (78, "")
    assert f"{policy}:2: too_common " in done.stderr


def test_a_case_of_the_policy_that_does_not_hold_is_a_fault(bare):
    policy = bare.file.parent / "policy.toml"
    bare.file.write_text('policy = "policy.toml"\n')
    policy.write_text('[[case]]\nname = "one"\ngiven = [{ email = "a@example.com" }]\nexpected = { customers = 0 }\n')
    done = bare.run("config", "check")
    assert (done.exit_code, done.stdout) == (78, "")
    assert f'{policy}:1: the case "one": ' in done.stderr
    assert done.stderr.endswith("; mend this case, or remove it where you want the rules so\n")


@pytest.fixture
def theirs():
    """A configuration that root laid out as README does, and a state directory of another user."""
    if os.geteuid() != 0:
        pytest.skip("only root becomes another user")
    with tempfile.TemporaryDirectory() as name:
        place = Place(Path(name) / "jivod.toml")
        place.file.write_text(CONFIG.replace(SECRET, 'secret_file = "shop.secret"'))
        place.file.with_name("shop.secret").write_text("x" * 32)
        for path in (place.file.parent, place.file, place.file.with_name("shop.secret")):
            path.chmod(0o755 if path.is_dir() else 0o640)
            os.chown(path, 0, THEIR_GROUP)
        place.state.mkdir(mode=0o700)
        assert place.run("config", "check").exit_code == 0  # all is loaded: another user may not read this Python
        os.chown(place.state, THEM, THEIR_GROUP)
        apart = Apart(place.file, place.file.parent)
        done = apart.run("config", "check")
        assert done.exit_code == 0, done.output
        yield apart


def checked(place: Place) -> tuple[int, str]:
    """Exit code of `config check`, and all that it says."""
    done = place.run("config", "check")
    return done.exit_code, done.output


@pytest.mark.parametrize("name", ["jivod.toml", "shop.secret", "policy.toml"])
def test_root_is_told_what_the_daemon_may_not_read_and_how_it_may(theirs, name):
    policy = theirs.file.with_name("policy.toml")
    policy.write_text("")
    policy.chmod(0o640)
    os.chown(policy, 0, THEIR_GROUP)
    theirs.file.write_text('policy = "policy.toml"\n' + theirs.file.read_text())
    file = theirs.file.with_name(name)
    os.chown(file, 0, 0)
    code, told = checked(theirs)
    assert code == 78
    assert f"run as root: chgrp {THEIR_GROUP} {file}; chmod 640 {file}" in told
    os.chown(file, 0, THEIR_GROUP)
    file.chmod(0o640)
    assert checked(theirs)[0] == 0


def test_root_is_told_of_a_directory_that_the_daemon_may_not_enter(theirs):
    shut = theirs.file.with_name("shut")
    shut.mkdir(mode=0o700)
    (shut / "policy.toml").write_text("")
    theirs.file.write_text('policy = "shut/policy.toml"\n' + theirs.file.read_text())
    code, told = checked(theirs)
    assert code == 78
    assert f"{theirs.file}:1: the policy file {shut / 'policy.toml'} cannot be read (Permission denied); " in told
    assert f"run as root: chgrp {THEIR_GROUP} {shut}; chmod 750 {shut}, or keep the file elsewhere" in told


def test_root_is_told_of_a_secret_that_he_once_made_for_himself(theirs):
    theirs.file.write_text(theirs.file.read_text().replace('secret_file = "shop.secret"', ""))
    (theirs.state / "shop.secret").write_text("x" * 32)
    (theirs.state / "shop.secret").chmod(0o600)
    code, told = checked(theirs)
    assert (code, "shop.secret cannot be read (Permission denied)" in told) == (78, True)


ROWS = """
[[answer.row]]
title = "Balance"
content = "{{ lookup.balance | currency('EUR') }}"
when = "verified"
[[answer.row]]
content = "{{ 'VIP' if attributes.Plan == 'vip' }}"
[lookup]
url = "https://crm.example.com/{{ customer.email }}"
header_files = { Authorization = "crm.token" }
attributes = { balance = "account.balance" }
"""


def with_rows(bare, text=ROWS):
    token = bare.file.parent / "crm.token"
    token.write_text("Bearer of-the-crm")
    token.chmod(0o600)
    bare.file.write_text(bare.file.read_text() + text)
    return bare


def test_every_row_is_shown_as_it_may_look(bare):
    done = with_rows(bare).run("config", "check")
    assert done.exit_code == 0, done.output
    assert "  row 1           verified: Balance: €1,234.50\n" in done.stdout
    assert "  row 2           always: (nothing for the sample)\n" in done.stdout
    assert "  lookup          https://crm.example.com, deadline 0.8 s, cache 60.0 s\n" in done.stdout
    assert "is looked up by what anybody may have typed" in done.stdout
    assert "of-the-crm" not in done.stdout


def test_rows_as_json(bare):
    told = with_rows(bare).json("config", "check")
    assert [row["when"] for row in told["rows"]] == ["verified", "always"]
    assert told["rows"][0]["example"]["content"] == "€1,234.50"
    assert told["lookup"] == {"deadline": 0.8, "cache": 60.0}
    assert "of-the-crm" not in str(told)
    assert len(told["notes"]) == 2


def test_every_bad_row_is_named_with_its_line(bare):
    lines = bare.file.read_text().count("\n")
    text = ROWS.replace("currency('EUR')", "curency('EUR')").replace("attributes.Plan", "atributes.Plan")
    done = with_rows(bare, text).run("config", "check")
    assert (done.exit_code, done.stdout) == (78, "")
    first, second = done.stderr.splitlines()
    assert first.startswith(
        f"jivod: {bare.file}:{lines + 4}: content uses the filter 'curency', which is not known here"
    )
    assert second.startswith(
        f"jivod: {bare.file}:{lines + 7}: content names atributes, which there is not; did you mean"
    )
