"""Mishap: what a person sees where there is no page: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jivod.web.pages.frame import around
from jivod.web.pages.viewer import Viewer
from jivod.web.pages.words import _
from jivod.web.problem import Problem
from jivod.web.signin import proxy

Print = Callable[[str, Mapping[str, Any]], bytes]

SENTENCES = {
    400: (_("This address or form cannot be read"), _("Go back, and try again from the page.")),
    403: (_("You may not do that"), _("Ask somebody who administers jivod whether you should.")),
    404: (_("There is nothing here"), _("The address may be mistyped, or what it named is gone.")),
    405: (_("This address cannot be used in this way"), _("Go back, and try again from the page.")),
    408: (_("That took too long"), _("The request did not arrive in time. Try again.")),
    409: (_("This cannot be done"), _("Nothing was changed. Look at the page as it is now.")),
    413: (_("That is too much at once"), _("Nothing of it was kept. Send less.")),
    415: (_("This is not a form"), _("Go back, and try again from the page.")),
    422: (_("This form cannot be used as it is"), _("Go back, and look at what it says.")),
    429: (_("Too many tries"), _("Wait a few minutes, then try again.")),
    503: (_("jivod is busy at the moment"), _("Nothing was changed. Try again in a few seconds.")),
}
"""Status -> what is wrong and, unless the problem itself says it, what to do."""

FORBIDDEN = {
    proxy.NOT_BELIEVED.message: _("This header is taken from the proxy that the configuration names, only."),
    proxy.NOBODY.message: _("The proxy names somebody who is no user here; an admin adds users."),
}
"""What is said at the door -> the sentence for the page."""

OUR_FAULT = (_("jivod made a mistake"), _("It is in the log under the number below. Nothing more was changed."))


def page(print: Print, language: str, viewer: Viewer | None, problem: Problem, request_id: str) -> bytes:
    """The page, in a language."""
    title, advice = SENTENCES.get(problem.status, OUR_FAULT)
    own = problem.message if problem.status == 403 else ""
    values = {**around(language, "/"), "title": title, "status": problem.status}
    values["advice"] = FORBIDDEN.get(own, own) or advice
    csrf = viewer.csrf if viewer else ""
    return print("mishap.html", {**values, "request_id": request_id, "csrf": csrf})
