"""`jivod import`, through its real face."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jivod.model.entry import IMPORT
from jivod.store import customers, journal, lock
from tests.cli.conftest import NOBODY, Apart, Place, accepted

HEADER = "Müşteri No;Ad Soyad;E-posta;Cep Telefonu;Bakiye\r\n"
ROW = "7;Ayşe Yılmaz;ayse.imp@example.com;0532 000 11 22;1.250,00\r\n"
BAD = ";Ali;bad;;\r\n;Veli;veli@example.com\r\n"


def written(place: Place, text: str | bytes, name: str = "crm.csv") -> str:
    path = place.file.parent / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def wrong(place: Place, *arguments: str) -> str:
    """What the command says to a wrong use of it; nothing is changed."""
    before = place.rows()
    done = place.run("import", *arguments)
    assert done.exit_code == 2, done.output
    assert place.rows() == before
    return done.stderr


def test_a_table_is_told_before_it_is_taken_in(place: Place) -> None:
    held = lock.hold(place.state)  # as by the daemon
    done = place.run("import", written(place, HEADER + ROW), "--by", "Elif")
    held.release()
    assert done.exit_code == 0, done.output
    told, _, came_of_it = done.stdout.partition("attr:Bakiye\n")
    assert "csv, utf-8, columns separated by ;" in told
    assert came_of_it == "1 created, 0 enriched, 0 unchanged, 0 refused\n"
    (found,) = place.json("find", "ayse.imp@example.com")
    assert (found["name"], found["phones"], found["tokens"]) == ("Ayşe Yılmaz", ["+905320001122"], ["7"])
    assert found["attributes"] == {"Bakiye": "1.250,00"}
    assert place.run("rebuild", "--verify").exit_code == place.run("check").exit_code == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254"])
def test_the_encoding_is_found(place: Place, encoding: str) -> None:
    done = place.run("import", written(place, (HEADER + ROW).encode(encoding)))
    assert done.exit_code == 0
    assert f"csv, {encoding}," in done.stdout
    assert place.json("find", "ayse.imp@example.com")[0]["name"] == "Ayşe Yılmaz"


def test_the_same_file_twice_changes_nothing(place: Place) -> None:
    file = written(place, HEADER + ROW)
    assert place.json("import", file)["counts"]["created"] == 1
    before = place.rows()
    assert place.json("import", file)["counts"]["unchanged"] == 1
    assert place.rows() == before


def test_a_dry_run_tells_the_same_and_changes_nothing(place: Place) -> None:
    kaya = "9;;mehmet.kaya@example.com;;5\r\n9;;ayse.demir@example.com;;6\r\n"
    file = written(place, HEADER + ROW + kaya + BAD)
    before = place.rows()
    dry = place.run("import", file, "--dry-run", "--json")
    assert dry.exit_code == 1
    assert place.rows() == before
    assert sorted(os.listdir(place.file.parent)) == ["crm.csv", "jivod.toml", "state"]
    assert sorted(os.listdir(place.state)) == ["audit", "data"]
    wet = place.run("import", file, "--json")
    told, came = json.loads(dry.stdout), json.loads(wet.stdout)
    assert (told["dry_run"], came["dry_run"]) == (True, False)
    assert told["counts"] == came["counts"] == {
        "created": 1, "enriched": 2, "unchanged": 0, "refused": 2, "contested": 1,
    }  # fmt: skip
    assert told["refused"] == came["refused"] == [
        {"line": 5, "why": "email: not an e-mail address"},
        {"line": 6, "why": "it has 3 cells, and there are 5 columns"},
    ]  # fmt: skip
    assert told["contested"][0]["line"] == 4


def test_refused_rows_are_mended_and_imported(place: Place) -> None:
    done = place.run("import", written(place, HEADER + ";Ali;bad;;\r\n" + ROW))
    refused = place.file.parent / "crm.csv.refused.csv"
    assert done.exit_code == 1
    assert "line 2: email: not an e-mail address" in done.stdout
    assert str(refused) in done.stdout
    assert refused.stat().st_mode & 0o777 == 0o600
    assert refused.read_text().splitlines()[1] == ";Ali;bad;;;email: not an e-mail address"
    refused.write_text(refused.read_text().replace("bad", "ali@example.com"))
    assert place.run("import", str(refused)).exit_code == 0
    assert place.json("find", "ali@example.com")[0]["attributes"] == {}


def test_of_an_open_quote_every_row_is_told_and_kept_to_be_mended(place: Place) -> None:
    rows = "".join(f"u{n}@example.com,Person {n}\n" for n in range(3, 10))
    file = written(place, f'email,name\nu1@example.com,Ann\nu2@example.com,"Bob\n{rows}')
    dry = place.run("import", file, "--dry-run")
    done = place.run("import", file)
    assert (dry.exit_code, done.exit_code) == (1, 1)
    assert "1 created, 0 enriched, 0 unchanged, 8 refused\n" in done.stdout
    assert "would be: 1 created, 0 enriched, 0 unchanged, 8 refused\n" in dry.stdout
    assert "  line 3: a quote is opened here and never closed" in done.stdout
    assert place.run("import", file + ".refused.csv").exit_code == 0
    for n, name in enumerate(["Ann", "Bob", *[f"Person {n}" for n in range(3, 10)]], 1):
        assert place.json("find", f"u{n}@example.com")[0]["name"] == name


def test_a_file_of_refused_rows_is_never_written_over(place: Place) -> None:
    file = written(place, HEADER + ";Ali;bad;;\r\n")
    for _ in range(2):
        assert place.run("import", file).exit_code == 1
    names = sorted(path.name for path in place.file.parent.glob("crm.csv.*"))
    assert names == ["crm.csv.refused-2.csv", "crm.csv.refused.csv"]
    assert "is there already" in wrong(place, file, "--refused", str(place.file))
    assert "another place" in wrong(place, file, "--refused", "/nonexistent/x.csv")


def test_root_is_told_where_the_owner_of_the_store_cannot_write_before_anything_is_taken_in(
    place: Place, others: Apart, standing_in: Callable[[int], None]
) -> None:
    file = written(place, HEADER + ROW + BAD)
    assert place.run("import", file, "--refused", str(others.at / "mine.csv")).exit_code == 1
    with open(file, "rb") as source:
        standing_in(source.fileno())
    for arguments in ([file], [file, "--refused", str(others.at / "x" / "rr.csv")], ["-"]):
        done = others.run("import", *arguments)
        assert done.exit_code == 2, done.output
        assert "by nobody for rows that are refused; name another place by --refused" in " ".join(done.stderr.split())
        assert f"{others.at}/" in done.stderr
    assert others.run("find", "ayse.imp@example.com").exit_code == 1
    free = others.file.parent / "free"
    free.mkdir()
    os.chown(free, NOBODY, NOBODY)
    done = others.run("import", file, "--refused", str(free / "rr.csv"))
    assert "1 created, 0 enriched, 0 unchanged, 2 refused\n" in done.stdout, done.output
    assert (free / "rr.csv").stat().st_uid == NOBODY


@pytest.mark.parametrize("rows", [1, 2000])
def test_where_refused_rows_cannot_be_written_the_import_ends_and_tells_so(
    place: Place, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    real = os.open
    monkeypatch.setattr(
        "jivod.cli.refused.os.open",
        lambda path, flags, *mode, **more: (
            real("/dev/full", os.O_WRONLY) if str(path).endswith(".refused.csv") else real(path, flags, *mode, **more)
        ),
    )
    done = place.run("import", written(place, HEADER + ";Ali;bad;;\r\n" * rows + ROW))
    assert (done.exit_code, done.exception.__class__) == (1, SystemExit)
    assert f"1 created, 0 enriched, 0 unchanged, {rows} refused\n" in done.stdout
    assert "crm.csv.refused.csv (No space left on device)" in done.stdout
    told = json.loads(place.run("import", written(place, HEADER + ";Ali;bad;;\r\n" * rows), "--json").stdout)
    assert told["refused_file_fault"].endswith("crm.csv.refused.csv (No space left on device)")


def test_columns_and_keys_as_somebody_says(place: Place) -> None:
    file = written(place, "code,mail address of his,old\nK1,x@example.com,1\n")
    done = place.run("import", file, "--map", "Code=id", "--map", "mail address of his=email", "--map", "old=-")
    assert done.exit_code == 0, done.output
    assert "(left out)" in done.stdout
    (found,) = place.json("find", "x@example.com")
    assert (found["tokens"], found["attributes"]) == (["K1"], {})
    other = written(place, "id,email\nK2,x@example.com\n")
    assert place.json("import", other, "--key", "email")["counts"]["enriched"] == 1
    assert place.json("find", "x@example.com")[0]["tokens"] == ["K1", "K2"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.csv", "id,email\n4711,x@example.com\n", ()),
        ("x.csv", "Kod,email\n4711,x@example.com\n", ("--map", "Kod=id")),
        ("x.jsonl", '{"id":"4711","email":"x@example.com"}\n', ()),
        ("x.jsonl", '{"Kod":"4711","email":"x@example.com"}\n', ("--map", "Kod=id")),
    ],
)
def test_where_the_site_signs_the_ids_so_does_the_import(
    place: Place, name: str, text: str, said: tuple[str, ...]
) -> None:
    place.file.write_text(place.file.read_text().replace("[store]", 'token_secret = "' + "x" * 40 + '"\n[store]'))
    done = place.run("import", written(place, text, name), *said)
    assert ("signed_id" in done.stdout) == name.endswith("csv")
    (found,) = place.json("find", "4711")
    claims = place.read(lambda txn: customers.get(txn, found["id"]))
    assert claims is not None
    assert (claims.values("verified_token"), claims.values("token")) == ({"4711"}, set())
    place.fill(accepted(901) | {"user_token": "4711"})  # who only says so
    assert place.json("find", "x@example.com")[0]["chats"] == 0


def test_json_lines_and_vcards(place: Place) -> None:
    lines = '{"email":"j@example.com","attributes":{"Plan":"gold"}}\nnonsense\n'
    assert place.run("import", written(place, lines, "x.jsonl")).exit_code == 1
    assert place.json("find", "j@example.com")[0]["attributes"] == {"Plan": "gold"}
    assert (place.file.parent / "x.jsonl.refused.jsonl").exists()
    emails = "EMAIL;PREF=2:k2@example.com\r\nEMAIL;PREF=1:k1@example.com\r\n"
    card = f"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Kim\r\n{emails}END:VCARD\r\n"
    assert place.run("import", written(place, card, "x.vcf")).exit_code == 0
    assert place.json("find", "k2@example.com")[0]["emails"] == ["k1@example.com", "k2@example.com"]


def test_the_journal_keeps_who_imported_what(place: Place) -> None:
    place.run("import", written(place, HEADER + ROW), "--by", "Elif")
    entry = place.read(lambda txn: journal.get(txn, journal.last(txn)))
    assert entry is not None
    said = json.loads(entry.body)["import"]
    assert (entry.kind, said["by"], said["file"], said["line"]) == (IMPORT, "Elif", "crm.csv", 2)
    id = place.id("ayse.imp@example.com")
    assert "new, imported by Elif from crm.csv line 2\n" in place.run("show", id, "--why").stdout
    (why,) = place.json("show", id, "--why")["reasons"]
    assert why["imported"] == {"by": "Elif", "file": "crm.csv", "line": 2}
    assert "--by" in place.refused("import", written(place, HEADER + ROW.replace("7", "8", 1)), "--by", " ", "--json")


def test_p008_what_is_no_plain_file_of_text_is_refused_with_exit_code_2(place: Place) -> None:
    beside = place.file.parent
    (beside / "link.csv").symlink_to(written(place, HEADER + ROW))
    os.mkfifo(beside / "pipe.csv")
    written(place, gzip.compress(HEADER.encode()), "x.gz")
    written(place, b"PK\x03\x04", "x.zip")
    written(place, b"", "empty.csv")
    for name, why in [
        ("link.csv", "symbolic link"), ("pipe.csv", "no plain file"), ("x.gz", "gzip"), ("x.zip", "zip"),
        ("empty.csv", "empty"), ("nothing.csv", "no such file"), (".", "no plain file"), ("a\nb", "no such file"),
        ("/dev/zero", "no plain file"), ("\x1b[2J", "\\x1b[2J"),
    ]:  # fmt: skip
        assert why in wrong(place, str(beside / name))


def test_p008_a_file_that_may_not_be_read_is_refused(place: Place, request: pytest.FixtureRequest) -> None:
    file, reader = Path(written(place, HEADER + ROW)), place
    if os.geteuid() == 0:  # who may read anything
        wrong(place, "nothing.csv")  # loads what it takes
        others = request.getfixturevalue("others")
        reader = Apart(others.file, others.file.parent, NOBODY)
        file = Path(shutil.copy(file, reader.at))
    file.chmod(0)
    done = reader.run("import", str(file))
    assert done.exit_code == 2, done.output
    assert "may not read" in done.stderr


@pytest.mark.parametrize(
    ("text", "arguments", "why"),
    [
        ("a,b\n1,2\n", (), "--map"), ("email\n", ("--map", "x"), "COLUMN=FIELD"),
        ("email\n", ("--map", "x=id"), "no column"),
        ("email\n", ("--region", "Turkey"), "two capital letters"),
        ("email\n", ("--region", "XX"), "no phone numbers are known"),
        ("email\n", ("--region", "uk"), 'did you mean "GB"?'), ("\x1b[2J\n", (), "\\x1b"),
        ("email\n", ("--key", "name"), "--key"), ("email\n", ("--encoding", "x"), "--encoding"),
    ],
)  # fmt: skip
def test_a_wrong_use_is_told_with_exit_code_2(place: Place, text: str, arguments: tuple[str, ...], why: str) -> None:
    assert why in wrong(place, written(place, text), *arguments)


def test_without_a_store_there_is_nothing_to_import_into(bare: Place) -> None:
    bare.state.mkdir(mode=0o700)
    done = bare.run("import", written(bare, HEADER + ROW))
    assert done.exit_code == 1
    assert "start the daemon first" in done.stderr


def test_a_visitor_after_an_import_is_whom_the_company_knows(place: Place) -> None:
    place.run("import", written(place, HEADER + ROW))
    place.fill(accepted(900, email="Ayse.Imp@example.com", name="aysee"))
    (found,) = place.json("find", "ayse.imp@example.com")
    assert (found["name"], found["chats"]) == ("Ayşe Yılmaz", 1)


@pytest.fixture
def standing_in(tmp_path: Path) -> Iterator[Callable[[int], None]]:
    """What lets something else be the standard input."""
    before = os.dup(0)
    yield lambda descriptor: os.dup2(descriptor, 0) and None
    os.dup2(before, 0)
    os.close(before)


def test_a_file_as_standard_input_and_the_refused_rows_as_text(
    place: Place, standing_in: Callable[[int], None]
) -> None:
    with open(written(place, HEADER + ROW + BAD), "rb") as file:
        standing_in(file.fileno())
    done = place.run("import", "-", "--json", "--refused", "-", "--name", "crm", "--by", "Elif", "--limit", "1")
    assert done.exit_code == 1, done.output
    told = json.loads(done.stdout)
    assert told["refused_rows"].splitlines()[1:] == [
        ";Ali;bad;;;email: not an e-mail address",
        ";Veli;veli@example.com;it has 3 cells, and there are 5 columns",
    ]
    assert (told["left_out"], len(told["refused"]), "refused_file" in told) == (0, 1, False)
    assert "imported by Elif from crm line 2\n" in place.run("show", place.id("ayse.imp@example.com"), "--why").stdout
    assert sorted(os.listdir(place.file.parent)) == ["crm.csv", "jivod.toml", "state"]


def test_of_refused_rows_without_end_the_first_are_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jivod.cli.refused.TEXT_MAX", 200)
    rows = "".join(f";Ali {n};bad;;\r\n" for n in range(20))
    done = place.run("import", written(place, HEADER + rows), "--json", "--refused", "-", "--dry-run")
    told = json.loads(done.stdout)
    shown = told["refused_rows"].splitlines()[1:]
    assert 0 < len(shown) < 20
    assert told["left_out"] == 20 - len(shown)


def test_what_is_no_file_is_refused_as_standard_input(place: Place, standing_in: Callable[[int], None]) -> None:
    there, here = os.pipe()
    standing_in(there)
    assert "it is no plain file" in wrong(place, "-")
    os.close(there)
    os.close(here)
    assert "--refused - goes with --json" in wrong(place, "-", "--refused", "-")
