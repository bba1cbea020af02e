"""The fast profile takes a taste of the cases of bodies and pages; whoever names a case runs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hold.scale import FULL
from tests.hostile.ground import Ground, attacked

HERE = Path(__file__).parent
ROOMS = ("test_json", "test_fields", "test_identity", "test_ui", "test_api")
TASTE = frozenset({"j003", "j013", "f005", "f017", "i001", "i026", "u009", "p004"})
_ID = re.compile(r"(?<![a-z0-9])[jfiup][0-9]{3}(?![0-9])", re.IGNORECASE)


@pytest.fixture
def ground() -> Iterator[Ground]:
    with attacked() as made:
        yield made


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if FULL or config.option.keyword or any("::" in argument for argument in config.args):
        return
    left_out = [item for item in items if _is_ours(item) and _is_more_than_a_taste(item.name)]
    items[:] = [item for item in items if item not in left_out]
    if left_out:
        config.hook.pytest_deselected(items=left_out)


def _is_ours(item: pytest.Item) -> bool:
    return item.path.parent == HERE and item.path.stem.startswith(ROOMS)


def _is_more_than_a_taste(name: str) -> bool:
    found = _ID.search(name.replace("_", " "))
    return found is None or found[0].lower() not in TASTE
