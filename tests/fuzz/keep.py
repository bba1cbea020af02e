"""Keep: of many inputs the few that are worth it: the shortest that reach each step from line to line of the parser."""

from __future__ import annotations

import hashlib
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.target import found, kept, load

MOST = 60  # files of a target: the corpus is read by people, too
_DIGEST = re.compile("[0-9a-f]{16}")
_ADDRESS = re.compile(rb"@([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)
_NOBODYS = re.compile(rb"(?:.*\.)?example\.(?:com|org|net)", re.IGNORECASE)
_WATCHED = str(Path(__file__).parents[2] / "jivod")

Step = tuple[str, int, int]
"""From one line of a file to another."""


def keep(name: str) -> int:
    """Add to the corpus of a target what the fuzzer found, and take away what is of no use beside it; how many stay.

    What a person put there stays: what is named otherwise than by a digest, as what broke something once.
    """
    check = load(name)
    inputs = [path.read_bytes() for place in (kept(name), found(name)) for path in place.iterdir()]
    chosen = choose(check, filter(is_nobodys, inputs))
    for path in kept(name).iterdir():
        if _DIGEST.fullmatch(path.name):
            path.unlink()
    for data in chosen:
        (kept(name) / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    return len(chosen)


def is_nobodys(data: bytes) -> bool:
    """Whether each e-mail address in it is one that nobody has."""
    return all(_NOBODYS.fullmatch(domain) for domain in _ADDRESS.findall(data))


def choose(check: Callable[[bytes], None], inputs: Iterable[bytes]) -> list[bytes]:
    """The shortest inputs that reach all that can be reached by `MOST` of them; what reaches most comes first then."""
    check(b"")  # what is done once is no input's merit
    reached = {data: steps(check, data) for data in sorted(set(inputs), key=lambda data: (len(data), data))}
    seen: set[Step] = set()
    useful: list[bytes] = []
    for data, there in reached.items():
        if not there <= seen:
            useful.append(data)
            seen |= there
    count = Counter(step for data in useful for step in reached[data])
    for data in reversed(useful[:]):
        if all(count[step] > 1 for step in reached[data]):
            useful.remove(data)
            count.subtract(reached[data])
    return _most(useful, reached)


def _most(useful: list[bytes], reached: dict[bytes, set[Step]]) -> list[bytes]:
    seen: set[Step] = set()
    chosen: list[bytes] = []
    while len(chosen) < min(MOST, len(useful)):
        best = max((data for data in useful if data not in chosen), key=lambda data: len(reached[data] - seen))
        chosen.append(best)
        seen |= reached[best]
    return chosen


def steps(check: Callable[[bytes], None], data: bytes) -> set[Step]:
    """The steps within jivod that a check of `data` takes."""
    seen: set[Step] = set()

    def watch(frame: FrameType, event: str, _: Any) -> Any:
        name, last = frame.f_code.co_filename, frame.f_lineno
        if not name.startswith(_WATCHED):
            return None

        def step(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal last
            seen.add((name, last, frame.f_lineno))
            last = frame.f_lineno
            return step

        return step

    before = sys.gettrace()  # coverage counts by it
    sys.settrace(watch)
    try:
        check(data)
    finally:
        sys.settrace(before)
    return seen
