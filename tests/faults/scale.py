"""Scale: how many injections of each kind, by HYPOTHESIS_PROFILE: `fast` is a taste, `ci` and `big` what was asked."""

from __future__ import annotations

import os

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "fast")
FAST = PROFILE == "fast"
BIG = PROFILE == "big"


def by_profile(fast: int, ci: int, big: int) -> int:
    """The figure of this run."""
    return {"ci": ci, "big": big}.get(PROFILE, fast)


KILLS = by_profile(2, 60, 1000)
CUTS = by_profile(0, 10, 100)  # on each file system
INJECTIONS = by_profile(0, 2, 20)  # of each other kind
COMPOUND = by_profile(0, 10, 200)  # of all compound kinds together
CONTROL_ROUNDS = by_profile(0, 3, 10)  # a negative control fails in one of so many
HANDOVERS = by_profile(0, 5, 50)  # restarts
HANDED = by_profile(0, 1000, 10_000)  # requests over them
LOAD_SECONDS = by_profile(0, 5, 60)
SOAK_MINUTES = float(os.environ.get("JIVOD_SOAK_MINUTES") or by_profile(0, 0, 60))
