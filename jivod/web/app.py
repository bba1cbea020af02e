"""App: one Klein app of many handlers. Error handlers of Klein do not reach sub-apps, so there are none."""

from __future__ import annotations

from typing import Protocol

from klein import Klein

from jivod.web.errors import Exit


class Handlers(Protocol):
    """Something that has routes."""

    def attach(self, app: Klein) -> None:
        """Add the routes to `app`."""


def make_app(exit: Exit, *handlers: Handlers) -> Klein:
    """The routes of all `handlers`, every error of theirs leaving by `exit`."""
    app = Klein()
    app.url_map.merge_slashes = False
    for handler in handlers:
        handler.attach(app)
    exit.attach(app)
    return app
