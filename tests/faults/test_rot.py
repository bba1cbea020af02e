"""A bit that flips on the disk is found by `jivod check`, and costs the one record in which it lies."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from attrs import frozen
from click.testing import CliRunner, Result

from jivod.cli.main import DAMAGED, main
from jivod.store import keys
from jivod.store.kinds import KINDS
from jivod.store.tables import CUSTOMERS, DECISIONS, MERGES, META
from tests.faults import rot
from tests.faults.images import NAME
from tests.faults.images_judge import HOME
from tests.faults.rot import CONFIG, Flip, Row
from tests.faults.sweep import PROFILE

SIZE = {"fast": 3, "ci": 100, "big": 1000}[PROFILE]
SCHEMA = (META, b"schema\x00")
BLIND = {META, DECISIONS, MERGES} | {kind.table for kind in KINDS if kind.key is None}
"""Tables whose keys stand nowhere else. Those that follow from the journal are compared by `jivod rebuild --verify`."""


@frozen
class Place:
    """A state directory with a store of `rows`; `content` is its file as it was before anything flipped."""

    config: Path
    home: Path
    rows: list[Row]
    content: bytes

    def flip(self, flip: Flip) -> None:
        (self.home / NAME).write_bytes(flip.of(self.content))

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(self.config), *arguments])

    def found(self) -> list[tuple[str, str]]:
        """What `jivod check` finds; it must say so by its exit code too."""
        done = self.run("check", "--json")
        if done.exit_code == DAMAGED:  # it was not even opened
            return [("", done.stderr)]
        findings = [(finding["table"], finding["what"]) for finding in json.loads(done.stdout)["findings"]]
        assert done.exit_code == bool(findings), done.output
        return findings


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    directory = tmp_path_factory.mktemp("rot")
    config, state = directory / "jivod.toml", directory / "state"
    config.write_text(CONFIG)
    config.chmod(0o600)
    state.mkdir(mode=0o700)
    rot.make_store(state / HOME)
    found = Place(config, state / HOME, rot.rows(state / HOME), (state / HOME / NAME).read_bytes())
    assert found.found() == []
    assert rot.unreadable(found.home) == []
    return found


def test_every_flipped_bit_in_a_record_is_found_and_costs_that_record_alone(
    place: Place, record_property: Callable[[str, object], None]
) -> None:
    flipped = 0
    for flip in islice(rot.flips(place.rows, Random(SIZE)), SIZE):
        place.flip(flip)
        row, found = flip.row, place.found()
        if (row.table, row.key) == SCHEMA:  # without it nobody knows how to read the others
            assert (found and "schema" in found[0][1]) or "checksum" in found[0][1], f"{flip}"
        else:
            assert any(table == row.table and "checksum" in what for table, what in found), f"{flip}: {found}"
            assert rot.unreadable(place.home) == [(row.table, row.key)], f"{flip}"
        flipped += 1
    record_property("found", flipped)
    print(f"{flipped} of {SIZE} flipped bits in records of {len({row.table for row in place.rows})} tables found")


@pytest.mark.long
def test_whoever_is_not_hurt_is_shown(place: Place) -> None:
    hurt, *others = [row for row in place.rows if row.table == CUSTOMERS]
    place.flip(Flip(hurt, hurt.value_at + 9, 3))
    codes = {row.key: place.run("show", keys.unpack_text(row.key)).exit_code for row in (hurt, *others[:3])}
    assert codes == {hurt.key: DAMAGED} | {row.key: 0 for row in others[:3]}


@pytest.mark.long
def test_every_flipped_bit_in_a_key_that_stands_elsewhere_too_is_found(
    place: Place, record_property: Callable[[str, object], None]
) -> None:
    sighted = [row for row in place.rows if row.table not in BLIND]
    missed = []
    for flip in islice(rot.flips_of_keys(sighted, Random(SIZE)), SIZE):
        place.flip(flip)
        missed += [] if place.found() else [f"{flip}"]
    assert missed == []
    record_property("found", SIZE)
