"""Skew: a slow disk and a wrong clock for a process that was started under it, changed while it runs."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

from attrs import define

SOURCE = Path(__file__).with_name("skew.c")
_FORMAT = "ddd"


def build(directory: Path, compiler: str) -> Path:
    """The library, compiled."""
    made = directory / "skew.so"
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(made), str(SOURCE)]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return made


@define(eq=False)
class Skew:
    """`library` as `build` made it; `file` is what the process looks at."""

    library: Path
    file: Path

    def __attrs_post_init__(self) -> None:
        self.set()

    @property
    def environ(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self.library), "JIVOD_SKEW": str(self.file)}

    def set(self, *, flush: float = 0.0, wall: float = 0.0, monotonic: float = 0.0) -> None:
        """Seconds: how slow a flush is, how fast the wall clock, how far ahead the monotonic one (it only grows)."""
        with self.file.open("r+b" if self.file.exists() else "w+b") as control:
            control.write(struct.pack(_FORMAT, flush, wall, monotonic))
