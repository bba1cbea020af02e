"""Assets: the files that pages need beside themselves, each address with the digest of all: it never goes stale."""

from __future__ import annotations

import gzip
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from attrs import define, frozen

_STATIC = Path(__file__).with_name("static")
_TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}
_DIGEST = 8  # bytes


@frozen
class Asset:
    """A file as it is sent, plain and packed."""

    kind: bytes
    plain: bytes
    packed: bytes


@define(eq=False, slots=False)
class Assets:
    """The files of a directory, read when one is first asked for: a press does so when it is made."""

    directory: Path = _STATIC

    @cached_property
    def files(self) -> dict[str, Asset]:
        """All of them by name."""
        paths = [path for path in sorted(self.directory.iterdir()) if path.suffix in _TYPES]
        return {path.name: _asset(path) for path in paths}

    @cached_property
    def version(self) -> str:
        """The digest of all of them together, so that one may name another beside it."""
        digest = blake2b(digest_size=_DIGEST)
        for name, asset in self.files.items():
            digest.update(b"%s %d " % (name.encode(), len(asset.plain)) + asset.plain)
        return digest.hexdigest()

    def url(self, name: str) -> str:
        """The address of a file. Raises KeyError if there is none such."""
        assert self.files[name]
        return f"/static/{self.version}/{name}"


def _asset(path: Path) -> Asset:
    plain = path.read_bytes()
    return Asset(_TYPES[path.suffix], plain, gzip.compress(plain, 9, mtime=0))
