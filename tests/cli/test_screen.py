"""What came from outside is printed harmless."""

from __future__ import annotations

import io
import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from jivod.cli import screen

HOSTILE = ["\x1b[2J", "\r", "\n", "\x00", "\x9b2J", "\u202e", "\u2066", "\u2028", "\ufeff", "\u200e", "\x7f", "\ud800"]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_could_steer_a_terminal_is_escaped(text):
    shown = screen.clean(f"a{text}b")
    assert shown.startswith("a\\") and shown.endswith("b")


@given(st.text(st.characters()))
def test_a_clean_line_is_one_printable_line(text):
    shown = screen.clean(text)
    assert len(shown.splitlines()) <= 1
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in shown)
    shown.encode("utf-8")


@pytest.mark.parametrize("text", ["Ayşe", "Елена", "👩‍💻", "İstanbul", "عائشة"])
def test_letters_of_any_script_stay(text):
    assert screen.clean(text) == text


@given(st.dictionaries(st.text(), st.text(st.characters())))
def test_json_says_the_same_without_harm(value):
    text = screen.harmless_json(value)
    assert json.loads(text) == json.loads(json.dumps(value))  # two halves of a character are one
    assert not any(ord(c) < 32 and c != "\n" for c in text)
    assert not any(c in text for c in ("\x7f", "\x9b", "\u202e"))


def test_a_text_of_several_lines_keeps_them():
    assert screen.clean_lines("a\r\nb\tc\nd\x1b") == ["a", "b    c", "d\\x1b"]


def test_an_argument_of_odd_bytes_can_be_encoded():
    assert screen.argument("a\udcffb") == "a\ufffdb"


@pytest.mark.parametrize(("ms", "text"), [(0, "1970-01-01 00:00"), (1_790_000_000_000, "2026-09-21 14:13")])
def test_a_moment_is_told_to_the_minute(ms, text):
    assert screen.moment(ms) == text


def test_a_moment_beyond_the_calendar_is_told_as_a_number():
    assert screen.moment(10**18) == f"{10**18} ms"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(screen.time, "monotonic", lambda: now[0])
    return now


def test_progress_is_shown_when_it_takes_long_and_somebody_watches(monkeypatch, clock):
    terminal = Terminal()
    monkeypatch.setattr(screen.sys, "stderr", terminal)
    progress = screen.Progress("Folding")
    progress(1, 4)
    assert terminal.getvalue() == ""
    clock[0] = 1.5
    progress(2, 4)
    progress(4, 4)
    progress.close()
    assert "Folding" in terminal.getvalue()
    assert "100%" in terminal.getvalue()


def test_progress_is_silent_when_nobody_watches(monkeypatch, clock):
    pipe = io.StringIO()
    monkeypatch.setattr(screen.sys, "stderr", pipe)
    progress = screen.Progress("Folding")
    clock[0] = 60.0
    progress(2, 4)
    progress.close()
    assert pipe.getvalue() == ""


@given(st.text(st.characters(), min_size=1), st.lists(st.text(st.characters(codec="utf-8"), min_size=1), max_size=3))
def test_a_title_of_any_length_stands_apart_from_its_values_which_stand_one_below_the_other(title, values):
    with CliRunner().isolation() as (out, _, _):
        screen.field(title, values)
        told = out.getvalue().decode().splitlines()
    column = max(12, len(screen.clean(title)) + 2) + 2
    assert [line[column:] for line in told] == [screen.clean(value) for value in values]
    assert {line[:column].strip() for line in told[1:]} <= {""}
    assert all(line[column - 2 : column] == "  " for line in told)
    assert not told or told[0][:column].rstrip() == f"  {screen.clean(title)}".rstrip()
