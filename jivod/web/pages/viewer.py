"""Viewer: who looks at a page."""

from __future__ import annotations

from jivod.model.access import Role
from jivod.model.value import frozen


@frozen(kw_only=True)
class Viewer:
    """`language` and `zone` (a name of the time zone database) are None where the user chose none. `session` names his
    session, `csrf` is what each of his forms has to bring along.
    """

    name: str
    role: Role
    language: str | None
    zone: str | None
    session: str
    csrf: str


NOBODY = Viewer(name="", role=Role.AGENT, language=None, zone=None, session="", csrf="")
"""Who looks at a page that is open to all, and is not signed in."""
