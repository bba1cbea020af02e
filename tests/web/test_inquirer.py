"""The client of the look-up against a real server on the loopback interface that does what it should not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_twisted
from attrs import frozen
from twisted.internet import reactor

from jivod.model.written import RowDraft, Written
from jivod.policy import front
from jivod.web.inquirer import Inquirer
from jivod.web.lookup import Lookup, make_lookup
from jivod.web.metrics import Metrics
from tests.policy.test_rows import scene
from tests.web.rogue import GOOD, MISDEEDS, Rogue, Script, answer, good, redirects, rogue, says_and_ends

DEADLINE = 0.08  # seconds
HONEST = 2.0  # for who does what he should
SLACK = 0.5  # of a busy machine
ROW = RowDraft(content=Written("{{ lookup.balance }}", "jivod.toml:1"))
CLOCK: Any = reactor


@frozen(kw_only=True)
class Desk:
    crm: Rogue
    lookup: Lookup
    metrics: Metrics

    async def ask(self, name: str = "ayse", seconds: float = 2.5) -> Any:
        """What is found of somebody."""
        return await self.lookup.find(scene(emails=(f"{name}@example.com",)), seconds)


@asynccontextmanager
async def desk(script: Script, *, cache: float = 0) -> AsyncIterator[Desk]:
    async with rogue(script) as crm:
        url = Written(crm.url + "/card?email={{ customer.email }}", "jivod.toml:2")
        asked = front.prepare([ROW], url, ["balance"], "en", lambda: 0.0).inquiry
        assert asked is not None
        metrics, inquirer = Metrics(), Inquirer(reactor, asked.host, {"Authorization": "Bearer abc"})
        paths = {"balance": ("account", "balance")}
        lookup = make_lookup(asked, inquirer, paths, HONEST, cache, clock=CLOCK, metrics=metrics)
        yield Desk(crm=crm, lookup=lookup, metrics=metrics)
        await inquirer.close()


@pytest_twisted.ensureDeferred
async def test_an_honest_answer() -> None:
    async with desk(good) as found:
        assert await found.ask() == {"balance": 1234.5}
        assert await found.ask("veli") == {"balance": 1234.5}
        head = found.crm.asked[0]
        assert head.startswith(b"GET /card?email=ayse%40example.com HTTP/1.1\r\n")
        assert b"\r\nAuthorization: Bearer abc\r\n" in head
        assert b"\r\nAccept-Encoding: identity\r\n" in head
        assert len(found.crm.callers) == 1  # one connection for both
        assert found.metrics.lookups == {"found": 2}


@pytest_twisted.ensureDeferred
async def test_an_answer_that_ends_with_its_connection() -> None:
    async with desk(says_and_ends(b"HTTP/1.0 200 OK\r\n\r\n" + GOOD)) as found:
        assert await found.ask() == {"balance": 1234.5}


@pytest.mark.parametrize("what", MISDEEDS)
@pytest_twisted.ensureDeferred
async def test_whatever_it_does_it_costs_no_more_than_its_time_and_nothing_else(what: str) -> None:
    script, outcomes = MISDEEDS[what]
    async with desk(script) as found:
        begun = CLOCK.seconds()
        assert await found.ask(seconds=DEADLINE) == {}
        assert CLOCK.seconds() - begun < DEADLINE + SLACK
        (outcome,) = found.metrics.lookups
        assert outcome in {"no_time" if kind == "late" else kind for kind in outcomes}
        assert found.metrics.lookups_waiting == 0
        found.crm.script = good
        assert await found.ask() == {"balance": 1234.5}


@pytest.mark.parametrize("what", ["sends ten megabytes", "sends ten megabytes of head", "sends one long line"])
@pytest_twisted.ensureDeferred
async def test_nobody_listens_to_ten_megabytes(what: str) -> None:
    async with desk(MISDEEDS[what][0]) as found:
        begun = CLOCK.seconds()
        assert await found.ask() == {}
        assert CLOCK.seconds() - begun < 1  # as soon as it is too much, not at the deadline
        await found.crm.callers[0].gone


@pytest_twisted.ensureDeferred
async def test_who_is_late_is_hung_up_on() -> None:
    async with desk(MISDEEDS["stalls in the body"][0]) as found:
        await found.ask(seconds=DEADLINE)
        await found.crm.callers[0].gone


@pytest_twisted.ensureDeferred
async def test_no_redirect_is_followed() -> None:
    async with rogue(good) as other, desk(redirects(other.url + "/card")) as found:
        assert await found.ask() == {}
        assert other.asked == []


@pytest_twisted.ensureDeferred
async def test_a_customer_that_is_not_known_there_is_no_failure_and_is_remembered() -> None:
    async with desk(lambda caller: caller.say(answer(b"{}", status=b"404 No")), cache=60) as found:
        for _ in range(9):
            assert await found.ask() == {}
        assert found.metrics.lookups == {"unknown": 1, "cached": 8}
        assert not found.lookup.fuse.is_open
        assert len(found.crm.asked) == 1


@pytest_twisted.ensureDeferred
async def test_nobody_at_home() -> None:
    async with desk(good) as found:
        unused = Inquirer(reactor, "http://127.0.0.1:9", {})
        lookup = make_lookup(found.lookup.inquiry, unused, {}, HONEST, 0, clock=CLOCK, metrics=found.metrics)
        begun = CLOCK.seconds()
        assert await lookup.find(scene(), 2.5) == {}
        assert CLOCK.seconds() - begun < SLACK
        assert found.metrics.lookups == {"failed": 1}
