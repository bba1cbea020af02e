"""Killed under load, again and again: what was answered 200 is there, once, and the store opens by itself."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable
from random import Random

from tests.hold.crew import Crew
from tests.hold.logged import LoggedDaemon
from tests.hold.scale import KILLS, LOAD_SECONDS

CONNECTIONS = 32
REDELIVERED = 20  # of each round: events that got no answer, and as many that did, sent once more after the restart


def test_every_answered_event_is_there_once_after_each_kill(
    daemon: LoggedDaemon, record_property: Callable[[str, object], None]
) -> None:
    random = Random(KILLS)
    acked: set[str] = set()
    sent: set[str] = set()
    answers = unanswered_kept = 0
    daemon.start()
    for turn in range(1, KILLS + 1):
        crew = Crew(f"r{turn}", daemon.port, CONNECTIONS)
        crew.begin()
        time.sleep(LOAD_SECONDS * random.uniform(0.5, 1.5))
        assert daemon.stop(signal.SIGKILL) == -signal.SIGKILL
        crew.end()
        assert crew.refused() == set()
        acked |= crew.acked()
        sent |= crew.sent()
        answers += crew.answers()

        daemon.start()  # without a hand laid on it
        kept = Counter(daemon.chats())
        told = f"round {turn} of {KILLS}: {answers} answers of 200 for {len(acked)} of {len(sent)} distinct events"
        assert acked - set(kept) == set(), told
        assert [chat for chat, times in kept.items() if times > 1] == [], told
        assert set(kept) <= sent, told
        assert daemon.faults() == [], told

        open_ends = crew.sent() - crew.acked()
        unanswered_kept += len(open_ends & set(kept))
        again = random.sample(sorted(crew.acked()), min(REDELIVERED, len(crew.acked()))) + sorted(open_ends)
        assert {daemon.post(chat) for chat in again} == {200}, told
        acked |= open_ends
        answers += len(again)
        after = Counter(daemon.chats())
        assert after == Counter({*kept, *open_ends}), told
    assert daemon.stop() == 0
    assert daemon.faults() == []
    for name, value in (("kills", KILLS), ("answers", answers), ("events", len(acked)), ("spare", unanswered_kept)):
        record_property(name, value)
    print(f"{KILLS} kills, {answers} answers of 200 for {len(acked)} distinct events, all kept once; "
          f"{unanswered_kept} were kept whose answer the kill cut off")  # fmt: skip
