"""The log: an event is one line, whatever is in it, and holds no secret."""

from __future__ import annotations

from io import StringIO
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import LogEvent, Logger, LogLevel, globalLogPublisher
from twisted.python import log
from twisted.python.failure import Failure

from jivod.service.log import LineObserver, json_line, plain_line

NASTY = st.text(alphabet=st.characters() | st.sampled_from("\n\r\x00\x1b\x85\u2028\u2029\ud800"))
FACTS = st.dictionaries(st.text("abcdef", min_size=1), NASTY | st.integers() | st.binary() | st.none() | st.floats())


def event(text: str, /, **facts: Any) -> LogEvent:
    return {
        "log_time": 1_790_000_000.5,
        "log_level": LogLevel.warn,
        "log_namespace": "test",
        "log_format": text,
        **facts,
    }


@given(NASTY, FACTS)
def test_an_event_is_one_line_of_json_whatever_it_holds(text: str, facts: dict[str, Any]) -> None:
    line = json_line(event("{why_not}", why_not=text, **facts))
    assert len(line.splitlines()) == 1
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in line)
    assert orjson.loads(line)["level"] == "warn"


@given(NASTY, FACTS)
def test_an_event_is_one_line_for_a_person_too(text: str, facts: dict[str, Any]) -> None:
    line = plain_line(event("{why_not}", why_not=text, **facts))
    assert len(line.splitlines()) == 1
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in line)


def test_facts_are_fields() -> None:
    line = orjson.loads(json_line(event("freed {dead}", dead=3, code="busy")))
    assert line == {
        "time": "2026-09-21T14:13:20.500+00:00",
        "level": "warn",
        "namespace": "test",
        "message": "freed 3",
        "dead": 3,
        "code": "busy",
    }


def test_a_failure_is_one_line_with_its_traceback() -> None:
    try:
        raise ValueError("boom\nsecond line")
    except ValueError:
        failure = Failure()
    line = json_line(event("failed", log_failure=failure))
    assert len(line.splitlines()) == 1
    assert "ValueError" in orjson.loads(line)["traceback"]
    assert "ValueError" in plain_line(event("failed", log_failure=failure))


@pytest.mark.parametrize("plain", [False, True])
def test_the_words_of_an_error_are_not_quoted_also_where_twisted_tells_of_it_in_its_older_manner(plain: bool) -> None:
    out = StringIO()
    observer = LineObserver(out, plain=plain)
    globalLogPublisher.addObserver(observer)
    try:
        int("visitor@example.com")
    except ValueError:
        log.err()
        log.err(None, "while counting")
    finally:
        globalLogPublisher.removeObserver(observer)
    first, second = out.getvalue().splitlines()
    assert "Unhandled Error" in first and "while counting" in second
    assert "ValueError" in first and "ValueError" in second
    assert "visitor" not in out.getvalue()


@pytest.mark.parametrize("write", [json_line, plain_line])
def test_the_path_of_a_webhook_is_masked_whoever_logged_it(write: Any) -> None:
    try:
        raise ValueError("POST /jivo/the-secret/site?x")
    except ValueError:
        failure = Failure()
    line = write(
        event("got {uri}", uri="http://a/jivo/the-secret/site", other=b"/jivo/the-secret", log_failure=failure)
    )
    assert "the-secret" not in line


def test_an_event_that_cannot_be_written_raises_nothing() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise ValueError

    out = StringIO()
    Logger(observer=LineObserver(out, plain=False)).info("x {y}", y=Broken())
    out.close()
    Logger(observer=LineObserver(out, plain=True)).info("x")
