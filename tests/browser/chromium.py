"""Chromium: the browser of the system, started so that it talks to nobody but us."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

ADVICE = "no chromium is installed: `apt-get install chromium`, or name one in JIVOD_CHROMIUM"
NEEDED = "JIVOD_NEEDS_BROWSER"  # set to 1 where no browser is a failure
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def find() -> str | None:
    """Where it is; None if there is none."""
    named = os.environ.get("JIVOD_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, or a skip; a failure where the environment asks for one."""
    path = find()
    if path is None:
        (pytest.fail if os.environ.get(NEEDED) == "1" else pytest.skip)(ADVICE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
