"""Slow floods: the four attacks of slowhttptest. A healthy event comes every tenth of a second beside them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.hold.process import forget_peak, memory
from tests.hold.scale import BIG
from tests.hostile.flood_beside import Beside, beside
from tests.hostile.wire_target import HOOK, MIB, PROMPT, Target, ask, target_in
from tests.hostile.wire_tools import need

SECONDS = 60 if BIG else 15
EACH = 225  # connections of an attack: four of them leave room for a hundred of the thousand
RATE = 100  # of them a second
ATTACKS: Mapping[str, tuple[str, ...]] = {
    "slow-headers": ("-H", "-t", "POST", "-i", "2", "-x", "24"),
    "slow-body": ("-B", "-t", "POST", "-i", "2", "-x", "10", "-s", "8192"),
    "slow-read": ("-X", "-w", "1", "-y", "16", "-n", "2", "-z", "8", "-k", "3"),
    "range": ("-R", "-t", "HEAD", "-a", "10", "-b", "700"),  # as many as fit into a head
}
PAGES = {"slow-read": "/login", "range": "/login"}
"""What is asked for; of the others a webhook."""
DONE = "No open connections left"  # all were answered and closed
_CONNECTED = re.compile(r"(?:connected|closed):\s+(?:\x1b\[[0-9;]*m)*\s*(\d+)")

pytestmark = pytest.mark.long


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    with target_in(tmp_path) as made:
        ask(made.door, "GET", "/login")  # loads what makes pages
        yield made


def attack(target: Target, name: str) -> subprocess.Popen[str]:
    """One attack; it ends by itself."""
    need("slowhttptest")
    url = f"http://127.0.0.1:{target.daemon.port}{PAGES.get(name, HOOK)}"
    command = [
        "slowhttptest",
        *ATTACKS[name],
        "-c",
        str(EACH),
        "-r",
        str(RATE),
        "-l",
        str(SECONDS),
        "-p",
        "3",
        "-u",
        url,
    ]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)


def under(target: Target, *names: str) -> Beside:
    """What healthy senders see while these attacks go on. Each of them got through."""
    with ExitStack() as stack:
        running = [stack.enter_context(attack(target, name)) for name in names]
        for process in running:
            stack.callback(process.kill)
        with beside(target.daemon.pid, target.daemon.port, HOOK) as others:
            outs = [process.communicate(timeout=SECONDS + 60)[0] for process in running]
    for name, out in zip(names, outs, strict=True):
        most = max(map(int, _CONNECTED.findall(out)), default=0)
        assert most >= EACH / 2 or (name == "range" and DONE in out), f"{name}: {out[-2000:]}"
    target.acked.update({f"beside-{n}": 1 for n in range(len(others.took) - others.lost)})
    return others


@pytest.mark.parametrize("names", [[name] for name in ATTACKS] if BIG else [list(ATTACKS)], ids="+".join)
def test_the_healthy_do_not_feel_it(
    target: Target, names: list[str], record_property: Callable[[str, object], None]
) -> None:
    forget_peak(target.daemon.pid)
    others = under(target, *names)
    highest = memory(target.daemon.pid, "VmHWM") / MIB
    for name, value in (("worst_ms", others.worst * 1000), ("asked", len(others.took)), ("highest_mib", highest)):
        record_property(name, round(value, 1))
    print(f"{'+'.join(names)}: worst of {len(others.took)} {others.worst * 1000:.0f} ms, highest {highest:.0f} MiB")
    assert len(others.took) > SECONDS * 2
    assert (others.lost, others.worst < PROMPT) == (0, True)
    target.forgiven = frozenset({"request failed: busy"})  # pages that so many ask for at once may be 503
    target.holds()
