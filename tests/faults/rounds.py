"""Rounds: load, strike, heal, and then the books must balance, again and again."""

from __future__ import annotations

import time

from tests.faults.nemesis import Nemesis
from tests.faults.scale import FAST
from tests.faults.scene import SIZE, Scene

ENDED = 15.0  # seconds until it must have ended
RECOVERED = 20.0  # and until every connection must be served again
VERIFIED = 20  # each so many rounds the command line looks at it too


def strike_once(scene: Scene, nemesis: Nemesis) -> None:
    """One round, but for the books. It ends with a daemon at work."""
    daemon = scene.daemon
    if daemon.process is None or daemon.gone() is not None:
        daemon.start()
    crew = scene.load()
    scene.pause(nemesis.before)
    nemesis.strike(scene)
    time.sleep(nemesis.lasts)
    nemesis.heal(scene)
    code = daemon.gone() if nemesis.lives else ended(scene)
    assert nemesis.lives or code is not None, f"{nemesis.name}: the daemon goes on"
    if code is None:
        crew.wait_for(1, RECOVERED)  # by itself
    crew.end()
    if code is not None:
        assert code in nemesis.ends, (nemesis.name, code, scene.said()[-2000:])
    assert nemesis.says in scene.said(), (nemesis.name, scene.said()[-2000:])
    if code is not None:
        nemesis.mend(scene)
        daemon.start()  # without a hand laid on it


def play(scene: Scene, nemesis: Nemesis) -> None:
    """One round, and its books."""
    strike_once(scene, nemesis)
    told = f"{nemesis.name}, round {scene.turns}: {scene.books}"
    assert unexcused(scene, nemesis) == [], told
    balance = scene.balance()
    assert balance.even, f"{told}: {balance}"
    slowest = max(scene.books.seconds)
    assert slowest < nemesis.patience, f"{told}: an answer took {slowest:.1f} s"


def unexcused(scene: Scene, nemesis: Nemesis) -> list[str]:
    """The wrong answers, but for those that are right here: each connection may get one of them in a turn."""
    excused = [said for said in scene.books.wrong if nemesis.excuses and said.startswith(nemesis.excuses)]
    if len(excused) > SIZE * scene.turns:
        return scene.books.wrong
    return [said for said in scene.books.wrong if said not in excused]


def play_all(scene: Scene, nemesis: Nemesis, rounds: int) -> str:
    """So many rounds; at the end what an operator can ask is asked too. What to print."""
    begun = time.monotonic()
    for turn in range(1, rounds + 1):
        play(scene, nemesis)
        if turn % VERIFIED == 0 and turn < rounds:  # the last ones are looked at below
            scene.daemon.verify()
    seconds = time.monotonic() - begun
    assert scene.daemon.stop() == 0
    if not FAST:
        scene.daemon.verify()
    assert not nemesis.silent or scene.daemon.tracebacks() == []
    return f"{nemesis.name}: {rounds} rounds of {seconds / max(rounds, 1):.2f} s, {scene.books}, none lost, none twice"


def ended(scene: Scene) -> int | None:
    """Its exit code, as soon as there is one."""
    limit = time.monotonic() + ENDED
    while time.monotonic() < limit:
        if (code := scene.daemon.gone()) is not None:
            return code
        time.sleep(0.005)
    return None
