"""Manifest: what a backup file says of itself in its first bytes, so that it can be judged before it is unpacked.

To zstd it is a frame to be skipped. The second line is JSON, the third its digest, the rest is spaces: no byte of it
can change unseen.
"""

from __future__ import annotations

import re
from hashlib import sha256

import orjson
from attrs import asdict, frozen

from jivod.model.errors import Damaged, Refused
from jivod.strict import make_converter

SIZE = 2048
"""Bytes that it takes at the beginning of the file."""

FORMAT = 1
BACKUP = "backup"  # the whole store
TAIL = "tail"  # what came since the file before

_FRAME = b"\x50\x2a\x4d\x18" + (SIZE - 8).to_bytes(4, "little")
_TITLE = re.compile(rb"jivod backup ([0-9]{1,9})")


@frozen(kw_only=True)
class Manifest:
    """Times in UNIX ms, sizes in bytes; what `Standing` says of the store, and of the file:

    `version` of jivod, `rows` and their `raw` size, the `size` and `checksum` of what follows the manifest; `since`: a
    tail has the entries behind this number; `follows`: the checksum of the file that it continues.
    """

    kind: str
    version: str
    made_at: int
    store: str
    schema: int
    last: int
    last_at: int
    head: str
    policies: str
    erased: str
    kept: str
    quarantined: int
    since: int = 0
    follows: str = ""
    rows: int = 0
    raw: int = 0
    size: int = 0
    checksum: str = ""


_converter = make_converter()


def encode(manifest: Manifest) -> bytes:
    """The beginning of the file."""
    said = orjson.dumps(asdict(manifest))
    text = b"\n".join((b"jivod backup %d" % FORMAT, said, _digest(FORMAT, said), b""))
    return _FRAME + text.ljust(SIZE - len(_FRAME))


def decode(header: bytes, name: str) -> Manifest:
    """What the first `SIZE` bytes of the file called `name` say.

    Raises Damaged if they are no manifest, Refused if a newer jivod wrote it.
    """
    if not header:
        raise Damaged(f"{name} is empty: it is no backup")
    title, _, rest = header[len(_FRAME) :].partition(b"\n")
    match = _TITLE.fullmatch(title)
    if header[: len(_FRAME)] != _FRAME or match is None:
        raise Damaged(f"{name} is no backup of jivod, or its beginning is damaged")
    said, digest, padding = [*rest.split(b"\n", 2), b"", b"", b""][:3]
    if len(header) < SIZE or digest != _digest(int(match[1]), said) or padding.strip(b" "):
        raise Damaged(f"{name} is damaged: what it says of itself does not agree with its digest; take another backup")
    if int(match[1]) > FORMAT:
        raise Refused(f"{name} was written by a newer jivod: use that one, or a newer, to restore it")
    return _structure(said, name)


def _digest(number: int, said: bytes) -> bytes:
    return sha256(b"%d\n" % number + said).hexdigest().encode()


def _structure(said: bytes, name: str) -> Manifest:
    try:
        return _converter.structure(orjson.loads(said), Manifest)
    except Exception as error:  # cattrs raises groups
        raise Damaged(f"{name} is no backup that this jivod can read") from error
