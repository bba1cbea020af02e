"""`jivod config check` reads the configuration as the daemon would."""

from __future__ import annotations


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
