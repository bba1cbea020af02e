"""Work gives way to events, but not for ever; its pieces stay what they were."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from jivod.web.way import FREE, LOOK, Way


def walk(
    waiting: Callable[[], int], pieces: list[str], each: int = 30, most: int = 30
) -> tuple[list[str], list[float]]:
    slept: list[float] = []
    return list(Way(waiting, slept.append, each, most).along(pieces)), slept


@given(st.lists(st.text(max_size=5)), st.lists(st.integers(0, 3), max_size=300))
def test_it_waits_as_long_as_events_do(pieces: list[str], seen: list[int]) -> None:
    left = list(seen)
    walked, slept = walk(lambda: left.pop() if left else 0, pieces)
    assert walked == pieces
    looked = seen[len(left) :][::-1]  # in the order in which it looked
    assert len(slept) == min(30, sum(map(bool, looked)))
    assert set(slept) <= {LOOK}


@given(st.lists(st.text(max_size=5)), st.integers(0, 5), st.integers(0, 20))
def test_where_events_never_end_each_piece_waits_for_some_and_all_of_them_for_no_more(
    pieces: list[str], each: int, most: int
) -> None:
    assert walk(lambda: 1, pieces, each, most) == (pieces, [LOOK] * min(each * len(pieces), most))


def test_where_nobody_is_in_the_way_nothing_is_waited_for() -> None:
    assert list(FREE.along(["a", "b"])) == ["a", "b"]
    assert walk(lambda: 0, ["a", "b"]) == (["a", "b"], [])


def test_it_waits_before_a_piece_and_not_behind_the_last() -> None:
    told: list[str] = []
    way = Way(lambda: told.append("looked") or 0)  # type: ignore[func-returns-value]
    for piece in way.along(["a", "b"]):
        told.append(piece)
    assert told == ["looked", "a", "looked", "b"]
