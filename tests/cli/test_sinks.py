"""`jivod sinks`: how far each sink is, what was given up, and to tell again. The test plays the daemon."""

from __future__ import annotations

import pytest

from jivod.flow import dispatch
from jivod.model.change import CHANGES, CREATED, Dead, Standing
from jivod.store import outbox, sinks
from tests.cli.conftest import CONFIG, Place, accepted

SINKS = """
[[sink]]
name = "crm"
url = "https://crm.example.com/hooks/private-part"
secret_file = "crm.secret"
[[sink]]
name = "new"
url = "http://127.0.0.1:5678/webhook/private-part"
secret_file = "crm.secret"
events = ["customer.created"]
"""


@pytest.fixture
def shop(bare: Place) -> Place:
    """A sink that was told two of four changes and did not take one of them; another one that no daemon knows yet."""
    secret = bare.file.parent / "crm.secret"
    secret.write_text("whsec_" + "A" * 44)
    secret.chmod(0o600)
    bare.fill(accepted(0, email="first@example.com"))
    bare.write(lambda txn: dispatch.configure(txn, {"crm": CHANGES}))
    bare.fill(*(accepted(n, email=f"p{n}@example.com") for n in (1, 2, 3, 4)))
    bare.file.write_text(CONFIG.replace("[store]", SINKS + "[store]"))
    bare.write(give_up)
    return bare


def give_up(txn) -> None:
    first, _ = outbox.after(txn, 0, 2)
    sinks.bury(txn, "crm", Dead(change=first, attempts=12, why="status 500", at=1_790_000_000_000))
    sinks.put(txn, Standing(name="crm", told=2, dead=1))


def test_the_list_tells_how_far_each_is_and_no_secret(shop):
    crm, new = shop.json("sinks", "list")
    assert (crm["name"], crm["state"], crm["told"], crm["backlog"], crm["dead"]) == ("crm", "open", 2, 2, 1)
    assert (new["name"], new["state"]) == ("new", "waits for a start of the daemon")
    for verb in (("sinks", "list"), ("config", "check")):
        done = shop.run(*verb)
        assert done.exit_code == 0
        assert "crm.example.com" in done.stdout
        assert "private-part" not in done.stdout + shop.run(*verb, "--json").stdout


def test_without_any_sink_the_list_says_so(place):
    assert place.run("sinks", "list").stdout == "There is no [[sink]] in the configuration.\n"
    assert place.json("sinks", "list") == []


def test_a_sink_that_is_configured_no_more_is_still_listed(shop):
    shop.file.write_text(CONFIG)
    assert [state["state"] for state in shop.json("sinks", "list")] == ["not configured"]


def test_the_dead_letters_are_listed_and_told_again(shop):
    (letter,) = shop.json("sinks", "dead", "crm")
    assert (letter["change"]["number"], letter["change"]["kind"], letter["why"]) == (1, CREATED, "status 500")
    assert "status 500, 12 attempts" in shop.run("sinks", "dead", "crm").stdout
    assert shop.json("sinks", "dead", "crm", "--after", "1") == []
    assert shop.json("sinks", "replay", "crm", "--dead") == {"name": "crm", "changes": 1}
    assert shop.json("sinks", "dead", "crm") == []
    assert [owed.change.number for owed in shop.read(lambda txn: sinks.owed(txn, "crm"))] == [1]
    assert shop.run("check").exit_code == 0


@pytest.mark.parametrize(("since", "told"), [("1", 0), ("2", 1), ("2026-09-21", 0), ("2026-09-21T14:14:01", 1)])
def test_a_sink_is_told_again_from_a_number_or_a_time_on(shop, since, told):
    assert shop.json("sinks", "replay", "crm", "--since", since)["changes"] == 4 - told
    assert shop.json("sinks", "list")[0]["told"] == told


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("dead", "nobody"), "no sink of this name"),
        (("replay", "nobody", "--dead"), "no sink of this name"),
        (("pause", "nobody"), "no sink of this name"),
        (("resume", "\x1b[31m"), "no sink of this name"),
        (("replay", "crm", "--since", "0"), "the oldest change that is still there is 1"),
        (("replay", "crm", "--since", "4"), "was not told 4 yet"),
        (("replay", "crm", "--since", "9" * 18), "the last one is 4"),
        (("replay", "crm", "--since", "2099-01-01"), "the last one is 4"),
    ],
)
def test_what_cannot_be_done_is_refused(shop, arguments, says):
    assert says in shop.refused("sinks", *arguments)


@pytest.mark.parametrize("arguments", [(), ("--since", "1", "--dead"), ("--since", "soon"), ("--since", "-1")])
def test_a_replay_wants_to_know_of_what(shop, arguments):
    assert shop.run("sinks", "replay", "crm", *arguments).exit_code == 2


def test_a_sink_is_paused_and_goes_on(shop):
    assert shop.json("sinks", "pause", "crm")["state"] == "paused"
    assert "sinks resume crm" in shop.refused("sinks", "pause", "crm")
    assert shop.json("sinks", "resume", "crm")["state"] == "open"


def test_a_decision_on_the_command_line_is_told_too(shop):
    last = shop.read(outbox.last)
    shop.run("edit", shop.id("p1@example.com"), "name", "Anna", "--by", "me")
    (change,) = shop.read(lambda txn: outbox.after(txn, last, 9))
    assert change.kind == "customer.updated"


def test_a_rebuild_keeps_how_far_the_sinks_are(shop):
    before = {table: rows for table, rows in shop.rows().items() if table in ("outbox", "sinks", "owed", "dead")}
    assert len(before["outbox"]) == 4
    done = shop.run("rebuild")
    assert done.exit_code == 0, done.output
    assert {table: shop.rows()[table] for table in before} == before
    assert shop.run("check").exit_code == 0
