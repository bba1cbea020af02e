"""Scale: how far the tests here go, by HYPOTHESIS_PROFILE: `fast` is a taste, `ci` and `big` the full figures."""

from __future__ import annotations

import os

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "fast")
FULL = PROFILE in ("ci", "big")
BIG = PROFILE == "big"

LOAD_SECONDS = 1.0 if FULL else 0.25  # of each round, before the kill
STARTS = 15 if FULL else 5
PRELOADED = 50_000
PRELOADED_FEW = 10_000
ASTRAY = 1 if FULL else 6  # every so many-th body is sent astray too
CROWD = 500  # connections at once
CHATS_EACH = 10_000
CLICKED = 6.0  # seconds of the webhook alone, and beside people who click
FUZZ_SECONDS = 1800 if os.environ.get("HYPOTHESIS_PROFILE") == "big" else 30  # for each parser
