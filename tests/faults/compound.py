"""Compound: a fault on top of another one: while it starts, is folded anew, backed up, restored."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

from tests.faults.deaths import kill, terminate
from tests.faults.ground import Tmpfs
from tests.faults.nemesis import Nemesis
from tests.faults.scene import Scene
from tests.faults.trials import clear, fill_disk

STARTING = 0.6  # seconds, in which the next one strikes
AT_WORK = 2.0  # the same, for a verb of the command line


def kill_again(scene: Scene) -> None:
    """While it recovers, and once more."""
    for _ in range(2):
        scene.daemon.launch()
        scene.pause(STARTING)
        scene.daemon.kill()


def start_on_full_disk(scene: Scene) -> None:
    """It may refuse to, in words; nothing may suffer."""
    fill_disk(scene)
    scene.heard = scene.daemon.log.stat().st_size
    scene.daemon.launch()
    scene.pause(AT_WORK)
    if scene.daemon.gone() is None:
        scene.daemon.kill()
    else:
        assert "jivod: " in scene.said(), scene.said()
    clear(scene)


def kill_in_rebuild(scene: Scene) -> None:
    """The verb, the daemon, or both."""
    verb = scene.daemon.begin("rebuild")
    scene.pause(AT_WORK)
    if scene.random.random() < 0.7:
        verb.kill()
    verb_outlives = verb.poll() is None
    kill(scene)
    verb.wait(60)
    assert verb.returncode in (0, 1, -signal.SIGKILL), (verb.returncode, verb_outlives)
    shutil.rmtree(scene.daemon.state / "data.before-rebuild", ignore_errors=True)


def kill_in_backup(scene: Scene) -> None:
    """The next one comes through, and removes what was left behind."""
    verb = scene.daemon.begin("backup", str(_backups(scene)))
    scene.pause(AT_WORK)
    verb.kill()
    verb.wait(60)
    done = scene.daemon.call("backup", str(_backups(scene)), "--keep", "1")
    assert done.returncode == 0, done.stderr
    assert len(list(_backups(scene).iterdir())) == 1, list(_backups(scene).iterdir())


def kill_in_restore(scene: Scene) -> None:
    """Whichever of the two stores is there then, it holds everything."""
    done = scene.daemon.call("backup", str(_backups(scene)), "--keep", "1")
    assert done.returncode == 0, done.stderr
    verb = scene.daemon.begin("restore", "--force", str(_backups(scene)))
    scene.pause(AT_WORK)
    verb.kill()
    verb.wait(60)
    for left in scene.daemon.state.glob("before-restore-*"):
        if (scene.daemon.data / "data.mdb").exists():
            shutil.rmtree(left)


def _backups(scene: Scene) -> Path:
    path = scene.daemon.directory / "backups"
    path.mkdir(exist_ok=True, mode=0o700)
    return path


_KILLED = frozenset({-signal.SIGKILL})

COMPOUNDS = (
    Nemesis(name="killed again while it recovers", strike=kill, mend=kill_again, lives=False, ends=_KILLED),
    Nemesis(name="started on a full disk", strike=terminate, mend=start_on_full_disk, lives=False, ends=frozenset({0}),
            ground=Tmpfs),
    Nemesis(name="killed in a rebuild", strike=kill_in_rebuild, lives=False, ends=_KILLED),
    Nemesis(name="killed in a backup", strike=kill_in_backup),
    Nemesis(name="killed in a restore", strike=terminate, mend=kill_in_restore, lives=False, ends=frozenset({0})),
)  # fmt: skip
