"""Porch: what people look at, built for a daemon when the first of them comes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from jivod.config.settings import Settings
from jivod.web.api.jobs import Jobs
from jivod.web.errors import Exit
from jivod.web.porch import Inside, Porch
from jivod.web.rulebook import Rulebook

if TYPE_CHECKING:
    from jivod.web.pages.pages import Pages


def make_porch(settings: Settings, rulebook: Rulebook, jobs: Jobs, now: Callable[[], int]) -> Porch:
    """Where people come in. The pages are loaded on a reader's thread."""

    async def load(exit: Exit) -> Inside:
        return await jobs.call(lambda engine: make_pages(settings, rulebook, jobs, now, exit))

    return Porch(load, lambda: secrets.token_hex(8))


def make_pages(settings: Settings, rulebook: Rulebook, jobs: Jobs, now: Callable[[], int], exit: Exit) -> Pages:
    """The handler of all pages. Nobody is let in while there are no users."""
    from jivod.web.pages.assets import Assets
    from jivod.web.pages.door import Shut
    from jivod.web.pages.pages import Pages
    from jivod.web.pages.press import Press

    assets = Assets()
    return Pages(
        door=Shut(),
        jobs=jobs,
        rulebook=rulebook,
        exit=exit,
        accounts=settings.accounts,
        regions=settings.regions,
        public_url=settings.public_url,
        language=settings.language,
        now=now,
        assets=assets,
        press=Press(assets),
    )
