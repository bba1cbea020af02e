"""`jivod rebuild` makes the same store again; `jivod check` finds what does not fit."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jivod.cli.main import main
from jivod.cli.renewal import Renewal
from jivod.flow import regime
from jivod.model.entry import Origin
from jivod.model.errors import BadConfig, StoreFailed
from jivod.store import journal, lock, policies, quarantine
from jivod.store.lmdb import open_engine
from jivod.store.tables import CUSTOMER_KEYS
from jivod.strict import source
from tests.cli.conftest import Place, accepted
from tests.cli.test_erase import came


def spoil(place: Place) -> None:
    """Take one index entry away."""
    engine = open_engine(place.state / "data", 1 << 26)
    (key, _), *_ = engine.read(lambda txn: list(txn.range(CUSTOMER_KEYS)))
    engine.write([lambda txn: txn.delete(CUSTOMER_KEYS, key)])
    engine.close()


def names(place: Place) -> set[str]:
    return {path.name for path in place.state.iterdir() if path.is_dir()} - {"audit"}


def test_verify_finds_no_difference_and_leaves_nothing_behind(place: Place) -> None:
    done = place.run("rebuild", "--verify")
    assert done.exit_code == 0
    assert done.stdout == "13 journal entries folded, no difference\n"
    assert names(place) == {"data"}


def test_verify_works_while_the_daemon_runs(place: Place) -> None:
    held = lock.hold(place.state)
    assert place.run("rebuild", "--verify").exit_code == 0
    held.release()


def test_verify_finds_a_difference_and_changes_nothing(place: Place) -> None:
    spoil(place)
    for _ in range(2):
        done = place.run("rebuild", "--verify", "--json")
        assert done.exit_code == 1
        assert '"table": "customer_keys"' in done.stdout
    assert "differs from its journal" in place.run("rebuild", "--verify").stdout


def test_rebuild_mends_the_store_and_keeps_the_old_one(place: Place) -> None:
    before = place.json("find", "kaya")
    spoil(place)
    assert place.run("rebuild").exit_code == 0
    assert place.run("rebuild", "--verify").exit_code == 0
    assert place.json("find", "kaya") == before
    assert names(place) == {"data", "data.before-rebuild"}


def test_rebuild_may_be_done_again(place: Place) -> None:
    assert place.json("rebuild") == {"entries": 13, "differences": []}
    assert place.run("rebuild").exit_code == 0
    assert names(place) == {"data", "data.before-rebuild"}


def test_rebuild_keeps_what_no_journal_tells(place: Place) -> None:
    place.fill(b"nonsense")
    before = place.json("quarantine", "list")
    assert place.run("rebuild").exit_code == 0
    assert place.json("quarantine", "list") == before
    place.fill(b"more nonsense")
    assert [item["number"] for item in place.json("quarantine", "list")] == [1, 2]


def test_rebuild_refuses_while_the_daemon_runs(place: Place) -> None:
    held = lock.hold(place.state)
    done = place.run("rebuild")
    held.release()
    assert done.exit_code == 1
    assert "in use by pid" in done.stderr
    assert "; stop the daemon first (systemctl stop jivod), or use --verify" in done.stderr
    assert names(place) == {"data"}


def test_a_rebuild_that_fails_leaves_the_store_as_it_was(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jivod.cli.renewal.carry_over", lambda *_, **__: 1 / 0)
    assert isinstance(place.run("rebuild").exception, ZeroDivisionError)
    monkeypatch.undo()
    assert place.run("rebuild", "--verify").exit_code == 0
    assert place.run("rebuild").exit_code == 0


def test_check_finds_no_fault_in_a_good_store(place: Place) -> None:
    done = place.run("check")
    assert done.exit_code == 0, done.output
    assert done.stdout == "13 journal entries, no fault\n"
    assert place.json("check") == {"entries": 13, "findings": []}


@pytest.mark.parametrize("arguments", [["check"], ["check", "--json"]])
def test_check_finds_a_missing_index_entry(place: Place, arguments: list[str]) -> None:
    spoil(place)
    done = place.run(*arguments)
    assert done.exit_code == 1
    assert "customer_keys" in done.stdout
    assert "Finding(" not in done.stdout


# Under another policy

PHONE_FIRST = '[identity]\nkinds = ["verified_token", "token", "phone", "email", "visitor"]\n'
OLD = "# as it was\n"


@pytest.fixture
def shop(bare: Place) -> Place:
    """Two customers with one phone, and a configuration that names a policy."""
    bare.fill(
        accepted(1, email="ayse@example.com", phone="+905320000031", name="Ayşe"),
        accepted(2, email="deniz@example.com", phone="+905320000031", name="Deniz"),
    )
    bare.file.write_text('policy = "policy.toml"\n' + bare.file.read_text())
    configured(bare).write_text(OLD)
    new(bare).write_text(PHONE_FIRST)
    return bare


def configured(place: Place) -> Path:
    return place.file.parent / "policy.toml"


def new(place: Place) -> Path:
    return place.file.parent / "new.toml"


def before(place: Place) -> Path:
    return place.file.parent / "policy.toml.before"


def switch(place: Place, *options: str, answer: str = "") -> Result:
    arguments = ["--config", str(place.file), "rebuild", "--policy", str(new(place)), *options]
    return CliRunner().invoke(main, arguments, input=answer)


def test_another_policy_is_taken_into_use_after_a_report_and_a_yes(shop: Place) -> None:
    ayse, deniz = shop.id("ayse@example.com"), shop.id("deniz@example.com")
    done = switch(shop, answer="y\n")
    assert done.exit_code == 0, done.output
    assert "1  group of customers would be one customer each\n" in done.stdout
    assert "Take this policy into use? [y/N]: y\n" in done.stdout
    assert (shop.id("ayse@example.com"), shop.id("deniz@example.com")) == (ayse, ayse)
    assert shop.json("show", deniz)["id"] == ayse
    assert configured(shop).read_text() == PHONE_FIRST
    assert before(shop).read_text() == OLD
    assert names(shop) == {"data", "data.before-rebuild"}
    assert shop.read(policies.listed) == [(1, PHONE_FIRST)]
    assert shop.run("rebuild", "--verify").stdout == "2 journal entries folded, no difference\n"
    assert shop.run("check").exit_code == 0


def test_a_start_of_the_daemon_finds_store_and_file_in_agreement(shop: Place) -> None:
    assert switch(shop, "--yes").exit_code == 0
    shop.write(lambda txn: regime.adopt(txn, source.read(configured(shop), BadConfig).text))
    assert shop.read(policies.listed) == [(1, PHONE_FIRST)]


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_without_a_yes_nothing_is_changed(shop: Place, answer: str) -> None:
    rows = shop.rows()
    assert switch(shop, answer=answer).exit_code == 1
    assert shop.rows() == rows
    assert configured(shop).read_text() == OLD
    assert not before(shop).exists()
    assert names(shop) == {"data"}


def test_nobody_there_to_answer_is_told_to_say_yes(shop: Place) -> None:
    done = switch(shop)
    assert done.stderr.endswith("jivod: nobody answered, and nothing was changed; say --yes to be asked nothing\n")
    assert "Aborted" not in done.output


def test_a_policy_that_changes_no_customer_is_taken_into_use_and_that_is_told(shop: Place) -> None:
    new(shop).write_text("[identity]\ntoo_common = 4\n")
    done = switch(shop, "--yes")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "2 journal entries folded, nothing would change for the customers there are",
        "",
        "The whole history is decided by this policy now.",
    ]
    assert shop.read(policies.listed) == [(1, new(shop).read_text())]


def test_where_the_configuration_names_no_file_the_line_to_write_is_told(shop: Place) -> None:
    shop.file.write_text(shop.file.read_text().removeprefix('policy = "policy.toml"\n'))
    done = switch(shop, "--yes")
    assert done.exit_code == 0
    assert f'let the configuration say: policy = "{new(shop)}"\n' in done.stderr
    assert configured(shop).read_text() == OLD


def test_the_configured_file_itself_may_be_taken_into_use(shop: Place) -> None:
    configured(shop).write_text(PHONE_FIRST)
    assert shop.run("rebuild", "--policy", str(configured(shop)), "--yes").exit_code == 0
    assert shop.read(policies.listed) == [(1, PHONE_FIRST)]
    assert not before(shop).exists()


def test_a_file_that_may_not_be_written_is_named_before_anything_is_done(
    shop: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != shop.file.parent and asked(path, mode))
    rows = shop.rows()
    done = switch(shop, "--yes")
    assert done.exit_code == 1
    assert f"may not write {configured(shop)}" in done.stderr
    assert done.stdout == ""
    assert shop.rows() == rows


@pytest.mark.parametrize("fault", ["seal", "exchange"])
def test_a_switch_that_fails_leaves_store_and_file_as_they_were(
    shop: Place, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    def fail(*_: object) -> None:
        raise StoreFailed("the disk is broken")

    places = {"seal": "jivod.store.lmdb.ScratchEngine.seal", "exchange": "jivod.cli.swap.exchange"}
    monkeypatch.setattr(places[fault], fail)
    rows = shop.rows()
    assert switch(shop, "--yes").exit_code == 1
    assert shop.rows() == rows
    assert configured(shop).read_text() == OLD
    assert names(shop) == {"data"}


def test_nothing_is_lost_that_was_decided_meanwhile(shop: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    near = Renewal._come_near

    def write(new: Renewal) -> None:
        origin = Origin(channel="shop", account="shop")
        new.live.write([lambda txn: journal.append(txn, received_at=1, origin=origin, body=b"{}")])
        near(new)

    monkeypatch.setattr(Renewal, "_come_near", write)
    done = switch(shop, "--yes")
    assert done.exit_code == 1
    assert "nothing was changed; do this again" in done.stderr
    assert configured(shop).read_text() == OLD
    assert shop.read(journal.last) == 3


def test_a_policy_that_is_adopted_meanwhile_decides_from_its_entry_on(
    shop: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, was_done = Renewal._come_near, []

    def adopt(new: Renewal) -> None:
        if not was_done:
            was_done.append(True)
            new.live.write([lambda txn: regime.adopt(txn, PHONE_FIRST)])
            new.live.write([came(3, email="elif@example.com", phone="+905320000031")])
        near(new)

    monkeypatch.setattr(Renewal, "_come_near", adopt)
    assert shop.run("rebuild").exit_code == 0
    assert shop.read(policies.listed) == [(3, PHONE_FIRST)]
    assert shop.run("rebuild", "--verify").stdout == "3 journal entries folded, no difference\n"
    assert shop.run("check").exit_code == 0


def test_what_comes_in_and_what_goes_meanwhile_is_in_the_new_store(
    shop: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.fill(b"nonsense", b"more nonsense")
    near, shown = Renewal._come_near, shop.rows()

    def change(new: Renewal) -> None:
        near(new)
        again = came(1, email="ayse@example.com", phone="+905320000031", name="Ayşe")  # a repeat
        new.live.write([came(n, email=f"{n}@example.com") for n in range(10, 40)])
        new.live.write([again, lambda txn: quarantine.remove(txn, 1)])

    monkeypatch.setattr(Renewal, "_come_near", change)
    assert shop.run("rebuild").exit_code == 0
    there = shop.rows()
    assert (len(there["journal"]), len(there["repeats"]), len(there["quarantine"])) == (32, 1, 1)
    assert all(row in there["journal"] for row in shown["journal"])
    assert shop.run("check").exit_code == shop.run("rebuild", "--verify").exit_code == 0


def test_a_file_system_that_cannot_exchange_takes_a_stopped_daemon(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jivod.cli.swap._exchange_at_once", lambda *_: False)
    held, before = lock.hold(place.state, follows=True), place.rows()
    done = place.run("rebuild")
    held.release()
    assert (done.exit_code, "stop the daemon, and do this again" in done.stderr) == (1, True)
    assert place.rows() == before
    assert place.run("rebuild").exit_code == 0


def test_the_report_as_json_asks_nothing(shop: Place) -> None:
    assert switch(shop, "--json").exit_code == 2
    done = switch(shop, "--json", "--yes")
    assert json.loads(done.stdout)["counts"]["merge"] == 1
    assert configured(shop).read_text() == PHONE_FIRST


def test_to_verify_and_to_switch_are_two_things(shop: Place) -> None:
    assert switch(shop, "--verify").exit_code == 2


def test_what_people_decided_holds_and_what_comes_later_is_folded_alike(shop: Place) -> None:
    ayse, deniz = shop.id("ayse@example.com"), shop.id("deniz@example.com")
    assert shop.run("different", ayse, deniz).exit_code == 0
    assert "nothing would change" in switch(shop, answer="y\n").stdout
    assert shop.id("deniz@example.com") == deniz
    shop.fill(accepted(3, phone="+905320000031"), accepted(4, email="elif@example.com"))
    assert shop.run("different", shop.id("elif@example.com"), ayse).exit_code == 0
    for _ in range(2):
        assert "no difference" in shop.run("rebuild", "--verify").stdout
        assert shop.run("rebuild").exit_code == 0
    assert "nothing would change" in shop.run("whatif", str(new(shop))).stdout


def test_what_no_journal_tells_is_kept_under_another_policy_too(shop: Place) -> None:
    shop.fill(b"nonsense")
    before = shop.json("quarantine", "list")
    assert switch(shop, "--yes").exit_code == 0
    assert shop.json("quarantine", "list") == before


def test_a_policy_that_cannot_be_used_is_refused(shop: Place) -> None:
    new(shop).write_text("[identity]\ntoo_common = 1\n")
    done = switch(shop, "--yes")
    assert done.exit_code == 78
    assert f"{new(shop)}:2: " in done.stderr
