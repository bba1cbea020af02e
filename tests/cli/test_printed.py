"""The standard output, when it cannot be written to. As CliRunner stands in for it, these run the command itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Place

FULL = "jivod: standard output: no space left on device; let it go to another place\n"


def run(place: Place, *arguments: str, out: Path | int, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jivod", "--config", str(place.file), *arguments]
    handle = os.open(out, os.O_WRONLY) if isinstance(out, Path) else out
    done = subprocess.run(
        command, stdout=handle, stderr=subprocess.PIPE, text=True, check=False, env={**os.environ, **environ}
    )
    os.close(handle)
    return done


@pytest.mark.parametrize(
    "arguments",
    ["export", "export --format csv", "export --person ID", "find kaya", "find kaya --json", "show ID", "url",
     "audit list", "audit verify", "figures", "reviews", "check", "--help", "--version", "find --help", "config check"],
)  # fmt: skip
def test_a_full_disk_behind_it_is_told_in_words(place: Place, arguments: str) -> None:
    words = arguments.replace("ID", place.id("mehmet.kaya@example.com")).split()
    done = run(place, *words, out=Path("/dev/full"))
    assert (done.returncode, done.stderr) == (1, FULL)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_what_has_no_room_in_any_buffer_too(place: Place, unbuffered: str) -> None:
    place.fill(*[b'{"event_name":"x","visitor":{"name":"%d%s"}}' % (n, b"y" * 9000) for n in range(20)])
    done = run(place, "export", out=Path("/dev/full"), PYTHONUNBUFFERED=unbuffered)
    assert (done.returncode, done.stderr) == (1, FULL)


@pytest.mark.parametrize("arguments", ["export", "find kaya --json", "audit list"])
def test_whoever_reads_no_more_is_left_in_peace(place: Place, arguments: str) -> None:
    read, write = os.pipe()
    os.close(read)
    done = run(place, *arguments.split(), out=write)
    assert (done.returncode, done.stderr) == (1, "")


def test_an_export_that_had_no_room_is_not_on_record_as_done(place: Place) -> None:
    run(place, "export", "--person", place.id("mehmet.kaya@example.com"), out=Path("/dev/full"))
    (record,) = [record for record in place.json("audit", "list") if record["action"] == "exported"]
    assert record["result"] == "failed"


def test_characters_that_a_terminal_cannot_show_are_shown_by_their_codes(place: Place, tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    done = run(place, "find", "kaya", out=tmp_path / "out", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out").read_bytes().isascii()
