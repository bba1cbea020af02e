"""Rulefile: a policy file that is to be taken into use, and its way to where the configuration looks for one."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from jivod.cli import swap
from jivod.flow import cases
from jivod.model.errors import BadConfig, Refused
from jivod.policy import file
from jivod.strict import source

BEFORE = ".before"  # behind the name of the file that was there


@frozen
class Rulefile:
    """A policy that can be used. `text` is what the store keeps of it."""

    path: Path
    text: str


def read(path: Path) -> Rulefile:
    """The policy in a file. Raises BadConfig, FILE:LINE and the fault, also for a case that does not hold."""
    text = source.read(path, BadConfig).text
    found = file.parse(text, str(path))
    wrong = [
        f'{path}:{case.line}: the case "{case.name}": {sentence}; {cases.REMEDY}'
        for case in found.cases
        for sentence in cases.play(case, found.rules)
    ]
    if wrong:
        raise BadConfig("\n".join(wrong))
    return Rulefile(path=path, text=text)


def demand_place(new: Rulefile, configured: Path | None) -> None:
    """Raise Refused where `put_in_place` could not do it."""
    if configured is None or _is_there(new, configured):
        return
    if not os.access(configured.resolve().parent, os.W_OK):
        raise Refused(
            f"the user of the store may not write {configured}, which the configuration names: "
            f"copy {new.path} there yourself, then say --policy {configured}"
        )


def put_in_place(new: Rulefile, configured: Path | None) -> Callable[[], None]:
    """Make `configured`, the file that the daemon will read, say what `new` says. The one that was there stays beside
    it. What is returned takes that back.
    """
    if configured is None or _is_there(new, configured):
        return lambda: None
    place = configured.resolve()
    before, beside = _named(place, BEFORE), _named(place, ".new")
    shutil.copy2(place, before)
    with beside.open("w", encoding="utf-8", newline="") as out:
        out.write(new.text)
        out.flush()
        os.fsync(out.fileno())
    beside.chmod(place.stat().st_mode & 0o777)
    _rename(beside, place)
    return lambda: _rename(before, place)


def line_for(new: Rulefile) -> str:
    """The line by which the configuration names the file."""
    return f"policy = {json.dumps(str(new.path.absolute()), ensure_ascii=False)}"


def _is_there(new: Rulefile, configured: Path) -> bool:
    return configured.read_bytes().decode("utf-8-sig", "replace") == new.text


def _rename(path: Path, place: Path) -> None:
    path.rename(place)
    swap.flush(place.parent)


def _named(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
