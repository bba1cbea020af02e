"""Door: is whoever asks signed in, and as whom?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from jivod.web.pages.viewer import Viewer

if TYPE_CHECKING:
    from twisted.web.server import Request


class Door(Protocol):
    """Who knows the users."""

    async def admit(self, request: Request) -> Viewer | None:
        """Who asks; None for somebody who is not signed in."""

    async def remains(self, request: Request) -> bool:
        """Whether whoever was admitted by this request is still signed in. That is no use of his session."""
