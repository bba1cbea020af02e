"""Item: one row of a file as it was read: what it says, or what is wrong with it."""

from __future__ import annotations

from jivod.model.value import frozen


@frozen(kw_only=True)
class Item:
    """`line` is its first line in the file. `said`: fields and their texts; `fault`: why it says nothing.

    `cells` or `text` is what it was read from, to be written again where it is refused.
    """

    line: int
    said: tuple[tuple[str, str], ...] = ()
    fault: str = ""
    cells: tuple[str, ...] = ()
    text: str = ""
