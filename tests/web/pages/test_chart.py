"""Chart: marks lie in the box, stand on one another and are as high as their numbers; scales are round."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.web.pages import chart
from jivod.web.pages.chart import HEIGHT, LEVELS, WIDTH

NUMBERS = st.integers(0, 10**7)
ROWS = st.integers(1, 6).flatmap(lambda n: st.lists(st.lists(NUMBERS, min_size=n, max_size=n), min_size=1, max_size=90))
WAITS = st.lists(st.none() | st.floats(0, 10**5), min_size=1, max_size=90)
NEAR = 0.03
OUTLINE = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)h-([\d.]+)z")


@given(st.floats(0, 10**9))
def test_a_scale_is_even_whole_and_reaches_what_it_has_to(most: float) -> None:
    found = chart.scale(most)
    steps = {b - a for a, b in zip(found.ticks, found.ticks[1:], strict=False)}
    assert len(steps) == 1 and found.ticks[0] == 0 and len(found.ticks) <= chart.PARTS + 1
    assert all(float(tick).is_integer() for tick in found.ticks)
    assert most <= found.top <= max(2.5 * most, 1)


@pytest.mark.parametrize(
    ("most", "ticks"), [(0, (0, 1)), (3, (0, 1, 2, 3)), (7, (0, 2, 4, 6, 8)), (100, (0, 25, 50, 75, 100))]
)
def test_ticks_are_those_that_people_would_choose(most: float, ticks: tuple[float, ...]) -> None:
    assert chart.scale(most).ticks == ticks


@given(st.floats(0, 10**7))
def test_a_scale_of_seconds_has_steps_of_a_clock(most: float) -> None:
    found = chart.clock(most)
    (step,) = {b - a for a, b in zip(found.ticks, found.ticks[1:], strict=False)}
    assert most <= found.top <= max(4 * most, 1) and len(found.ticks) <= chart.PARTS + 1
    assert step % 3600 == 0 or 3600 % step == 0


@given(ROWS)
def test_bars_stand_on_one_another_in_their_own_room(rows: list[list[int]]) -> None:
    found = chart.bars(rows)
    room = WIDTH / len(rows)
    for place, (row, stack) in enumerate(zip(rows, found.stacks, strict=True)):
        assert [mark.series for mark in stack] == [series for series, number in enumerate(row) if number]
        floor = float(HEIGHT)
        for mark in stack:
            assert mark.y + mark.height == floor
            assert mark.height == pytest.approx(HEIGHT * row[mark.series] / found.scale.top, abs=1)
            assert place * room <= mark.x and mark.x + mark.width <= (place + 1) * room + NEAR
            floor = mark.y
        assert floor >= 0


@given(ROWS)
def test_what_is_drawn_is_every_mark_once_in_the_shade_of_its_series(rows: list[list[int]]) -> None:
    found = chart.bars(rows)
    drawn = {(s, *map(float, m)) for s, path in found.paths.items() for m in OUTLINE.findall(path)}
    assert drawn == {(m.series, m.x, m.y, m.width, m.height, m.width) for stack in found.stacks for m in stack}
    assert sum(path.count("M") for path in found.paths.values()) == sum(map(len, found.stacks))
    assert all(OUTLINE.sub("", path) == "" for path in found.paths.values())


@given(st.lists(WAITS, min_size=1, max_size=2))
def test_lines_pass_what_is_known_and_nothing_else(series: list[list[float | None]]) -> None:
    found = chart.lines(series)
    for values, path in zip(series, found.paths, strict=True):
        points = [(float(x), float(y)) for x, y in re.findall(r"[ML]([-\d.e]+) ([-\d.e]+)", path)]
        known = [value for value in values if value is not None]
        assert len(points) == len(known)
        assert [y for _, y in points] == pytest.approx([found.scale.y(v) for v in known], abs=0.01)
        assert all(-NEAR <= y <= HEIGHT and 0 <= x <= WIDTH for x, y in points)
        runs = sum(v is not None and (n == 0 or values[n - 1] is None) for n, v in enumerate(values))
        assert path.count("M") == runs


@given(st.lists(NUMBERS, max_size=6))
def test_shares_fill_the_bar(numbers: list[int]) -> None:
    marks = chart.shares(numbers)
    assert [mark.series for mark in marks] == [n for n, number in enumerate(numbers) if number]
    if marks:
        assert sum(mark.width for mark in marks) == pytest.approx(WIDTH, abs=NEAR)
        assert all(mark.width == pytest.approx(WIDTH * numbers[mark.series] / sum(numbers), abs=NEAR) for mark in marks)


@given(st.lists(st.lists(NUMBERS, min_size=24, max_size=24), min_size=7, max_size=7))
def test_a_cell_is_as_dark_as_it_is_full(rows: list[list[int]]) -> None:
    found = chart.cells(rows)
    flat = sorted(
        (number, cell.series)
        for row, line in zip(rows, found, strict=True)
        for number, cell in zip(row, line, strict=True)
    )
    assert all((number == 0) == (shade == 0) and 0 <= shade <= LEVELS for number, shade in flat)
    assert [shade for _, shade in flat] == sorted(shade for _, shade in flat)
    assert flat[-1][1] == (LEVELS if flat[-1][0] else 0)
    assert all(
        cell.x + cell.width <= WIDTH + 1 and cell.y + cell.height <= HEIGHT + NEAR for line in found for cell in line
    )


@given(NUMBERS, NUMBERS)
def test_the_longest_bar_fills_its_room(number: int, most: int) -> None:
    assert 0 <= chart.part(number, most) <= 100
    assert chart.part(most, most) == (100 if most else 0)
