"""What a daemon logs is searched at its end for all that is private in its store, and for its secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from jivod.flow.ingest import Delivery, ingest
from jivod.store.lmdb import open_engine
from jivod.wire import jivo
from tests.hold.crowd import DESK, ORIGIN, START
from tests.hold.silence import demand_silence
from tests.smoke.daemon import MAP_SIZE, SECRET, Daemon, event, running


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The directory of a daemon to which one visitor came."""
    daemon = Daemon(tmp_path)
    engine = open_engine(daemon.data, MAP_SIZE)
    try:
        body = event("7")
        delivery = Delivery(origin=ORIGIN, received_at=START, body=body, reading=jivo.read(body))
        (outcome,) = engine.write([lambda txn: ingest(txn, delivery, DESK)])
        assert outcome.error is None
    finally:
        engine.close()
    return tmp_path


@pytest.mark.parametrize("said", ["visitor-7@example.com", "VISITOR-7@EXAMPLE.COM", SECRET])
def test_a_log_that_tells_is_found(house: Path, said: str) -> None:
    with pytest.raises(AssertionError, match="private"):
        demand_silence(house, f'{{"message": "who: {said}"}}\n', greets=True)


def test_a_log_that_does_not_is_not(house: Path) -> None:
    demand_silence(house, '{"message": "a visitor came", "seq": 1}\n', greets=True)


def test_the_person_who_starts_it_is_told_the_secret_and_no_journal_is(house: Path) -> None:
    greeting = f"Paste this webhook URL into Jivo (shop): https://crm.example.com/jivo/{SECRET}\n"
    demand_silence(house, greeting, greets=True)
    with pytest.raises(AssertionError, match="private"):
        demand_silence(house, greeting, greets=False)


def test_it_is_demanded_of_every_daemon_at_its_end(house: Path) -> None:
    daemon = Daemon(house)
    with pytest.raises(AssertionError, match="private"), running(daemon):
        daemon.said.append("who: visitor-7@example.com\n")
