"""Restore a whole export: into a store beside the right one, which takes its place at once or not at all."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import BinaryIO

from jivod.cli import swap
from jivod.cli.office import Office, become_owner_of
from jivod.cli.report import counted_entries
from jivod.cli.screen import say, say_json
from jivod.cli.twin import few_collections, stepping
from jivod.flow import whole
from jivod.model.audit import ALL, IMPORTED
from jivod.model.errors import Refused
from jivod.store import lock, meta, side
from jivod.store.lmdb import ScratchEngine, make_scratch, open_engine

NEW = "data.import"


def restore(office: Office, file: BinaryIO, *, as_json: bool) -> None:
    """Make the store what the export says. Raises Refused, and nothing was changed, while there is anything in it."""
    settings = office.settings
    beside, data = settings.state_dir / NEW, settings.data_dir
    with ExitStack() as stack:
        become_owner_of(settings.state_dir)
        stack.callback(_hold(settings.state_dir).release)
        _demand_empty(data, settings.map_size)
        stack.enter_context(office.noted(IMPORTED))
        office.touch(about=ALL)
        shutil.rmtree(beside, ignore_errors=True)
        stack.callback(partial(shutil.rmtree, beside, ignore_errors=True))
        with closing(make_scratch(beside, settings.map_size, bytes(meta.ID_KEY_SIZE))) as engine:
            entries = _load(file, engine)
            engine.seal()
        side.remove(settings.state_dir / side.NAME)
        if data.exists():
            swap.exchange(beside, data)
        else:
            beside.rename(data)
            swap.flush(data.parent)
    if as_json:
        say_json({"entries": entries})
    else:
        say(f"The store is what the export says: {counted_entries(entries)} folded.")


def _load(file: BinaryIO, engine: ScratchEngine) -> int:
    size = os.fstat(file.fileno()).st_size
    with stepping("Restoring", engine) as step, few_collections():
        return whole.load(file, engine, lambda: step(file.tell(), size))


def _hold(state_dir: Path) -> lock.Lock:
    try:
        return lock.hold(state_dir)
    except Refused as error:
        raise Refused(f"{error}; stop the daemon first (systemctl stop jivod)") from None


def _demand_empty(data: Path, map_size: int) -> None:
    if not (data / "data.mdb").exists():
        return
    with closing(open_engine(data, map_size)) as engine:
        if not engine.read(whole.is_empty):
            raise Refused(
                "there is a history in this store, and a whole export only goes into an empty one; "
                f"move {data} aside, or name another state_dir"
            )

