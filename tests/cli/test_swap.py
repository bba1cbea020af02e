"""Two directories change their names."""

from __future__ import annotations

import errno

import pytest

from jivod.cli import swap


@pytest.fixture
def pair(tmp_path):
    for name in ("new", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "who").write_text(name)
    return tmp_path / "new", tmp_path / "old"


def test_each_takes_the_place_of_the_other(pair):
    new, old = pair
    swap.exchange(new, old)
    assert (old / "who").read_text() == "new"
    assert (new / "who").read_text() == "old"


def test_where_it_cannot_be_done_at_once_it_is_done_in_steps(pair, monkeypatch):
    new, old = pair
    monkeypatch.setattr(swap, "_exchange_at_once", lambda *_: False)
    swap.exchange(new, old)
    assert (old / "who").read_text() == "new"
    assert (new / "who").read_text() == "old"
    assert {path.name for path in old.parent.iterdir()} == {"new", "old"}


def test_a_missing_directory_is_an_error(tmp_path):
    with pytest.raises(OSError, match="No such file") as caught:
        swap.exchange(tmp_path / "new", tmp_path / "old")
    assert caught.value.errno == errno.ENOENT
