"""What this machine can do is found out once; what it cannot is skipped aloud, with the remedy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from tests.faults import skew
from tests.faults.daemon import StruckDaemon
from tests.faults.ground import Ground, Loop, Tmpfs, ext4, laid, xfs
from tests.faults.nemesis import Nemesis
from tests.faults.scene import Scene, staged
from tests.faults.skew import Skew


class Stage(Protocol):
    """Sets the scene for a nemesis. `treason`: for a daemon that breaks a promise (see `traitor`)."""

    def __call__(self, nemesis: Nemesis, treason: str = "") -> Scene: ...


@pytest.fixture(scope="session")
def mounts(tmp_path_factory: pytest.TempPathFactory) -> Callable[[type[Ground]], str]:
    """Why a ground of this kind cannot be laid here; empty if it can."""
    found: dict[type[Ground], str] = {}

    def why_not(kind: type[Ground]) -> str:
        if kind not in found:
            found[kind] = _try(tmp_path_factory.mktemp("probe"), kind)
        return found[kind]

    return why_not


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The skew."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no disk was slow and no clock wrong: there is no C compiler. `apt-get install gcc libc6-dev`")
    return skew.build(tmp_path_factory.mktemp("skew"), compiler)


@pytest.fixture
def stage(tmp_path: Path, mounts: Callable[[type[Ground]], str], request: pytest.FixtureRequest) -> Iterator[Stage]:
    """See `Stage`."""
    with ExitStack() as stack:

        def make(nemesis: Nemesis, treason: str = "") -> Scene:
            ground = nemesis.ground(tmp_path / "ground")
            if why := mounts(type(ground)):
                pytest.skip(f"{nemesis.name}: not tried. {why}")
            under = Skew(request.getfixturevalue("library"), tmp_path / "skew") if nemesis.skewed else None
            daemon = StruckDaemon(tmp_path, ground=ground.path, map_size=nemesis.map_size,
                                  environ=under.environ if under else {}, forked=not (under or treason))  # fmt: skip
            if treason:
                daemon.twistd = (sys.executable, "-m", "tests.faults.traitor", treason)
            return stack.enter_context(staged(daemon, ground, nemesis.name, under))

        yield make


def _try(directory: Path, kind: type[Ground]) -> str:
    trials: dict[type[Ground], tuple[Callable[[Path], Ground], ...]] = {Tmpfs: (Tmpfs,), Loop: (ext4, xfs)}
    for number, make in enumerate(trials.get(kind, ())):
        try:
            with laid(make(directory / str(number))):
                pass
        except FileNotFoundError as error:
            return f"There is no {error.filename}: `apt-get install mount e2fsprogs xfsprogs`"
        except (OSError, subprocess.CalledProcessError):
            who = "root" if os.geteuid() else "somebody who may mount, with loop devices"
            return f"Nothing can be mounted here; run the tests as {who}"
    return ""
