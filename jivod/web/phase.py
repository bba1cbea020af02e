"""Phase: where a connection stands: what it may take, and until when, hangs on it."""

from __future__ import annotations

from enum import Enum, auto


class Phase(Enum):
    """Of one request after the other. STREAM: an answer without an end. CLOSING: the last one is on its way."""

    HEADER = auto()
    BODY = auto()
    WORK = auto()
    STREAM = auto()
    IDLE = auto()
    CLOSING = auto()
