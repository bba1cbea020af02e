"""Shim: the library of shim.c, compiled once a process, and what a process beneath it needs."""

from __future__ import annotations

import ctypes
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from attrs import frozen

from tests.smoke.daemon import ROOT

ADVICE = "nothing can be recorded or broken below jivod without a C compiler: `apt-get install gcc libc6-dev`"
NEEDED = "JIVOD_NEEDS_TOOLS"  # set to 1 where a missing tool is a failure
WRITE, META, SYNC = "W", "D", "s"
"""What can be made to fail: a write of pages, the write of a meta page, a flush of the file or of a directory."""

FOR_EVER = 1 << 30
_HEAD = struct.Struct("<cHQQ")


@frozen
class Record:
    """One call that succeeded, or a mark; see shim.c."""

    op: str
    path: str
    offset: int
    data: bytes


@frozen
class Fault:
    """The calls `first` to `last` of `op` fail with the error number `error`."""

    op: str
    first: int
    last: int
    error: int

    def __str__(self) -> str:
        return f"{self.op}:{self.first}:{self.last}:{self.error}"


@cache
def _built() -> tuple[Path, TemporaryDirectory[str]]:
    beside = TemporaryDirectory(prefix="jivod-shim-")
    library = Path(beside.name) / "shim.so"
    flags = ("-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC")
    source = Path(__file__).with_name("shim.c")
    subprocess.run(["gcc", *flags, "-o", library, source, "-ldl", "-lpthread"], check=True)
    return library, beside


def library() -> Path:
    """The compiled library; a skip without a compiler, a failure where the environment asks for all tools."""
    if shutil.which("gcc") is None:
        (pytest.fail if os.environ.get(NEEDED) == "1" else pytest.skip)(ADVICE)
    return _built()[0]


def environ(
    watch: Path, trace: Path | None = None, fault: Fault | None = None, hits: Path | None = None
) -> dict[str, str]:
    """The variables for a process beneath the shim, which looks at what lies under `watch`."""
    told = {"SHIM_TRACE": trace, "SHIM_FAIL": fault, "SHIM_HITS": hits}
    given = {name: str(value) for name, value in told.items() if value is not None}
    return {"PYTHONPATH": str(ROOT), "LD_PRELOAD": str(library()), "SHIM_WATCH": str(watch), **given}


def records(trace: Path) -> Iterator[Record]:
    """What was recorded, in order."""
    data, at = trace.read_bytes(), 0
    while at < len(data):
        op, path_length, offset, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        path = data[at : at + path_length].decode()
        at += path_length
        yield Record(op=op.decode(), path=path, offset=offset, data=data[at : at + length])
        at += length


def mark(text: str) -> None:
    """Put a mark into the trace of this process, which runs beneath the shim."""
    ctypes.CDLL(None).shim_mark(text.encode())


def arm(fault: Fault) -> None:
    """Let calls of this process, which runs beneath the shim, fail from now on."""
    ctypes.CDLL(None).shim_arm(
        ctypes.c_char(fault.op.encode()), ctypes.c_long(fault.first), ctypes.c_long(fault.last), fault.error
    )


def hits() -> int:
    """How many calls were made to fail since the last `arm`."""
    return int(ctypes.CDLL(None).shim_hits())
