"""App: one Klein app of many handlers. Error handlers of Klein do not reach sub-apps, so there are none."""

from __future__ import annotations

from typing import Any, Protocol

from klein import Klein

from jivod.web.api.api import Api
from jivod.web.errors import Exit
from jivod.web.hook import Hook
from jivod.web.lane import Lane
from jivod.web.porch import Porch


class Handlers(Protocol):
    """Something that has routes."""

    def attach(self, app: Klein) -> None:
        """Add the routes to `app`."""


def make_resource(exit: Exit, *handlers: Handlers, porch: Porch | None = None) -> Any:
    """The root of a site: the routes of all `handlers`, with a lane for the webhook if it is among them. People come in
    by the `porch`.
    """
    router: Any = make_app(exit, *handlers).resource()
    if porch is not None:
        porch.machines, router = router, porch
    hook = next((handler for handler in handlers if isinstance(handler, Hook)), None)
    uploads = next((handler.passes for handler in handlers if isinstance(handler, Api)), None)
    return router if hook is None else Lane(hook, exit, router, uploads)


def make_app(exit: Exit, *handlers: Handlers) -> Klein:
    """The routes of all `handlers`, every error of theirs leaving by `exit`."""
    app = Klein()
    app.url_map.merge_slashes = False
    for handler in handlers:
        handler.attach(app)
    exit.attach(app)
    return app
