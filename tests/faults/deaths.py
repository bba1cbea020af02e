"""Deaths: what ends the daemon at once."""

from __future__ import annotations

import os
import resource
import signal
import time

from tests.faults.ground import Loop, broken_ext4, ext4, xfs
from tests.faults.nemesis import Nemesis
from tests.faults.scene import Scene

RESTART = 75  # the code that asks for one


def kill(scene: Scene) -> None:
    os.kill(scene.daemon.pid, signal.SIGKILL)


def terminate(scene: Scene) -> None:
    os.kill(scene.daemon.pid, signal.SIGTERM)


def cut_power(scene: Scene) -> None:
    """What runs on after the cut promises what nobody keeps: it has a moment to do so."""
    _loop(scene).cut()
    time.sleep(0.02)
    if scene.daemon.gone() is None:
        kill(scene)


def break_disk(scene: Scene) -> None:
    _loop(scene).break_off()


def stay_down(scene: Scene) -> None:
    """On a disk that only reads it says so, and ends; on one that is well it starts."""
    scene.heard = scene.daemon.log.stat().st_size
    scene.daemon.launch()
    assert scene.daemon.wait() in (RESTART, 1, 70, 69), scene.said()
    assert "jivod: " in scene.said(), scene.said()
    scene.ground.mend()


def limit_files(scene: Scene) -> None:
    """No file grows any more."""
    used = (scene.daemon.data / "data.mdb").stat().st_size
    resource.prlimit(scene.daemon.pid, resource.RLIMIT_FSIZE, (used, used))


def limit_memory(scene: Scene) -> None:
    """No more address space than there is."""
    status = (line.split() for line in open(f"/proc/{scene.daemon.pid}/status"))
    size = next(int(words[1]) * 1024 for words in status if words[0] == "VmSize:")
    resource.prlimit(scene.daemon.pid, resource.RLIMIT_AS, (size, resource.RLIM_INFINITY))


def free_memory(scene: Scene) -> None:
    if scene.daemon.gone() is None:
        everything = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(scene.daemon.pid, resource.RLIMIT_AS, everything)


def _loop(scene: Scene) -> Loop:
    assert isinstance(scene.ground, Loop)
    return scene.ground


def _mend(scene: Scene) -> None:
    scene.ground.mend()


KILL = Nemesis(name="SIGKILL", strike=kill, lives=False, ends=frozenset({-signal.SIGKILL}), before=0.15)
TERM = Nemesis(name="SIGTERM under load", strike=terminate, lives=False, ends=frozenset({0}))
CUT_EXT4 = Nemesis(name="power cut, ext4", strike=cut_power, mend=_mend, ground=ext4, lives=False,
                   ends=frozenset({-signal.SIGKILL, RESTART}))  # fmt: skip
CUT_XFS = Nemesis(name="power cut, xfs", strike=cut_power, mend=_mend, ground=xfs, lives=False,
                  ends=frozenset({-signal.SIGKILL, RESTART}))  # fmt: skip
READ_ONLY = Nemesis(name="disk turns read-only", strike=break_disk, mend=stay_down, ground=broken_ext4, lives=False,
                    ends=frozenset({RESTART}), says="jivod: the store failed")  # fmt: skip
FILE_LIMIT = Nemesis(name="ulimit -f", strike=limit_files, lives=False, ends=frozenset({RESTART}),
                     says="jivod: the store failed")  # fmt: skip
MEMORY_LIMIT = Nemesis(name="memory limit", strike=limit_memory, heal=free_memory, lasts=1.0,
                       ends=frozenset({RESTART}))  # fmt: skip

DEATHS = (TERM, READ_ONLY, FILE_LIMIT, MEMORY_LIMIT)
