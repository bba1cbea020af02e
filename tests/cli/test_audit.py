"""`jivod audit`: what each verb leaves in the log, by whom; and the log as it is listed and verified."""

from __future__ import annotations

import ast
import json
import os
import pwd
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from jivod.cli import visit
from jivod.cli.main import VERBS, main
from jivod.model import audit
from jivod.model.errand import ASKED_BY
from jivod.model.errors import StoreFull
from jivod.store import journal, logbook
from jivod.store.ledger import Ledger
from jivod.store.logbook import Wanted
from tests.cli.conftest import Place, accepted

ME = pwd.getpwuid(os.getuid()).pw_name
MAILS = [f"{name}@example.com" for name in ("anna", "bora", "cem")]


@pytest.fixture
def shop(bare: Place) -> Place:
    """Three customers; two share a phone, one has two names."""
    bare.fill(
        accepted(1, email=MAILS[0], phone="+905320000001", name="Anna"),
        accepted(2, email=MAILS[1], phone="+905320000001", name="Bora"),
        accepted(3, email=MAILS[2], name="Cem"),
        accepted(4, email=MAILS[2], name="Cemil"),
        b"{",
    )
    return bare


def records(place: Place) -> list[audit.Record]:
    found, _ = logbook.page(place.state / "audit", Wanted(), 0, 10_000)
    return [kept.record for kept in found][1:]


def done(place: Place, *arguments: str, code: int = 0) -> audit.Record:
    """The record of how the verb ended."""
    before = len(records(place))
    ran = place.run(*arguments)
    assert ran.exit_code == code, ran.output
    *begun, last = records(place)[before:]
    if last.action == audit.ERASED:
        assert (begun := begun[1:]), "to measure him was a reading"
    assert [record.result for record in begun] == [audit.BEGUN] * (last.action in audit.CHANGING)
    assert (last.by, last.door, last.verb) == (ME, "cli", " ".join(arguments[: len(last.verb.split())]))
    return last


def test_each_verb_says_what_it_did_with_whom(shop: Place, tmp_path: Path) -> None:
    a, b, c = (shop.id(mail) for mail in MAILS)
    rows = tmp_path / "rows.csv"
    rows.write_text("email,name\nanna@example.com,Anna Kaya\ndora@example.com,Dora\n")
    backups = str(tmp_path / "kept")
    table: list[tuple[tuple[str, ...], str, set[str]]] = [
        (("find", "anna@example.com"), audit.FOUND, {a}),
        (("find", "+905320000001"), audit.FOUND, {a, b}),
        (("show", a), audit.READ, {a}),
        (("reviews",), audit.READ, {a, b}),
        (("edit", a, "name", "Anna B"), audit.CHANGED, {a}),
        (("settle", c, "name", "Cem"), audit.SETTLED, {c}),
        (("merge", a, b), audit.MERGED, {a, b}),
        (("show", a), audit.READ, {a, b}),
        (("unmerge", a), audit.UNMERGED, {a, b}),
        (("different", a, b), audit.DIFFERENT, {a, b}),
        (("share", "+905320000001"), audit.SHARED, set()),
        (("export", "--person", a, str(tmp_path / "a.json")), audit.EXPORTED, {a}),
        (("unmerge", "--rule", "person", "--yes"), audit.UNMERGED, set()),
        (("quarantine", "show", "1"), audit.READ, set()),
        (("check",), audit.OPENED, set()),
    ]
    for arguments, action, whom in table:
        found = done(shop, *arguments, code=1 if "--rule" in arguments else 0)
        assert (found.action, set(found.customers), found.result) == (action, whom, audit.DONE), arguments
        last = shop.read(journal.last)
        assert found.entries == ((last,) if action in audit.CHANGING and "--rule" not in arguments else ()), arguments
    for arguments, action, about in (
        (("export", str(tmp_path / "all.jsonl")), audit.EXPORTED, audit.ALL),
        (("backup", backups), audit.EXPORTED, audit.ALL),
        (("rebuild",), audit.REBUILT, audit.ALL),
        (("restore", backups, "--force"), audit.RESTORED, ""),
        (("token", "add", "till"), audit.TOKEN_MADE, "till"),
        (("token", "revoke", "till"), audit.TOKEN_REVOKED, "till"),
    ):
        found = done(shop, *arguments)
        assert (found.action, found.about, found.result) == (action, about, audit.DONE), arguments
    found = done(shop, "import", str(rows))
    assert (found.action, a in found.customers, len(found.customers)) == (audit.IMPORTED, True, 2)
    found = done(shop, "erase", a, "--reason", "asked", "--yes")
    assert (found.action, found.customers, len(found.entries)) == (audit.ERASED, (a,), 1)
    begun = records(shop)[-2]
    assert (begun.result, begun.customers) == (audit.BEGUN, (a,))
    assert shop.run("audit", "verify").exit_code == 0
    log = "".join(file.path.read_text() for file in logbook.files(shop.state / "audit"))
    assert not re.search("example|5320000001|Anna|Cem|asked|rows.csv", log)  # fewer digits are in any digest


