"""Faults: everything that is wrong in one TOML file, collected while it is read, so that it is mended in one go."""

from __future__ import annotations

from attrs import field, frozen

from jivod.strict.lines import Place
from jivod.strict.source import Source

SHOWN = 50
"""Faults that are named; the rest are counted."""


class Unfit(Exception):
    """What a check of a single value raises: what is wrong with it, and what to write instead."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


@frozen
class Faults:
    """The faults and the warnings of `source`, each with its line."""

    source: Source
    _faults: list[tuple[int, str]] = field(factory=list, init=False)
    _warnings: list[tuple[int, str]] = field(factory=list, init=False)

    def add(self, place: Place, problem: str, remedy: str) -> None:
        """Something for which the file is refused."""
        self._faults.append((self.source.line_of(place), self.source.sentence(place, problem, remedy)))

    def warn(self, place: Place, problem: str, remedy: str) -> None:
        """Something that is allowed and yet may surprise."""
        self._warnings.append((self.source.line_of(place), self.source.sentence(place, problem, remedy)))

    @property
    def warnings(self) -> tuple[str, ...]:
        """One sentence each, in the order of the file."""
        return tuple(sentence for _, sentence in sorted(self._warnings))

    def settle(self) -> None:
        """Raise the source's error, a line for each fault in the order of the file, if there is any."""
        if not self._faults:
            return
        sentences = [sentence for _, sentence in sorted(self._faults)]
        if len(sentences) > SHOWN:
            sentences[SHOWN:] = [f"and {len(sentences) - SHOWN} more faults"]
        raise self.source.blame("\n".join(sentences))
