"""Images, the scale: how many states of how many stories are judged, by HYPOTHESIS_PROFILE."""

from __future__ import annotations

import os

from attrs import frozen

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "fast")


@frozen
class Scale:
    """`states` of each of `stories`, each of which has so many `groups`; every `closely`-th is looked at closely. Where
    flushes do nothing, every `control_step`-th of a turn is looked at.
    """

    states: int
    stories: int
    groups: int
    control_step: int
    closely: int = 10


SCALE = {"fast": Scale(60, 1, 3, 1), "ci": Scale(2_500, 2, 30, 3), "big": Scale(20_000, 10, 60, 3)}[PROFILE]
