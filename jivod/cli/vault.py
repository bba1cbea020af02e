"""Vault: the secrets that jivod made and keeps in its state directory: read for a backup, put back by a restore."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from jivod.model.errors import Damaged, Refused

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}\.secret", re.ASCII)
_LONGEST = 4096  # bytes: no secret is longer
_MANY = 1000


def read(state_dir: Path) -> dict[str, bytes]:
    """Name -> content. Raises Refused for one that cannot be read."""
    try:
        return {
            path.name: path.read_bytes()
            for path in sorted(state_dir.iterdir())
            if _NAME.fullmatch(path.name) and path.is_file() and path.stat().st_size <= _LONGEST
        }
    except OSError as error:
        raise Refused(f"{error.filename} cannot be read ({error.strerror}); run this as its owner") from None


def demand_sane(secrets: Mapping[str, bytes]) -> None:
    """Raise Damaged for what no backup of ours holds: the names become names of files."""
    good = all(_NAME.fullmatch(name) and len(content) <= _LONGEST for name, content in secrets.items())
    if not good or len(secrets) > _MANY:
        raise Damaged("the backup has secrets that jivod cannot have made: take another backup")


def differing(state_dir: Path, secrets: Mapping[str, bytes]) -> list[str]:
    """Those that are here, and are others than in the backup."""
    here = read(state_dir) if state_dir.exists() else {}
    return [name for name in secrets if name in here and here[name] != secrets[name]]


def put(state_dir: Path, secrets: Mapping[str, bytes], aside: Path) -> None:
    """Put them in place; those that were there and are others go to the directory `aside`."""
    there = differing(state_dir, secrets)
    for name, content in secrets.items():
        if name in there:
            aside.mkdir(mode=0o700, exist_ok=True)
            os.link(state_dir / name, aside / name)
        elif (state_dir / name).exists():
            continue
        draft = state_dir / f"{name}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(state_dir / name)
