"""Trials: what the daemon has to live through, and to recover from by itself."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from functools import partial

from tests.faults.deaths import post_long, terminate
from tests.faults.ground import Tmpfs
from tests.faults.nemesis import Nemesis
from tests.faults.scene import Scene
from tests.smoke.daemon import ROOT

SMALL_MAP = 24 << 20  # with less than 16 MiB of room it never says that it is ready
SPARE_FILES = 3
ASKERS = 40
HEALTHY = 1.0  # seconds in which /healthz answers whatever the disk does, on a busy machine
READER = "import sys, lmdb, os; env = lmdb.open(sys.argv[1], create=False, max_dbs=99); txn = env.begin(); os.kill(os.getpid(), 9)"  # noqa: E501


def fill_disk(scene: Scene) -> None:
    """To the last byte."""
    ballast = scene.ground.path / "ballast"
    scene.left.append(ballast)
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass
        try:
            while True:
                file.write(bytes(512))
        except OSError:
            pass


def refused_so_far(scene: Scene) -> None:
    """The fault was felt; then it goes."""
    assert scene.books.refused, "the disk is full, and all is well: nothing was tried"
    clear(scene)


def clear(scene: Scene) -> None:
    while scene.left:
        scene.left.pop().unlink(missing_ok=True)


def fill_map(scene: Scene) -> None:
    """With long events, until one is refused."""
    for n in range(1000):
        if post_long(scene, f"long-{scene.turns}-{n}", 900_000) == 503:
            return
    raise AssertionError("the map is never full")


def enlarge_map(scene: Scene) -> None:
    scene.daemon.map_size += 2 * SMALL_MAP
    scene.daemon.configure()


def take_descriptors(scene: Scene) -> None:
    """Next to none is left, and many knock at the door."""
    used = max(int(name) for name in os.listdir(f"/proc/{scene.daemon.pid}/fd")) + 1 + SPARE_FILES
    _, hard = resource.prlimit(scene.daemon.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(scene.daemon.pid, resource.RLIMIT_NOFILE, (used, hard))
    for _ in range(ASKERS):
        with socket.create_connection(("127.0.0.1", scene.daemon.port), 5):
            pass


def give_descriptors(scene: Scene) -> None:
    _, hard = resource.prlimit(scene.daemon.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(scene.daemon.pid, resource.RLIMIT_NOFILE, (hard, hard))
    assert scene.daemon.ask("GET", "/healthz", port=scene.daemon.admin_port)[0] == 200


def slow_down(scene: Scene, seconds: float) -> None:
    scene.slow.set(flush=seconds)


def still_healthy(scene: Scene) -> None:
    """The reactor goes on while the writer waits."""
    begun = time.monotonic()
    assert scene.daemon.ask("GET", "/healthz", port=scene.daemon.admin_port)[0] == 200
    assert time.monotonic() - begun < HEALTHY
    scene.slow.set()


def stop(scene: Scene) -> None:
    os.kill(scene.daemon.pid, signal.SIGSTOP)


def go_on(scene: Scene) -> None:
    os.kill(scene.daemon.pid, signal.SIGCONT)


def set_clock(scene: Scene, seconds: float) -> None:
    scene.slow.set(wall=seconds)


def right_clock(scene: Scene) -> None:
    """It was served while the clock was wrong; and it goes right again."""
    assert scene.crew is not None
    scene.crew.wait_for(1, 5.0)
    scene.slow.set()


def leave_reader(scene: Scene) -> None:
    """Somebody dies while he reads; a minute goes by."""
    done = subprocess.run([sys.executable, "-c", READER, str(scene.daemon.data)], cwd=ROOT, check=False, timeout=30)
    assert done.returncode == -signal.SIGKILL
    scene.slow.set(monotonic=61.0 * scene.turns)


DISK_FULL = Nemesis(name="disk full", strike=fill_disk, heal=refused_so_far, lasts=1.0, ground=Tmpfs)
MAP_FULL = Nemesis(name="map full", strike=fill_map, heal=terminate, mend=enlarge_map, lasts=0.3, lives=False,
                   ends=frozenset({0}), map_size=SMALL_MAP)  # fmt: skip
NO_DESCRIPTORS = Nemesis(name="EMFILE", strike=take_descriptors, heal=give_descriptors, lasts=0.5)
STOPPED = Nemesis(name="SIGSTOP 5 s", strike=stop, heal=go_on, lasts=5.0, patience=10.0)
SLOW = tuple(
    Nemesis(name=f"slow fsync {seconds} s", strike=partial(slow_down, seconds=seconds), heal=still_healthy,
            lasts=lasts, patience=4.0, skewed=True)
    for seconds, lasts in ((0.1, 0.5), (1.0, 2.0), (3.0, 4.0))
)  # fmt: skip
CLOCKS = tuple(
    Nemesis(name=f"clock {name}", strike=partial(set_clock, seconds=seconds), heal=right_clock, lasts=0.5, skewed=True)
    for name, seconds in (("-1 h", -3600.0), ("+1 d", 86400.0))
)  # fmt: skip
DEAD_READER = Nemesis(name="dead reader", strike=leave_reader, lasts=1.5, skewed=True, says="freed the slots of",
                      excuses="408 ")  # a minute goes by at once: who was half heard took too long  # fmt: skip

TRIALS = (DISK_FULL, MAP_FULL, NO_DESCRIPTORS, STOPPED, *SLOW, *CLOCKS, DEAD_READER)
