"""Chart: where the marks of a chart lie, as plain values in a box of WIDTH by HEIGHT; y counts from its top.

A box is stretched to whatever room there is, so no text lies in it: what is written stands beside it. What looks alike
is one path, for a page is as heavy as its marks are many.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from attrs import frozen

WIDTH, HEIGHT = 1800, 700  # 90 and 30 days, 24 hours and 7 weekdays lie at whole numbers
PARTS = 4  # lines of a scale, at most, above its 0
LEVELS = 5  # shades of a cell that is not empty
GAP = 0.2  # of the room of a bar is left free
_STEPS = (1, 2, 2.5, 5, 10)
_OF_CLOCKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800)  # seconds
_HOUR = 3600


@frozen
class Mark:
    """A piece of a bar; `series`: whose."""

    series: int
    x: float
    y: float
    width: float
    height: float


@frozen
class Scale:
    """`ticks` lie evenly between 0 and a round number that nothing is above."""

    ticks: tuple[float, ...]

    @property
    def top(self) -> float:
        """The highest tick."""
        return self.ticks[-1]

    @property
    def lines(self) -> tuple[float, ...]:
        """Where the ticks lie, but for the lowest one."""
        return tuple([self.y(tick) for tick in self.ticks[1:]])

    def y(self, value: float) -> float:
        """Where a value lies."""
        return round(HEIGHT * (1 - value / self.top))


@frozen
class Bars:
    """One stack for each place, of the marks that are not empty."""

    scale: Scale
    stacks: tuple[tuple[Mark, ...], ...]

    @property
    def paths(self) -> dict[int, str]:
        """What is drawn of each series."""
        return outlines(self.stacks)


@frozen
class Lines:
    """One path for each series, broken where nothing is known."""

    scale: Scale
    paths: tuple[str, ...]


def scale(most: float) -> Scale:
    """A scale of whole numbers that reaches `most`."""
    return _scale(most, _step(max(most, 1) / PARTS))


def clock(most: float) -> Scale:
    """A scale of seconds that reaches `most`, by steps as clocks have them."""
    wanted = max(most, 1) / PARTS
    found = next((step for step in _OF_CLOCKS if step >= wanted), None)
    return _scale(most, _HOUR * _step(wanted / _HOUR) if found is None else found)


def _step(wanted: float) -> float:
    unit = 1.0
    while unit * 10 <= wanted:
        unit *= 10
    return next(unit * step for step in _STEPS if unit * step >= wanted and (unit * step).is_integer())


def _scale(most: float, step: float) -> Scale:
    count = next(n for n in range(1, PARTS + 1) if step * n >= most or n == PARTS)
    return Scale(tuple([step * n for n in range(count + 1)]))


def bars(rows: Sequence[Sequence[int]]) -> Bars:
    """A stack for each row, of the numbers in it; the first one stands lowest."""
    found = scale(max([sum(row) for row in rows], default=0))
    room = WIDTH / max(1, len(rows))
    return Bars(found, tuple([_stack(found, row, n * room + room * GAP / 2, room) for n, row in enumerate(rows)]))


def _stack(on: Scale, row: Sequence[int], x: float, room: float) -> tuple[Mark, ...]:
    tops = [on.y(total) for total in accumulate(row)]
    bottoms = [float(HEIGHT), *tops]
    width = _round(room * (1 - GAP))
    return tuple(
        [
            Mark(series, _round(x), tops[series], width, _round(bottoms[series] - tops[series]))
            for series, number in enumerate(row)
            if number
        ]
    )


def lines(series: Sequence[Sequence[float | None]]) -> Lines:
    """A path of seconds for each series over the same places."""
    known = [value for values in series for value in values if value is not None]
    found = clock(max(known, default=0))
    return Lines(found, tuple([_path(found, values) for values in series]))


def _path(on: Scale, values: Sequence[float | None]) -> str:
    room = WIDTH / max(1, len(values))
    parts: list[str] = []
    for place, value in enumerate(values):
        if value is None:
            continue
        x, y = _round((place + 0.5) * room), on.y(value)
        follows = place > 0 and values[place - 1] is not None
        goes_on = place + 1 < len(values) and values[place + 1] is not None
        parts.append(f"{'L' if follows else 'M'}{x:g} {y:g}")
        if not follows and not goes_on:  # alone: a dash, for a point has no length
            parts[-1] = f"M{_round(x - room / 4):g} {y:g}H{_round(x + room / 4):g}"
    return "".join(parts)


def shares(numbers: Sequence[int]) -> tuple[Mark, ...]:
    """One bar that the numbers share, from end to end; none where all are 0."""
    total = sum(numbers)
    ends = [_round(WIDTH * end / total) for end in accumulate(numbers)] if total else []
    begins = [0.0, *ends]
    return tuple(
        [
            Mark(series, begins[series], 0, _round(ends[series] - begins[series]), HEIGHT)
            for series, number in enumerate(numbers)
            if number and total
        ]
    )


def part(number: int, most: int) -> float:
    """How long the bar of one number is, in hundredths of the longest one."""
    return round(100 * min(number, most) / most, 1) if most > 0 else 0


def outlines(groups: Iterable[Iterable[Mark]]) -> dict[int, str]:
    """The path around all marks of each series."""
    found: dict[int, list[str]] = {}
    for mark in (mark for group in groups for mark in group):
        found.setdefault(mark.series, []).append(_outline(mark))
    return {series: "".join(found[series]) for series in sorted(found)}


def _outline(mark: Mark) -> str:
    return f"M{mark.x:g} {mark.y:g}h{mark.width:g}v{mark.height:g}h-{mark.width:g}z"


def cells(rows: Sequence[Sequence[int]]) -> tuple[tuple[Mark, ...], ...]:
    """A table of shades: the `series` of a cell is its shade, 0 for an empty one and LEVELS for the fullest."""
    most = max([number for row in rows for number in row], default=0)
    height = HEIGHT / max(1, len(rows))
    return tuple([tuple(_cells(row, most, n * height, height)) for n, row in enumerate(rows)])


def _cells(row: Sequence[int], most: int, y: float, height: float) -> Iterable[Mark]:
    width = WIDTH / max(1, len(row))
    for place, number in enumerate(row):
        shade = -(-number * LEVELS // most) if number else 0
        yield Mark(shade, _round(place * width), _round(y), _round(width), _round(height))


def _round(value: float) -> float:
    return round(value, 2)
