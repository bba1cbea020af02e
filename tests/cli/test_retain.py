"""`jivod retain`: tells what is too old, and lets it go when it is told so; then nowhere is a byte of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from jivod.cli import retain as verb
from jivod.cli.deed import write
from jivod.cli.main import VERBS
from jivod.cli.renewal import Renewal
from jivod.flow import retention as flow
from jivod.model.retention import Rule
from jivod.store import lock
from tests.cli.conftest import CONFIG, RUN, Place, accepted

NOW = (RUN + 3 * 366 * 86_400) * 1000  # UNIX ms, three years after what is in the store
CONTENT = (b"words-of-the-visitor", b"page-of-the-visitor", b"203.0.113.77")
RULE = "[retention]\nchats_months = 24\nquarantine_days = 90\n"
FINISHED: dict[str, Any] = {
    "event_name": "chat_finished",
    "chat_id": 1,
    "visitor": {"number": 1, "email": "a@example.com"},
    "chat": {"messages": [{"type": "visitor", "message": "words-of-the-visitor"}], "rate": "positive"},
    "page": {"url": "https://example.com/page-of-the-visitor"},
    "session": {"ip_addr": "203.0.113.77"},
}


@pytest.fixture
def shop(bare: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Two conversations of three entries, and a broken body, three years ago."""
    bare.fill(
        accepted(1, number="1", email="a@example.com"),
        FINISHED,
        accepted(2, number="2", email="b@example.com"),
        b'{"event_name":"chat_accepted","x":"words-of-the-visitor',
    )
    bare.file.write_text(CONFIG + RULE)
    monkeypatch.setattr(verb, "now", lambda: NOW)
    return bare


def traces(directory: Path) -> list[str]:
    """The files in which there is any of the content."""
    files = [path for path in directory.rglob("*") if path.is_file()]
    return [path.name for path in files if any(word in path.read_bytes() for word in CONTENT)]


def test_without_a_word_more_it_only_tells(shop: Place) -> None:
    before = shop.rows()
    done = shop.run("retain")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[:2] == [
        "month    account  conversations  entries",
        "2026-09  shop                 2        3",
    ]
    assert "3 of 3 journal entries (100 %) would lose their content" in done.stdout
    assert "1 in quarantine, older than 90 days, would be dropped." in done.stdout
    assert "Nothing was changed." in done.stdout and "`jivod retain --yes` does that" in done.stdout
    assert shop.run("retain", "--dry-run").stdout == done.stdout
    assert shop.rows() == before


def test_with_yes_it_goes_from_every_face_beside_the_daemon(shop: Place) -> None:
    card = shop.json("show", "--why", shop.id("a@example.com"))
    held = lock.hold(shop.state)
    done = shop.run("retain", "--yes", "--by", "kemal")
    held.release()
    assert done.exit_code == 0, done.output
    assert "3 of 4 journal entries (75 %) lost their content" in done.stdout
    assert "Confirmed. The daemon does this each day after 3:00." in done.stdout
    assert shop.json("show", "--why", card["id"]) == card
    whole = shop.json("show", card["id"], "--chat", "1")
    assert (whole["emptied"], whole["rate"], whole["visits"][0]["url"]) == (True, "positive", None)
    assert "(no longer kept)" in shop.run("show", card["id"], "--chat", "1").stdout
    exported = [shop.run("export", *how).stdout_bytes for how in ((), ("--person", card["id"]))]
    assert all(out and not any(word in out for word in CONTENT) for out in exported)
    assert shop.run("check").exit_code == 0
    assert shop.run("rebuild", "--verify").exit_code == 0
    assert shop.json("quarantine", "list") == []


