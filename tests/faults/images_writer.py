"""Images, the writer: a process that makes a store and tells it a story, beneath the shim that records it.

    python -m tests.faults.images_writer DIRECTORY SEED GROUPS

Its marks: `open`, then for each group `begin N` and, once the engine has returned, `ack N`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from jivod.store.lmdb import open_engine
from tests.faults.images_story import ID_KEY, MAP_SIZE, story, tell
from tests.faults.shim import mark


def main(directory: Path, seed: int, groups: int) -> None:
    """Write the whole story."""
    engine = open_engine(directory, MAP_SIZE, random_bytes=lambda _: ID_KEY)
    mark("open")
    for number, group in enumerate(story(seed, groups)):
        mark(f"begin {number + 1}")
        tell(engine, group, number)
        mark(f"ack {number + 1}")
    engine.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
