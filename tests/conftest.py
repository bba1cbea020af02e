"""Hypothesis profiles, chosen by HYPOTHESIS_PROFILE: `fast` repeats itself, `ci` and `big` look further each time.

Where tests run side by side, those that start the daemon are one worker's: they measure it, and each takes its ports.
What the outer rooms run of the inner ones counts for no coverage: a room is to be covered by its own tests, and
counting lines costs a test of the whole a third of its time. Tests marked `long` are not of the fast profile.
"""

from __future__ import annotations

import gc
import importlib.metadata
import os
import signal
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from werkzeug.routing import Rule
from xdist.scheduler import LoadScopeScheduling

from tests.hold.scale import FULL

QUIET = (HealthCheck.too_slow,)

settings.register_profile("fast", max_examples=10, deadline=None, derandomize=True, suppress_health_check=QUIET)
settings.register_profile("ci", max_examples=300, deadline=None, print_blob=True, suppress_health_check=QUIET)
settings.register_profile("big", max_examples=2000, deadline=None, print_blob=True, suppress_health_check=QUIET)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))

WITH_A_BROWSER = "tests/browser/"
WITH_A_CROWD = "tests/fuzz/test_campaign.py"  # of processes: no daemon can be measured beside it
WITH_A_DAEMON = (WITH_A_BROWSER, WITH_A_CROWD, "tests/faults/", "tests/hold/", "tests/hostile/", "tests/smoke/")
OF_A_ROUTE = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")  # once it is compiled
NO_BROWSER = "Nobody has looked at the pages: no chromium is installed. `apt-get install chromium` brings one"
OF_THE_WHOLE = frozenset(
    {"api", "browser", "cli", "faults", "hold", "hostile", "live", "pages", "service", "signin", "smoke", "web"}
)


def pytest_configure() -> None:
    """What a shell behind `&`, or nohup, has its children ignore, the daemons of the tests are to hear all the same."""
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)


class DaemonsTogether(LoadScopeScheduling):
    """Each test goes to the next free worker, but for those with a daemon."""

    def _split_scope(self, nodeid: str) -> str:
        return "daemon" if nodeid.startswith(WITH_A_DAEMON) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> DaemonsTogether:
    return DaemonsTogether(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any) -> Iterator[None]:
    """Last of all, where it is seen."""
    yield
    if not FULL:
        terminalreporter.write_line("Long tests are left to HYPOTHESIS_PROFILE=ci make test, as are most examples.")
    skipped = [report.nodeid for report in terminalreporter.getreports("skipped")]
    if sum(name.startswith(WITH_A_BROWSER) for name in skipped) > 1:
        terminalreporter.write_sep("!", NO_BROWSER, bold=True, red=True)


def pytest_collection_finish() -> None:
    """The collector of garbage need not look at all the tests again and again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    long = [item for item in items if item.get_closest_marker("long")]
    if long and not FULL:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in set(long)]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """pytest-cov's own `no_cover` counts what fixtures run, and in the worker of many it ends one tracer of two."""
    tracer = sys.gettrace()
    if tracer is None or item.path.parent.name not in OF_THE_WHOLE:
        return (yield)
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


@pytest.fixture(scope="session", autouse=True)
def once() -> Iterator[None]:
    """What libraries do again for each test is done once: werkzeug compiles each route of each site, which took two
    thirds of a test of a page; pytest reads Twisted's version from the disk for each test.
    """
    compiled: dict[tuple[object, ...], dict[str, Any]] = {}
    compile_rule: Any = Rule.compile

    def compile(rule: Rule) -> None:
        defaults = frozenset((rule.defaults or {}).items())
        path = (rule.rule, rule.is_leaf, rule.strict_slashes, rule.merge_slashes, defaults)
        if path not in compiled:
            compile_rule(rule)
            compiled[path] = {name: getattr(rule, name) for name in OF_A_ROUTE}
        for name, value in compiled[path].items():
            setattr(rule, name, value)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", compile)
        patch.setattr(importlib.metadata, "version", cache(importlib.metadata.version))
        yield
