"""The table is whole, and what it names exists: each test, and each line of the README."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.asvs.table import CHECKS, Check

TESTS = Path(__file__).parents[1]
README = " ".join((TESTS.parent / "README.md").read_text("utf-8").split())
OPERATORS = frozenset({15, 24, 30, 38, 42, 44})
"""Checks of which a part is the operator's: he must do something, or watch something, that jivod cannot."""


@cache
def named_in(path: str) -> frozenset[str]:
    tree = ast.parse((TESTS / path).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def test_there_are_46_checks() -> None:
    assert [check.number for check in CHECKS] == list(range(1, 47))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.number}")
def test_what_shows_a_check_exists(check: Check) -> None:
    assert check.held.endswith(".")
    assert check.tests
    for node in check.tests:
        path, _, name = node.partition("::")
        assert name.startswith("test_") and name in named_in(path), node
    assert check.readme in README
    assert check.readme or check.number not in OPERATORS
