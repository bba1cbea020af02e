"""`jivod quarantine`: what could not be read is listed, shown and tried again."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from jivod.cli.main import main
from jivod.wire import jivo

GOOD = {"event_name": "chat_accepted", "widget_id": "w", "chat_id": 1, "visitor": {"email": "kemal@example.com"}}


@pytest.fixture
def place(bare):
    bare.fill(b"\x1bnonsense", b'{"x": 1}')
    return bare


def test_the_list_names_each_with_its_fault(place):
    lines = place.run("quarantine", "list").stdout.splitlines()
    assert lines[0].split()[0] == "1"
    assert "9 bytes" in lines[0]
    assert "event_name" in lines[1]
    assert lines[2] == "2 listed"


def test_the_list_pages(place):
    assert [item["number"] for item in place.json("quarantine", "list", "--after", "1")] == [2]
    assert [item["number"] for item in place.json("quarantine", "list", "--limit", "1")] == [1]


def test_the_list_never_shows_a_body(place):
    assert "body" not in place.json("quarantine", "list")[0]


def test_a_body_is_shown_as_it_came_but_harmless(place):
    done = place.run("quarantine", "show", "1")
    assert "\\x1bnonsense" in done.stdout
    assert place.json("quarantine", "show", "1")["body"] == "\x1bnonsense"


def test_an_unknown_number_is_refused(place):
    for verb in ("show", "retry"):
        done = place.run("quarantine", verb, "7")
        assert done.exit_code == 1
        assert "quarantine list" in done.stderr


def test_what_still_cannot_be_read_stays(place):
    done = place.run("quarantine", "retry", "--all")
    assert done.exit_code == 1
    assert len(place.json("quarantine", "list")) == 2


def test_what_can_be_read_now_becomes_history(place, monkeypatch):
    read = jivo.read
    monkeypatch.setattr(jivo, "read", lambda body: read(json.dumps(GOOD).encode() if body == b'{"x": 1}' else body))
    done = place.run("quarantine", "retry", "--all", "--json")
    assert done.exit_code == 1
    first, second = json.loads(done.stdout)
    assert first["error"]["code"]
    assert second["seq"] == 1
    assert [item["number"] for item in place.json("quarantine", "list")] == [1]
    assert place.json("find", "kemal@example.com")[0]["id"] == second["customer"]


def test_a_retry_that_works_says_what_became_of_it(place, monkeypatch):
    read = jivo.read
    monkeypatch.setattr(jivo, "read", lambda body: read(json.dumps(GOOD).encode()))
    done = place.run("quarantine", "retry", "2")
    assert done.exit_code == 0
    assert "entry 1, customer " in done.stdout


@pytest.mark.parametrize("arguments", [[], ["1", "--all"]])
def test_either_numbers_or_all(place, arguments):
    assert CliRunner().invoke(main, ["--config", str(place.file), "quarantine", "retry", *arguments]).exit_code == 2
