"""The measure of growth goes through, says all that it should, and leaves nothing behind."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.hold import growth, town
from tests.hold.growth import COSTS, MS, Plan, Row, faults, picture, rows, table
from tests.hold.plot import Line, plot
from tests.hold.regulars import Regulars
from tests.hold.town import Town, Vast

SIZES = (200, 1000)
QUICK = Plan(repetitions=1, starts=1, turns=1, looks=4, seconds=1.0)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def towns(tmp_path: Path) -> list[Town]:
    """As if a page took 10 ms in the smaller one, and 16 in the larger."""
    made = []
    for size, seconds in zip(SIZES, (0.010, 0.016), strict=True):
        (tmp_path / f"{size}").mkdir()
        made.append(Town(Vast(tmp_path / f"{size}"), Regulars(count=size), searched=False))
        made[-1].samples |= {town.PAGE: [seconds] * 3, town.DISK: [seconds**3], town.START: [0.9, 1.1]}
    return made


def drawn_names(drawing: ElementTree.Element) -> list[str | None]:
    return [group.findtext(f"{SVG}text") for group in drawing.findall(f"{SVG}g")]


def test_what_grows_too_much_is_told(towns: list[Town]) -> None:
    assert list(faults(towns, rows(towns))) == ["customer page: grew 1.60 times, more than 1.5"]
    towns[0].samples[town.PAGE] = [0.011]
    assert list(faults(towns, rows(towns))) == []
    towns[0].samples[town.START].append(2.0)
    assert list(faults(towns, rows(towns))) == ["a start took 2.00 s, 2 or more"]


def test_the_table_has_a_row_of_each_cost_and_what_was_not_measured_is_blank(towns: list[Town]) -> None:
    lines = list(table(SIZES, rows(towns)))
    assert lines[0] == "| customers | 200 | 1,000 | times |"
    assert "| customer page | 10.0 ms | 16.0 ms | 1.60 |" in lines
    assert "| search by words |  |  |  |" in lines
    assert len(lines) == len(COSTS) + 2


def test_a_cost_that_is_known_of_some_sizes_only_grows_from_the_first_to_the_last_of_them() -> None:
    row = Row("search", MS, (None, 2.0, 3.0, None))
    assert (row.growth, row.relative) == (1.5, (None, 1.0, 1.5, None))
    assert Row("search", MS, (1.0, None)).growth is None
    assert Row("search", MS, (0.0, 1.0)).growth is None


def test_the_plot_names_each_line_and_says_in_words_what_it_shows() -> None:
    lines = [Line(f"cost <{n}>", (1.0, 1.0, 1.0 + n / 100)) for n in range(9)]
    svg = ElementTree.fromstring(plot("Costs & more", (10, 100, 1000), lines, 1.5))
    assert (svg.findtext(f"{SVG}title"), svg.get("role")) == ("Costs & more", "img")
    assert all(line.label in (svg.findtext(f"{SVG}desc") or "") for line in lines)
    assert drawn_names(svg) == [line.label for line in reversed(lines)]
    heights = [float(text.get("y", "")) for text in svg.findall(f"{SVG}g/{SVG}text")]
    assert all(b - a >= 15.9 for a, b in pairwise(heights))


def test_no_line_is_drawn_of_what_may_grow(towns: list[Town]) -> None:
    drawing = ElementTree.fromstring(picture(SIZES, rows(towns)))
    assert drawn_names(drawing) == ["customer page × 1.60", "start to the first 200 × 1.00"]


@pytest.mark.parametrize(
    "wrong",
    (
        ["9"], ["9", "5"], ["0", "9"], ["9", "9"], ["5", "9", "--chats", "0"], ["9", f"{10**12}"],
        ["5", "9", "--plot", "nowhere/growth.svg"],
    ),
)  # fmt: skip
def test_sizes_that_cannot_be_compared_or_have_no_room_are_refused(wrong: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        growth.main(["--directory", str(tmp_path), "--customers", *wrong])
    assert refused.value.code == 2
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_behind_by_whoever_is_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Town, "work", interrupt)
    with pytest.raises(KeyboardInterrupt):
        growth.main(["--directory", str(tmp_path), "--customers", "4", "8"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_two_sizes_are_measured_from_the_store_to_the_plot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work, drawing = tmp_path / "work", tmp_path / "growth.svg"
    work.mkdir()
    sizes = [str(size) for size in SIZES]
    asked = ["--customers", *sizes, "--search", "1000", "--directory", str(work), "--plot", str(drawing)]
    assert growth.main(asked, QUICK) in (0, 1)
    said = [line.split("|")[1:-1] for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    assert [cells[0].strip() for cells in said[2:]] == [what for _, what, _ in COSTS]
    read = [name for name, _, _ in COSTS].index(town.READ) + 2  # of what is in memory it is nothing
    assert all(float(cell.split()[0]) >= 0 for cell in said.pop(read)[1:3])
    assert all(float(cell.split()[0].replace(",", "")) > 0 for cells in said[2:] for cell in cells[1:])
    assert len(drawn_names(ElementTree.parse(drawing).getroot())) == len(COSTS) - len(growth.FREE)
    assert list(work.iterdir()) == []
