"""Beside: a healthy request every so often, from a process of its own, while something else goes on.

The machine may be busy with others: the time in which the daemon, or this process, could have run but had no processor
is taken off.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from attrs import define, field

from tests.smoke.daemon import ROOT, event

EVERY = 0.1  # seconds
GIVEN_UP = 10.0
STOP = 10.0


@define
class Beside:
    """`took`: seconds of each answer; `lost`: how many were not answered 200."""

    took: list[float] = field(factory=list)
    lost: int = 0

    @property
    def worst(self) -> float:
        return max(self.took)


@contextmanager
def beside(pid: int, port: int, path: str = "/healthz", host: str = "127.0.0.1") -> Iterator[Beside]:
    """Ask `path` at `port`, where process `pid` answers, until the block ends; what came of it is there then."""
    command = [sys.executable, "-m", "tests.hostile.flood_beside", str(pid), host, str(port), path]
    found = Beside()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            yield found
        finally:
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=STOP + GIVEN_UP)
    found.took, found.lost = json.loads(out)
    assert found.took, "nobody was there beside it"


def ask(host: str, port: int, path: str, turn: int) -> bool:
    """Whether it is answered 200. At a webhook it is an event, of the chat beside-0 and so on."""
    connection = http.client.HTTPConnection(host, port, timeout=GIVEN_UP)
    try:
        if path.startswith("/jivo/"):
            connection.request("POST", path, event(f"beside-{turn}"), {"Host": "crm.example.com"})
        else:
            connection.request("GET", path, headers={"Host": "crm.example.com"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def starved(*pids: int) -> float:
    """Seconds for which a thread of these processes could have run but had no processor; all threads together."""
    tasks = [task for pid in pids for task in Path(f"/proc/{pid}/task").iterdir()]
    found = 0.0
    for task in tasks:
        with suppress(FileNotFoundError, ProcessLookupError):  # the thread has ended
            found += int((task / "schedstat").read_text().split()[1]) / 1e9
    return found


def main(pid: int, host: str, port: int, path: str) -> None:
    """Ask until SIGTERM comes."""
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: ended.append(number))
    took: list[float] = []
    lost = 0
    me = os.getpid()
    print("begun", flush=True)
    while not ended:
        before, begun = starved(pid, me), time.monotonic()
        lost += not ask(host, port, path, len(took))
        spent = time.monotonic() - begun
        took.append(max(0.0, spent - (starved(pid, me) - before)))
        time.sleep(max(0.0, EVERY - spent))
    print(json.dumps([took, lost]))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4])
