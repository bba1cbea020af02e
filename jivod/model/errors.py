"""Errors: few, flat, by whose fault it was. `code` is for machines, the message is for people and never repeats
input.
"""

from __future__ import annotations


class JivodError(Exception):
    """Root of what jivod raises on purpose."""

    code = "error"


class Unreadable(JivodError):
    """The sender's fault: the body cannot be used. It goes to quarantine, the answer is 400."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Refused(JivodError):
    """The user asked for something that cannot be done; nothing was changed. The message says what to do instead.

    `reason` is a word of whoever refuses, for who says it in other words; "" where nobody does.
    """

    code = "refused"

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason


class BadConfig(JivodError):
    """The configuration cannot be used; the message names file, line and remedy."""

    code = "bad_config"


class Damaged(JivodError):
    """A stored record fails its checksum or cannot be decoded. The message names the table, never the content."""

    code = "damaged_record"


class StoreFull(JivodError):
    """The map or the disk is full: nothing was written; free space or enlarge the map."""

    code = "storage_full"


class StoreFailed(JivodError):
    """The store failed below us (I/O error at commit): nothing of the group may be claimed; restart."""

    code = "storage_failed"


class Busy(JivodError):
    """Too much is waiting, or the deadline passed: try again."""

    code = "busy"