def test_what_goes_while_the_store_is_made_anew_does_not_come_back(
    shop: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = Renewal._come_near

    def let_go(new: Renewal) -> None:  # as the daemon does it; all was folded once
        turn = new.live.read(partial(flow.due, after=0, before=NOW, now=NOW))
        assert turn is not None
        write(new.live, partial(flow.confirm, rule=Rule(chats_months=24), by="kemal", at=NOW))
        assert write(new.live, partial(flow.take_turn, turn=turn, months=24, at=NOW)) == 3
        write(new.live, partial(flow.tidy, rule=Rule(quarantine_days=90), now=NOW))
        near(new)

    monkeypatch.setattr(Renewal, "_come_near", let_go)
    assert shop.run("rebuild").exit_code == 0
    assert not any(word in row for rows in shop.rows().values() for _, row in rows for word in CONTENT)
    assert shop.run("check").exit_code == shop.run("rebuild", "--verify").exit_code == 0


def test_after_a_rebuild_no_byte_is_left_in_the_store(shop: Place) -> None:
    assert shop.run("retain", "--yes").exit_code == 0
    assert shop.run("rebuild").exit_code == 0
    assert traces(shop.state / "data") == []
    done = shop.run("retain")
    assert "These copies in the state directory still hold what went: data.before-rebuild." in done.stdout
    shutil.rmtree(shop.state / "data.before-rebuild")
    assert traces(shop.state) == []
    assert "These copies" not in shop.run("retain").stdout


def test_a_tail_lets_go_again_what_went_and_an_older_backup_does_not(shop: Place) -> None:
    shelf = shop.file.parent / "backups"
    assert shop.run("backup", str(shelf)).exit_code == 0
    assert shop.run("retain", "--yes", "--by", "kemal").exit_code == 0
    assert shop.run("backup", str(shelf), "--tail").exit_code == 0
    rows = shop.rows()
    shutil.rmtree(shop.state)
    assert shop.run("restore", str(shelf)).exit_code == 0
    assert shop.rows() == rows
    (older,) = [path for path in shelf.iterdir() if "tail" not in path.name]
    done = shop.run("restore", str(older), "--force")
    assert done.exit_code == 0 and shop.json("retain")["entries"] == 3


def test_json_tells_the_same(shop: Place) -> None:
    told = shop.json("retain")
    row = {"month": "2026-09", "account": "shop", "conversations": 2, "entries": 3}
    assert (told["done"], told["entries"], told["of"], told["months"]) == (False, 3, 3, [row])
    assert (told["rule"], told["confirmed"]) == ({"chats_months": 24, "quarantine_days": 90}, None)
    done = shop.json("retain", "--yes", "--by", "kemal")
    assert (done["done"], done["months"], done["quarantined"]) == (True, [row], 1)
    assert done["confirmed"] == {"rule": done["rule"], "by": "kemal", "at": NOW}
    assert shop.json("retain")["entries"] == 0


def test_a_stricter_rule_than_was_confirmed_says_which_one_is_in_force(shop: Place) -> None:
    assert shop.run("retain", "--yes", "--by", "kemal").exit_code == 0
    assert "kemal confirmed this rule on " in shop.run("retain").stdout
    shop.file.write_text(CONFIG + RULE.replace("24", "2"))
    told = shop.run("retain").stdout
    assert "Confirmed so far, by kemal on " in told and ": 24 months and 90 days in quarantine." in told


def test_what_cannot_be_is_refused(shop: Place) -> None:
    assert shop.run("retain", "--yes", "--dry-run").exit_code == 2
    assert "needs the name" in shop.refused("retain", "--yes", "--by", " ")
    shop.file.write_text(CONFIG)
    assert "there is no rule: set chats_months" in shop.refused("retain")
    shop.file.write_text(CONFIG + "[retention]\nchats_months = 0\n")
    done = shop.run("retain")
    assert done.exit_code == 78 and "chats_months is out of range; choose between 1 and 240" in done.stderr


def test_the_command_itself_with_young_conversations(shop: Place) -> None:
    command = [sys.executable, "-m", "jivod", "--config", str(shop.file), "retain", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["entries"] == 0
    assert "retain" in VERBS
