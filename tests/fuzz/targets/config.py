"""jivod.toml: settings, or one sentence with file, line and remedy. No secret of it is in the sentence."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from jivod.config.load import load
from jivod.model.errors import BadConfig

SECRET = b"hidden-word-of-a-secret_0123456789"
SENTENCE = re.compile(r"[^\n]*jivod\.toml:\d+: .+; .+|\S+: .+; .+", re.DOTALL)
_DIRECTORY = tempfile.TemporaryDirectory(prefix="jivod-fuzz-")
_HOME = Path(_DIRECTORY.name)
_FILE = _HOME / "jivod.toml"


def check(data: bytes) -> None:
    _FILE.write_bytes(data)
    try:
        settings = load({"JIVOD_CONFIG": str(_FILE)}, _HOME, None)
    except BadConfig as error:
        assert SENTENCE.fullmatch(str(error)), str(error)
        assert SECRET.decode() not in str(error)
    else:
        assert SECRET.decode() not in repr(settings.notes)
        assert settings.public_url.startswith(("http://", "https://"))
