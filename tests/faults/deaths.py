"""Deaths: what ends the daemon at once."""

from __future__ import annotations

import http.client
import resource
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import orjson

from tests.faults.crew import PATIENCE
from tests.faults.ground import Loop, broken_ext4, ext4, xfs
from tests.faults.nemesis import Nemesis
from tests.faults.scene import Scene
from tests.hold.process import memory
from tests.smoke.daemon import SECRET, event

HEAVY = 24  # long bodies at once
RESTART = 75  # the code that asks for one


def kill(scene: Scene) -> None:
    scene.daemon.send(signal.SIGKILL)


def terminate(scene: Scene) -> None:
    scene.daemon.send(signal.SIGTERM)


def cut_power(scene: Scene) -> None:
    """What runs on after the cut promises what nobody keeps: it has a moment to do so."""
    _loop(scene).cut()
    time.sleep(0.02)
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
    """No more address space than there is, and bodies that want some."""
    size = memory(scene.daemon.pid, "VmSize")
    resource.prlimit(scene.daemon.pid, resource.RLIMIT_AS, (size, resource.RLIM_INFINITY))
    with ThreadPoolExecutor(HEAVY) as pool:
        list(pool.map(lambda n: post_long(scene, f"heavy-{scene.turns}-{n}", 900_000), range(HEAVY)))


def post_long(scene: Scene, chat: str, size: int) -> int:
    """One event of so many bytes, as the books know it; the status, 0 for none."""
    body = orjson.dumps({**orjson.loads(event(chat)), "filler": "x" * size})
    scene.books.sent.append(chat)
    connection = http.client.HTTPConnection("127.0.0.1", scene.daemon.port, timeout=PATIENCE)
    try:
        connection.request("POST", f"/jivo/{SECRET}", body)
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
    scene.books.answered(chat, response.status, response.getheader("Retry-After"), 0.0)
    return response.status


def free_memory(scene: Scene) -> None:
    everything = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    with suppress(ProcessLookupError):  # it may end at any moment
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
MEMORY_LIMIT = Nemesis(name="memory limit", strike=limit_memory, heal=free_memory, lasts=1.0, silent=False,
                       ends=frozenset({RESTART, -signal.SIGSEGV, -signal.SIGABRT}))  # fmt: skip
"""It ends, or the interpreter itself dies; what was answered is there all the same."""

DEATHS = (TERM, READ_ONLY, FILE_LIMIT, MEMORY_LIMIT)
