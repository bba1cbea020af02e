"""Plot: how some figures grow, as an SVG: in light and in dark, and it says in words what it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, log10
from xml.sax.saxutils import escape

from attrs import frozen

WIDTH, HEIGHT = 880, 420
LEFT, RIGHT, TOP, BOTTOM = 56, 520, 44, 364  # where the lines are drawn; their names stand to the right
LEAST = 16.0  # pixels between two names
STYLE = """
svg { color-scheme: light dark }
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 }
.ground { fill: #ffffff }
.grid { stroke: #d1d9e0 }
.bound { stroke: #1f2328; stroke-dasharray: 6 4 }
.line, .lead { fill: none; stroke: var(--c) }
.line { stroke-width: 2 }
.lead { stroke-opacity: .5 }
.dot { fill: var(--c) }
.c0 { --c: #0969da } .c1 { --c: #bc4c00 } .c2 { --c: #1a7f37 } .c3 { --c: #8250df } .c4 { --c: #bf3989 }
.c5 { --c: #9a6700 } .c6 { --c: #0e7490 } .c7 { --c: #cf222e } .c8 { --c: #59636e }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .ground { fill: #0d1117 } .grid { stroke: #3d444d } .bound { stroke: #f0f6fc }
  .c0 { --c: #4493f8 } .c1 { --c: #f0883e } .c2 { --c: #3fb950 } .c3 { --c: #ab7df8 } .c4 { --c: #f778ba }
  .c5 { --c: #d29922 } .c6 { --c: #39c5cf } .c7 { --c: #ff7b72 } .c8 { --c: #9198a1 }
}
"""
COLOURS = 9


@frozen
class Line:
    """A figure at each size, as times the first; None where it is not known."""

    name: str
    values: tuple[float | None, ...]

    def points(self, sizes: Sequence[int]) -> list[tuple[int, float]]:
        """(size, times) where it is known."""
        return [(size, value) for size, value in zip(sizes, self.values, strict=True) if value is not None]

    @property
    def last(self) -> float:
        """At the largest size at which it is known."""
        return [value for value in self.values if value is not None][-1]

    @property
    def label(self) -> str:
        return f"{self.name} × {self.last:.2f}"


@frozen
class Frame:
    """Where a size and a figure lie."""

    first: int
    last: int
    top: float

    def x(self, size: int) -> float:
        return LEFT + (RIGHT - LEFT) * log10(size / self.first) / log10(self.last / self.first)

    def y(self, times: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * times / self.top


def plot(title: str, sizes: Sequence[int], lines: Sequence[Line], bound: float) -> str:
    """The SVG; `sizes` ascend, two at least. What none of the lines may cross is dashed."""
    highest = max([bound, *[value for line in lines for _, value in line.points(sizes)]])
    frame = Frame(sizes[0], sizes[-1], ceil(highest * 2 + 0.5) / 2)
    said = f"Times against the first size, from {sizes[0]:,} to {sizes[-1]:,} customers. "
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        ' role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(said + "; ".join([line.label for line in lines]))}. The most: {bound}.</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="{LEFT}" y="24">{escape(title)}</text>',
        *_grid(frame, sizes),
        *_level("bound", frame, bound),
        f'<text x="{LEFT + 6}" y="{frame.y(bound) - 5:.1f}">× {bound}, the most</text>',
        *_curves(frame, sizes, lines),
    ]
    return "\n".join([*parts, "</svg>", ""])


def _grid(frame: Frame, sizes: Sequence[int]) -> Iterator[str]:
    step = max(0.5, ceil(frame.top / 5) / 2)
    for tick in range(int(frame.top / step) + 1):
        yield from _level("grid", frame, tick * step)
        yield f'<text x="{LEFT - 8}" y="{frame.y(tick * step) + 4:.1f}" text-anchor="end">× {tick * step:g}</text>'
    for size in sizes:
        yield f'<text x="{frame.x(size):.1f}" y="{BOTTOM + 20}" text-anchor="middle">{size:,}</text>'
    yield f'<text x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 42}" text-anchor="middle">customers</text>'


def _level(kind: str, frame: Frame, times: float) -> Iterator[str]:
    y = frame.y(times)
    yield f'<line class="{kind}" x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}"/>'


def _curves(frame: Frame, sizes: Sequence[int], lines: Sequence[Line]) -> Iterator[str]:
    """Each with its name at its end, the names in the order of the ends."""
    ordered = sorted(lines, key=lambda line: -line.last)
    heights = _spread([frame.y(line.last) for line in ordered])
    for number, (line, height) in enumerate(zip(ordered, heights, strict=True)):
        places = [(frame.x(size), frame.y(value)) for size, value in line.points(sizes)]
        drawn = " ".join([f"{x:.1f},{y:.1f}" for x, y in places])
        x, y = places[-1]
        lead = f"{x:.1f},{y:.1f} {RIGHT + 8},{y:.1f} {RIGHT + 24},{height:.1f}"
        yield f'<g class="c{number % COLOURS}">'
        yield f'<polyline class="line" points="{drawn}"/>'
        yield from [f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places]
        yield f'<polyline class="lead" points="{lead}"/>'
        yield f'<circle class="dot" cx="{RIGHT + 28}" cy="{height:.1f}" r="4"/>'
        yield f'<text x="{RIGHT + 38}" y="{height + 4:.1f}">{escape(line.label)}</text></g>'


def _spread(heights: Sequence[float]) -> list[float]:
    """As near to the ascending `heights` as leaves room for each, none below the last line of the plot."""
    found: list[float] = []
    for height in heights:
        found.append(max(height, found[-1] + LEAST) if found else height)
    room: float = BOTTOM
    for place, height in reversed([*enumerate(found)]):
        found[place] = min(height, room)
        room = found[place] - LEAST
    return found
