"""`jivod rebuild` makes the same store again; `jivod check` finds what does not fit."""

from __future__ import annotations

import pytest

from jivod.store import lock
from jivod.store.lmdb import open_engine
from jivod.store.tables import CUSTOMER_KEYS


def spoil(place) -> None:
    """Take one index entry away."""
    engine = open_engine(place.state / "data", 1 << 26)
    (key, _), *_ = engine.read(lambda txn: list(txn.range(CUSTOMER_KEYS)))
    engine.write([lambda txn: txn.delete(CUSTOMER_KEYS, key)])
    engine.close()


def names(place) -> set[str]:
    return {path.name for path in place.state.iterdir() if path.is_dir()}


def test_verify_finds_no_difference_and_leaves_nothing_behind(place):
    done = place.run("rebuild", "--verify")
    assert done.exit_code == 0
    assert done.stdout == "13 journal entries folded, no difference\n"
    assert names(place) == {"data"}


def test_verify_works_while_the_daemon_runs(place):
    held = lock.hold(place.state)
    assert place.run("rebuild", "--verify").exit_code == 0
    held.release()


def test_verify_finds_a_difference_and_changes_nothing(place):
    spoil(place)
    for _ in range(2):
        done = place.run("rebuild", "--verify", "--json")
        assert done.exit_code == 1
        assert '"table": "customer_keys"' in done.stdout
    assert "differs from its journal" in place.run("rebuild", "--verify").stdout


def test_rebuild_mends_the_store_and_keeps_the_old_one(place):
    before = place.json("find", "kaya")
    spoil(place)
    assert place.run("rebuild").exit_code == 0
    assert place.run("rebuild", "--verify").exit_code == 0
    assert place.json("find", "kaya") == before
    assert names(place) == {"data", "data.before-rebuild"}


def test_rebuild_may_be_done_again(place):
    assert place.json("rebuild") == {"entries": 13, "differences": []}
    assert place.run("rebuild").exit_code == 0
    assert names(place) == {"data", "data.before-rebuild"}


def test_rebuild_keeps_what_no_journal_tells(place):
    place.fill(b"nonsense")
    before = place.json("quarantine", "list")
    assert place.run("rebuild").exit_code == 0
    assert place.json("quarantine", "list") == before
    place.fill(b"more nonsense")
    assert [item["number"] for item in place.json("quarantine", "list")] == [1, 2]


def test_rebuild_refuses_while_the_daemon_runs(place):
    held = lock.hold(place.state)
    done = place.run("rebuild")
    held.release()
    assert done.exit_code == 1
    assert "in use by pid" in done.stderr
    assert "; stop the daemon first (systemctl stop jivod), or use --verify" in done.stderr
    assert names(place) == {"data"}


def test_a_rebuild_that_fails_leaves_the_store_as_it_was(place, monkeypatch):
    monkeypatch.setattr("jivod.cli.rebuild._carry_over", lambda *_: 1 / 0)
    assert isinstance(place.run("rebuild").exception, ZeroDivisionError)
    monkeypatch.undo()
    assert place.run("rebuild", "--verify").exit_code == 0
    assert place.run("rebuild").exit_code == 0


def test_check_finds_no_fault_in_a_good_store(place):
    done = place.run("check")
    assert done.exit_code == 0, done.output
    assert done.stdout == "13 journal entries, no fault\n"
    assert place.json("check") == {"entries": 13, "findings": []}


@pytest.mark.parametrize("arguments", [["check"], ["check", "--json"]])
def test_check_finds_a_missing_index_entry(place, arguments):
    spoil(place)
    done = place.run(*arguments)
    assert done.exit_code == 1
    assert "customer_keys" in done.stdout
