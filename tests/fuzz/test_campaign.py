"""The fuzzer at work, where it is installed: half a minute for each parser, in the profile `big` half an hour."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.fuzz.campaign import fuzz_all
from tests.hold.scale import FUZZ_SECONDS

LEAST = 25  # inputs to a second, on a machine that has much else to do

needs_atheris = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="Nothing is fuzzed: atheris is not installed. `pip install '.[fuzz]'` brings it",
)


@needs_atheris
@pytest.mark.long
def test_no_parser_breaks_a_promise(tmp_path: Path) -> None:
    done = fuzz_all(FUZZ_SECONDS, tmp_path)
    assert {one.target: one.fault for one in done if one.fault} == {}
    assert [one for one in done if one.inputs < LEAST * FUZZ_SECONDS] == []
