"""Tools: programs that a test needs. Without one it is skipped, but where all are said to be there, it fails."""

from __future__ import annotations

import os
import shutil

import pytest


def need(program: str, packages: str = "") -> None:
    """Go on only where `program` is installed."""
    if shutil.which(program) is None:
        remedy = f"{program} is not installed: apt-get install {packages or program}"
        if os.environ.get("JIVOD_NEEDS_TOOLS") == "1":
            pytest.fail(remedy)
        pytest.skip(remedy)
