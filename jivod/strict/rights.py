"""Rights: by which commands a file is open to the user of the daemon and to nobody else."""

from __future__ import annotations

import grp
import os
import shlex
from pathlib import Path


def closing(path: Path, uid: int, gid: int) -> str:
    """What closes a file to all but the user `uid`, who goes on to read it: his own, or by his group `gid`."""
    name = shlex.quote(str(path))
    return f"run: chmod 600 {name}" if path.stat().st_uid == uid else f"run as root: {_lend(name, gid, 640)}"


def opening(path: Path) -> str:
    """What lets the user of this process read a file that it may not read."""
    shut = next((above for above in reversed(path.absolute().parents) if not os.access(above, os.X_OK)), None)
    if shut is not None:
        return f"run as root: {_lend(shlex.quote(str(shut)), os.getegid(), 750)}, or keep the file elsewhere"
    return closing(path, os.geteuid(), os.getegid())


def _lend(name: str, gid: int, mode: int) -> str:
    return f"chgrp {_group(gid)} {name}; chmod {mode} {name}"


def _group(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
