"""`jivod erase`: after it no file of the state directory holds a byte of the person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jivod.model.access import Role
from jivod.model.entry import Origin
from jivod.model.errand import DONE, ERASURE, IMPORT, Errand
from jivod.model.reply import Reply
from jivod.model.user import Session, User
from jivod.store import errands, lock, quarantine, replies, retention, sessions, users

from .conftest import Place, accepted

MAIL, OTHER, PHONE = "forgotten@example.com", "kept@example.com", "+905320000077"
TRACES = (b"forgotten", b"5320000077", b"Unutulan", b"secret-of-the-forgotten")
ASK = ("--reason", "asked by letter 17", "--by", "kemal")


@pytest.fixture
def shop(bare: Place) -> Place:
    """Two customers; of one of them also an edit, a broken body in quarantine, and an answer of the API."""
    bare.fill(
        accepted(1, number="1", email=MAIL, phone=PHONE, name="Unutulan"),
        accepted(2, number="2", email=OTHER, name="Kalan"),
        accepted(3, number="1", email=MAIL, description="secret-of-the-forgotten"),
        b'{"event_name":"chat_accepted","visitor":{"email":"forgotten@example.com"',
    )
    bare.run("edit", bare.id(MAIL), "attr:Plan", "plan-of-forgotten", "--by", "kemal")
    told = Reply(who="crm", key="k", at=1, digest="d", status=200, headers=(), body=b'["forgotten@example.com"]')
    bare.write(lambda txn: replies.put(txn, told))
    return bare


def traces(directory: Path) -> list[str]:
    """The files in which anything of the person stands."""
    files = [path for path in directory.rglob("*") if path.is_file()]
    return [path.name for path in files if any(trace in path.read_bytes() for trace in TRACES)]


def test_no_byte_of_the_person_is_left_in_any_file(shop: Place) -> None:
    assert shop.run("rebuild").exit_code == 0  # which keeps a copy of the store as it was
    assert len(traces(shop.state)) == 2
    done = shop.run("erase", shop.id(MAIL), *ASK, "--yes")
    assert done.exit_code == 0, done.output
    assert "1 record, 3 entries of the journal, 1 in quarantine erased; #5 is the proof" in done.stdout
    assert f"removed, for it held the person: {shop.state / 'data.before-rebuild'}" in done.stdout
    assert "Backups made before still hold the person" in done.stdout
    assert traces(shop.state) == []
    assert {path.name for path in shop.state.iterdir() if path.is_dir()} == {"audit", "data"}


def test_the_journal_is_looked_through_anew_for_what_is_too_old(shop: Place) -> None:
    shop.write(lambda txn: retention.set_looked(txn, 3))
    assert shop.run("erase", shop.id(MAIL), *ASK, "--yes").exit_code == 0
    assert shop.read(retention.looked) == 0


def test_others_stay_and_the_store_is_sound(shop: Place) -> None:
    before = shop.json("show", shop.id(OTHER), "--why")
    assert shop.run("erase", shop.id(MAIL), *ASK, "--yes").exit_code == 0
    assert shop.json("show", before["id"], "--why") == before
    assert shop.run("find", MAIL).exit_code == 1
    assert shop.run("check").exit_code == 0
    assert shop.run("rebuild", "--verify").exit_code == 0
    assert shop.json("quarantine", "list") == []


def test_the_id_tells_that_it_was_erased_and_why(shop: Place) -> None:
    id = shop.id(MAIL)
    assert shop.run("erase", id, *ASK, "--yes").exit_code == 0
    for verb in (("show", id), ("erase", id, *ASK), ("edit", id, "name", "x"), ("merge", id, shop.id(OTHER))):
        told = shop.refused(*verb)
        assert "was erased by decision #5, and nothing is left to show: asked by letter 17" in told


def test_json_tells_how_much_and_the_proof(shop: Place) -> None:
    id = shop.id(MAIL)
    told = shop.json("erase", id, *ASK, "--yes")
    assert told == {"customer": id, "records": 1, "entries": 3, "quarantined": 1, "entry": 5}


def test_a_dry_run_counts_and_changes_nothing_while_the_daemon_runs(shop: Place) -> None:
    before, held = shop.rows(), lock.hold(shop.state)
    done = shop.run("erase", shop.id(MAIL), "--dry-run")
    held.release()
    assert done.stdout == "1 record, 3 entries of the journal, 1 in quarantine to erase; nothing was changed\n"
    assert shop.rows() == before


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_without_a_yes_nothing_is_changed(shop: Place, answer: str) -> None:
    from click.testing import CliRunner

    from jivod.cli.main import main

    before = shop.rows()
    done = CliRunner().invoke(main, ["--config", str(shop.file), "erase", shop.id(MAIL), *ASK], input=answer)
    assert "for ever" in done.output
    assert "Aborted" not in done.output
    assert ("say --yes to be asked nothing" in done.stderr) == (answer == "")
    assert shop.rows() == before


def test_it_is_refused_while_the_daemon_runs(shop: Place) -> None:
    id, held = shop.id(MAIL), lock.hold(shop.state)
    told = shop.refused("erase", id, *ASK, "--yes")
    held.release()
    assert "in use by pid" in told
    assert "stop the daemon first (systemctl stop jivod), or use --dry-run" in told


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--yes",), 2, "say why by --reason"),
        (("--reason", "x", "--json"), 2, "say --yes with --json"),
        (("--reason", " ", "--yes", "--by", "kemal"), 1, "an erasure needs a reason"),
        (("--reason", "x", "--yes", "--by", ""), 1, "an erasure needs the name of whoever does it"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_changed(
    shop: Place, options: tuple[str, ...], code: int, says: str
) -> None:
    before = shop.rows()
    done = shop.run("erase", shop.id(MAIL), *options)
    assert (done.exit_code, says in done.stderr) == (code, True), done.output
    assert shop.rows() == before


def test_what_comes_in_meanwhile_is_not_lost(shop: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from jivod.cli.renewal import Renewal
    from jivod.flow import steward
    from jivod.flow.steward import Hand
    from jivod.policy.rules import DEFAULT

    id, other = shop.id(MAIL), shop.id(OTHER)
    near = Renewal._come_near

    def decide(new: Renewal) -> None:
        hand = Hand(by="deniz", at=1_790_000_000_000, rules=DEFAULT)
        new.live.write([lambda txn: steward.merge(txn, hand, id, other)])
        near(new)

    monkeypatch.setattr(Renewal, "_come_near", decide)
    done = shop.run("erase", id, *ASK, "--yes")
    assert done.exit_code == 1
    assert "this customer became part of another one, and nothing was changed; look at them again" in done.stderr
    assert shop.json("show", other)["merged"] == [id]


def test_a_body_of_somebody_else_stays_in_quarantine(shop: Place) -> None:
    origin = Origin(channel="shop", account="shop")
    shop.write(
        lambda txn: quarantine.add(txn, received_at=1, origin=origin, code="bad_json", message="", body=b"kept@example")
    )
    assert shop.run("erase", shop.id(MAIL), *ASK, "--yes").exit_code == 0
    (item,) = json.loads(shop.run("quarantine", "list", "--json").stdout)
    assert item["number"] == 2
    assert shop.run("check").exit_code == 0


MORE = b'{"event_name":"chat_accepted","visitor":{"email":"forgotten@example.com","phone":"5320000077"'


def meanwhile(monkeypatch: pytest.MonkeyPatch, *jobs: Any) -> list[int]:
    """Do one thing to the store in each attempt, when all was folded once; how many attempts there were."""
    from jivod.cli.renewal import Renewal

    near, attempts = Renewal._come_near, [0]

    def come(new: Renewal) -> None:
        if attempts[0] < len(jobs):
            (outcome,) = new.live.write([jobs[attempts[0]]])
            assert outcome.error is None, outcome.error
        attempts[0] += 1
        near(new)

    monkeypatch.setattr(Renewal, "_come_near", come)
    return attempts


def came(chat: int, **visitor: str) -> Any:
    """An event as the daemon takes it in."""
    from jivod.flow.case import Desk
    from jivod.flow.ingest import Delivery, ingest
    from jivod.policy.rules import DEFAULT
    from jivod.wire import jivo

    body = json.dumps(accepted(chat, **visitor)).encode()
    origin = Origin(channel="shop", account="shop", region="TR")
    delivery = Delivery(origin=origin, received_at=1_790_000_900_000, body=body, reading=jivo.read(body))
    desk = Desk(rules=DEFAULT, public_url="https://crm.example.com", language="en")
    return lambda txn: ingest(txn, delivery, desk)


def test_what_comes_in_of_the_person_meanwhile_is_erased_too(shop: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = meanwhile(monkeypatch, came(9, number="1", email=MAIL))
    told = shop.json("erase", shop.id(MAIL), *ASK, "--yes")
    assert attempts == [1]  # only later entries: the fold goes on
    assert told["entries"] == 4
    assert traces(shop.state) == []
    assert shop.json("show", shop.id(OTHER))["emails"] == [OTHER]
    assert shop.run("check").exit_code == shop.run("rebuild", "--verify").exit_code == 0


def test_what_tells_more_of_the_person_meanwhile_lets_it_begin_anew(
    shop: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = meanwhile(monkeypatch, came(9, number="1", email=MAIL, phone="+905320000099"))
    assert shop.json("erase", shop.id(MAIL), *ASK, "--yes")["entries"] == 4
    assert attempts == [2]
    assert not any(b"5320000099" in path.read_bytes() for path in shop.state.rglob("*") if path.is_file())
    assert traces(shop.state) == []


def test_who_goes_on_telling_more_is_not_erased_and_nothing_is_changed(
    shop: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = shop.id(MAIL)
    meanwhile(monkeypatch, *(came(n, number="1", email=MAIL, phone=f"+9053200001{n}") for n in range(10, 20)))
    done = shop.run("erase", id, *ASK, "--yes")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "more and more is learned of this person, and nothing was changed" in done.stderr
    assert len(shop.json("show", id)["phones"]) == 6
    assert {path.name for path in shop.state.iterdir() if path.is_dir()} == {"audit", "data"}


def test_a_body_that_came_into_quarantine_meanwhile_is_not_kept(shop: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    origin = Origin(channel="shop", account="shop")

    def put(txn: Any) -> None:
        quarantine.add(txn, received_at=1, origin=origin, code="bad_json", message="", body=MORE)
        quarantine.add(txn, received_at=1, origin=origin, code="bad_json", message="", body=b"kept@example")

    meanwhile(monkeypatch, put)
    assert shop.json("erase", shop.id(MAIL), *ASK, "--yes")["quarantined"] == 2
    assert traces(shop.state) == []
    assert [item["number"] for item in shop.json("quarantine", "list")] == [3]
    assert shop.run("check").exit_code == 0


def test_what_imports_by_the_api_left_is_forgotten(shop: Place) -> None:
    rows = Errand(id="a", kind=IMPORT, by="x", asked={}, asked_at=1, state=DONE, rows=b"email\nforgotten@example.com\n")
    kept = Errand(id="b", kind=ERASURE, by="x", asked={"id": "c", "reason": "r"}, asked_at=1, state=DONE)
    shop.write(lambda txn: (errands.put(txn, rows), errands.put(txn, kept)))
    assert shop.run("erase", shop.id(MAIL), *ASK, "--yes").exit_code == 0
    assert shop.read(errands.listed) == [kept]
    assert traces(shop.state) == []


def test_notes_go_and_who_is_signed_in_stays_so(shop: Place) -> None:
    assert shop.run("note", shop.id(MAIL), "the forgotten one likes tea", "--by", "kemal").exit_code == 0
    assert shop.run("note", shop.id(OTHER), "likes coffee", "--by", "kemal").exit_code == 0
    owner = User(name="owner", role=Role.ADMIN, created_at=6)
    session = Session(digest="0" * 64, user="owner", made_at=6, seen_at=7)
    shop.write(lambda txn: (users.put(txn, owner), sessions.put(txn, session)))
    assert shop.run("erase", shop.id(MAIL), *ASK, "--yes").exit_code == 0
    assert len(shop.rows()["notes"]) == 1
    assert shop.read(lambda txn: sessions.of_user(txn, "owner")) == [session]
    assert shop.read(lambda txn: users.get(txn, "owner")) == owner
    assert traces(shop.state) == []
    assert shop.run("check").exit_code == 0


def test_what_a_killed_erasure_left_is_removed_when_it_is_asked_for_again(
    shop: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shop.run("rebuild").exit_code == 0
    id = shop.id(MAIL)
    with monkeypatch.context() as patch:  # killed behind the exchange
        patch.setattr("jivod.cli.copies.remove_holding", lambda *_: None)
        patch.setattr("jivod.cli.renewal.shutil.rmtree", lambda *_, **__: None)
        assert shop.run("erase", id, *ASK, "--yes").exit_code == 0
    assert {path.name for path in shop.state.iterdir() if path.is_dir()} == {
        "audit", "data", "data.before-rebuild", "data.rebuild",
    }  # fmt: skip
    assert len(traces(shop.state)) > 0
    assert "was erased by decision" in shop.run("erase", id, *ASK, "--yes").stderr
    assert traces(shop.state) == []
    assert shop.run("rebuild").exit_code == 0
    assert "was erased by decision" in shop.run("erase", id, *ASK, "--yes").stderr
    assert (shop.state / "data.before-rebuild").exists()  # it is younger: nothing of him is in it
