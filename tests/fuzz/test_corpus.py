"""The inputs that are kept, again: each parser keeps its promises for all of them, in bounded time."""

from __future__ import annotations

from importlib import import_module

import pytest

from jivod.web.problem import Stopped
from jivod.wire import body
from tests.fuzz.keep import MOST, choose, is_nobodys
from tests.fuzz.target import HERE, LONGEST, TooSlow, kept, load

TARGETS = sorted(LONGEST)


@pytest.mark.parametrize("name", TARGETS)
def test_every_input_that_is_kept(name: str) -> None:
    check = load(name)
    files = sorted(kept(name).iterdir())
    assert 5 <= len(files) <= MOST
    for file in files:
        data = file.read_bytes()
        assert len(data) <= LONGEST[name], file
        assert is_nobodys(data), file
        try:
            check(data)
        except Exception as error:
            error.add_note(f"for {file.relative_to(HERE)}")
            raise


def test_every_parser_has_its_inputs_and_no_inputs_are_of_none() -> None:
    assert [path.name for path in sorted((HERE / "corpus").iterdir())] == TARGETS
    modules = sorted(path.stem for path in (HERE / "targets").glob("[a-z]*.py"))
    assert modules == TARGETS


def test_what_takes_too_long_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.target.BOUND", -1.0)
    with pytest.raises(TooSlow):
        load("cursor")(b"")


def test_of_inputs_that_reach_the_same_the_shortest_is_kept() -> None:
    def check(data: bytes) -> None:
        body.as_written(data)

    plain, longer, broken = b'{"a":1}', b'{"a":12}', b'{"a"'
    assert sorted(choose(check, [longer, broken, plain])) == sorted([broken, plain])


@pytest.mark.parametrize(
    ("name", "place", "broken", "data"),
    [
        ("event", "jivod.wire.jivo.digest", lambda value: repr(value).encode(), b'{"event_name":"x","b":1,"a":2}'),
        ("contact", "jivod.policy.contact._reads_as_itself", lambda e164: True, b"0053 00 3121177"),
        ("token", "jivod.policy.signature.hmac.compare_digest", lambda a, b: True, b"v1.1.1790000000." + b"0" * 64),
        ("rows", "jivod.wire.table.disarmed", lambda cell: cell, b"email,a\na@example.com,=1\n"),
        ("policy", "jivod.strict.source._lower", lambda text: "\n", b"="),
        ("cursor", "jivod.web.api.page.write", lambda *place: "AAAA", b"20"),
        ("link", "jivod.web.pages.formats.outside", lambda url: (url, "x"), b"javascript://x"),
        ("config", "jivod.strict.source.Source.sentence", lambda *given: "odd", b"odd = 1"),
    ],
)
def test_a_broken_parser_is_found(
    monkeypatch: pytest.MonkeyPatch, name: str, place: str, broken: object, data: bytes
) -> None:
    check = import_module(f"tests.fuzz.targets.{name}").check
    monkeypatch.setattr(place, broken)
    with pytest.raises((AssertionError, Stopped)):
        check(data)