def test_what_is_refused_is_on_record(shop: Place) -> None:
    assert done(shop, "merge", "anna@example.com", "x", code=1).result == audit.REFUSED
    assert done(shop, "show", "anna@example.com", code=1).result == audit.REFUSED
    assert done(shop, "find", "nobody", code=1).customers == ()
    assert done(shop, "quarantine", "retry", "1", code=1).result == audit.DONE


def test_what_was_not_done_after_all_says_so(shop: Place, tmp_path: Path) -> None:
    policy = tmp_path / "p.toml"
    policy.write_text('[identity]\nunverified = "claim"\n')
    arguments = ["--config", str(shop.file), "rebuild", "--policy", str(policy)]
    assert CliRunner().invoke(main, arguments, input="n\n").exit_code == 1
    assert [record.result for record in records(shop)] == [audit.BEGUN, audit.REFUSED]
    before = len(records(shop))
    assert shop.run("erase", shop.id(MAILS[0]), "--reason", "x", "--dry-run").exit_code == 0
    assert [record.action for record in records(shop)[before:]] == [audit.FOUND, audit.READ]


def test_many_are_several_records(shop: Place, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("email\n" + "".join(f"n{n}@example.com\n" for n in range(1200)))
    assert shop.run("import", str(rows)).exit_code == 0
    found = records(shop)[1:]
    assert len({id for record in found for id in record.customers}) == 1200
    assert sum(len(record.entries) for record in found) == 1200
    assert len(found) > 2
    assert shop.run("audit", "verify").exit_code == 0


def test_no_verb_opens_the_store_past_the_log() -> None:
    """`open_engine` of what is live, anywhere but in the office."""
    allowed = {"office.py", "twin.py", "keeping.py", "restoring.py", "restore_whole.py", "present.py", "unpack.py"}
    there = Path(visit.__file__).parent
    found = {
        path.name
        for path in there.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open_engine"
    }
    assert found <= allowed
    assert "audit" in VERBS


def test_the_list(shop: Place) -> None:
    a, b, _ = (shop.id(mail) for mail in MAILS)
    assert shop.run("merge", a, b, "--by", "kemal").exit_code == 0
    lines = shop.run("audit", "list").stdout.splitlines()
    assert len(lines) == 6
    assert lines[-1] == "5 records"
    assert re.fullmatch(rf" +6  \d{{4}}-\d\d-\d\d \d\d:\d\d  cli   {ME}  merged  merge  {a}  {b}  #5", lines[-2])
    found = shop.json("audit", "list", "--of", a, "--by", ME)
    assert [(line["number"], line["action"], line["result"]) for line in found] == [
        (2, "found", "done"), (6, "merged", "done"),
    ]  # fmt: skip
    assert found[1]["of"] == 5
    assert shop.json("audit", "list", "--limit", "1")[0]["action"] == "audited"
    assert shop.json("audit", "list", "--since", "2999-01-01") == []
    assert shop.json("audit", "list", "--by", "nobody") == []


def test_the_head_and_what_it_proves(shop: Place) -> None:
    shop.id(MAILS[0])
    head = shop.run("audit", "head").stdout.strip()
    assert re.fullmatch(r"2:[0-9a-f]{64}", head)
    assert shop.json("audit", "head") == {"number": 2, "digest": head[2:]}
    shop.id(MAILS[1])
    assert shop.run("audit", "verify", "--head", head).stdout.startswith("records 1 to 3, no fault; head 3:")
    (file,) = logbook.files(shop.state / "audit")
    lines = file.path.read_bytes().splitlines(keepends=True)
    file.path.write_bytes(lines[0])
    assert shop.run("audit", "verify").exit_code == 0
    told = shop.run("audit", "verify", "--head", head)
    assert (told.exit_code, "what came behind it, up to 2, is gone" in told.stdout) == (1, True)
    for wrong in ("", "2", "2:xyz", f"0:{head[2:]}", head.upper()):
        assert shop.run("audit", "verify", "--head", wrong).exit_code == 2


def test_a_change_is_told_and_named_by_verify_and_check(shop: Place) -> None:
    for mail in MAILS:
        shop.id(mail)
    (file,) = logbook.files(shop.state / "audit")
    file.path.write_bytes(file.path.read_bytes().replace(b'"found"', b'"Found"', 1))
    told = shop.run("audit", "verify")
    assert told.exit_code == 1
    fault = f"{file.path.name} line 2: record 2 is not what was written behind the one before it"
    assert told.stdout.splitlines()[0] == fault
    assert json.loads(shop.run("audit", "verify", "--json").stdout)["faults"][0]["line"] == 2
    checked = shop.run("check")
    assert checked.exit_code == 1
    assert checked.stdout.splitlines()[0] == f"audit: {fault}"


def test_a_write_that_was_cut_off_is_no_fault(shop: Place) -> None:
    shop.id(MAILS[0])
    (file,) = logbook.files(shop.state / "audit")
    with file.path.open("ab") as out:
        out.write(b'{"digest":"12')
    for note in ("the next record will tell of it", "the log went on behind it"):
        told = shop.run("audit", "verify")
        assert (told.exit_code, note in told.stdout) == (0, True)
        shop.id(MAILS[0])


def test_a_log_that_cannot_be_read_is_told_in_words(shop: Place) -> None:
    (shop.state / "audit").write_text("")
    for verb in ("list", "verify", "head"):
        told = shop.run("audit", verb)
        assert (told.exit_code, "the audit log cannot be read (Not a directory)" in told.stderr) == (65, True), verb
    assert shop.run("find", MAILS[0]).exit_code == 0
    told = shop.refused("edit", "x", "name", "y")
    assert "cannot be written (File exists); look after its files; nothing was changed" in told


def test_without_a_log(bare: Place) -> None:
    assert bare.run("audit", "verify").stdout == "there are no records yet\n"
    assert bare.run("audit", "head").stdout == f"0:{'0' * 64}\n"
    assert bare.run("audit", "list").exit_code == 0


def test_with_a_full_disk_reading_goes_on_and_changing_does_not(shop: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> int:
        raise StoreFull("the disk is full and the audit log cannot be written; free some space")

    id = shop.id(MAILS[0])
    monkeypatch.setattr(Ledger, "append", full)
    found = shop.run("find", MAILS[0])
    assert (found.exit_code, id in found.stdout) == (0, True)
    assert "what you did is not on record" in found.stderr
    assert "free some space; nothing was changed" in shop.refused("edit", id, "name", "Anna B")


@pytest.mark.parametrize(
    ("login", "sudo", "by"), [("0", "", "root"), (str(visit.NOBODY), "", ME), ("", "4294967", ""), ("x", "y", ME)]
)
def test_who_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, login: str, sudo: str, by: str) -> None:
    (tmp_path / "loginuid").write_text(login)
    monkeypatch.setattr(visit, "LOGIN", tmp_path / "loginuid")
    monkeypatch.setenv("SUDO_UID", sudo)
    assert visit.operator() == (by or ("user 4294967" if os.getuid() == 0 else ME))


@pytest.mark.parametrize(("login", "by"), [("0", "root"), (str(visit.NOBODY), "shop"), ("", "shop")])
def test_who_has_logged_in_is_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, login: str, by: str) -> None:
    (tmp_path / "loginuid").write_text(login)
    monkeypatch.setattr(visit, "LOGIN", tmp_path / "loginuid")
    monkeypatch.setenv(ASKED_BY, "shop")
    assert visit.operator() == by


def test_as_a_process(shop: Place) -> None:
    for arguments in (["find", MAILS[0]], ["audit", "list"]):
        ran = subprocess.run(
            [sys.executable, "-m", "jivod", "--config", str(shop.file), *arguments],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
    assert "  found  find  " in ran.stdout
