"""Pages: what people look at, built for a daemon. Templates and calendars are loaded with the first page."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from jivod.config.settings import Settings
from jivod.web.api.jobs import Jobs
from jivod.web.errors import Exit
from jivod.web.pages.door import Shut
from jivod.web.pages.pages import Pages
from jivod.web.rulebook import Rulebook


def make_pages(settings: Settings, rulebook: Rulebook, jobs: Jobs, now: Callable[[], int]) -> Pages:
    """The handler of all pages. Nobody is let in while there are no users."""
    return Pages(
        door=Shut(),
        jobs=jobs,
        rulebook=rulebook,
        exit=Exit(lambda: secrets.token_hex(8)),
        accounts=settings.accounts,
        regions=settings.regions,
        public_url=settings.public_url,
        language=settings.language,
        now=now,
    )
