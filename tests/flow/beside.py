"""Beside: a world with a side file in a directory of its own, and all that the file says."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import define, field

from jivod.flow import finding, following
from jivod.model.finding import Found, Hit, Place
from jivod.store.side import Side
from jivod.store.texts import KINDS
from tests.flow.world import World

ISTANBUL = "Europe/Istanbul"


@define(eq=False)
class Beside:
    """`file` follows the journal of `world` when it is told to."""

    directory: Path
    world: World = field(factory=World)
    zone: str = ISTANBUL
    file: Side = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.file = following.make_side(self.directory, self.zone)

    def restart(self) -> None:
        """A new process."""
        self.file.close()
        self.file = following.make_side(self.directory, self.zone)

    def follow(self, limit: int = 64) -> int:
        """To the end; in how many steps."""
        steps = 1
        while (step := self.step(limit)).seen < step.last or step.again:
            steps += 1
        return steps

    def step(self, limit: int, along: following.Along = following.at_once) -> following.Step:
        return following.follow(self.world.engine, self.file, following.zone_of(self.zone), limit, along)

    def find(self, text: str, limit: int = 20, place: Place | None = None) -> Found:
        rules = self.world.desk.rules
        return self.world.ask(
            lambda txn: finding.find(txn, self.file, text, rules, limit, place, accounts=("main",), regions=("TR",))
        )

    def all(self, text: str, limit: int = 20) -> list[Hit]:
        """Every page of a search."""
        page, hits = self.find(text, limit), []
        while True:
            hits += page.hits
            if page.next is None:
                return hits
            page = self.find(text, limit, page.next)

    def said(self, text: str) -> list[str]:
        """The snippets, what was asked for in brackets."""
        return [
            "".join(f"[{part.text}]" if part.marked else part.text for part in hit.snippet) for hit in self.all(text)
        ]

    def dump(self) -> dict[str, list[Any]]:
        """All rows, but for how far the file has come, and sums that are all 0."""
        names = (*KINDS, *[f"{kind}_word" for kind in KINDS], "tally", "of_day", "of_agent", "top")
        found = self.file.read(lambda rows: {name: list(rows.execute(f"SELECT * FROM {name}")) for name in names})
        assert found is not None
        for name in ("of_day", "of_agent"):
            found[name] = [row for row in found[name] if any(row[3:])]
        found["top"] = [row[1:] for row in found["top"]]
        return {name: sorted(rows, key=repr) for name, rows in found.items()}


@contextmanager
def beside(**given: Any) -> Iterator[Beside]:
    with tempfile.TemporaryDirectory() as directory:
        made = Beside(Path(directory), **given)
        try:
            yield made
        finally:
            made.file.close()
