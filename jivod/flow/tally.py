"""Tally: what one conversation adds to the figures: when and where it was, how soon it was answered, how rated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from urllib.parse import urlsplit

from jivod.model.chat import Call, Message, Transcript, Visit
from jivod.model.reason import Reason
from jivod.policy.evidence import agent_label
from jivod.policy.identity import NEW
from jivod.store.tallies import HOUR, PAGE, RATES, SOURCE, WAIT, WAITS, Tally
from jivod.wire.text import MILLISECONDS

LONGEST = 200  # characters of what is counted by its name
_GOOD = frozenset({"positive", "good", "goodnormal"})
_BAD = frozenset({"negative", "bad", "badnormal"})
_VISITOR, _AGENT = "visitor", "agent"


def tally(whole: Transcript, channel: str, why: Iterable[Reason], alone: frozenset[str], zone: tzinfo) -> Tally:
    """`channel` is the one it came by, `why` are the reasons of its entries; `alone`: those of its customer records
    that are part of no other.
    """
    when = datetime.fromtimestamp(max(0, min(whole.chat.opened_at, MILLISECONDS.stop)) / 1000, zone)
    maker = next((reason.customer for reason in why if reason.rule == NEW), None)
    counts: Counter[str] = Counter()
    agents: dict[str, Counter[str]] = {}
    counts.update(_calls(whole.calls))
    if _is_chat(whole):
        counts.update(["chats", HOUR[when.hour]])
        _count_answer(whole, counts, agents)
    elif whole.messages:
        counts.update(["offline", HOUR[when.hour]])
    if whole.chat.customer is not None and (whole.messages or whole.calls or counts["chats"]):
        counts.update(["fresh" if maker in alone else "known"])
    counts["messages"] = len(whole.messages)
    tops = tuple(_tops(whole.visits))
    counts.update([f"{kind}s" for kind, _ in tops])
    return Tally(
        day=when.toordinal(),
        account=whole.chat.account,
        channel=channel,
        counts=_filled(counts),
        agents={name: _filled(count) for name, count in agents.items()},
        tops=tops,
        maker=maker,
    )


def _is_chat(whole: Transcript) -> bool:
    """Not a call alone, nor a message that was left while nobody was there."""
    if whole.finished:
        return True
    return whole.chat.ref.startswith("chat:") and not whole.calls


def _count_answer(whole: Transcript, counts: Counter[str], agents: dict[str, Counter[str]]) -> None:
    owner = _label(agent_label(whole.agents[-1]) if whole.agents else None)
    rate = _rate(whole.rate)
    step, answering = _first_answer(whole)
    for name, what in ((owner, "chats"), (owner, rate), (answering or owner, step)):
        if what is not None and what != "unanswered":
            agents.setdefault(name, Counter()).update([what])
    counts.update([what for what in (rate, step) if what is not None])
    agents.pop("", None)


def _first_answer(whole: Transcript) -> tuple[str | None, str | None]:
    """How soon the first thing that the visitor said was answered, and by whom; neither where that is not known."""
    told = [message for message in whole.messages if message.at is not None]
    asked = next((message for message in told if message.author == _VISITOR), None)
    if asked is None or asked.at is None:
        return None, None
    behind = told[told.index(asked) + 1 :]
    answer = next((message for message in behind if message.author == _AGENT), None)
    if answer is None or answer.at is None:
        return "unanswered", None
    seconds = (answer.at - asked.at) / 1000
    step = next((step for step, bound in enumerate(WAITS) if seconds <= bound), len(WAITS))
    return WAIT[step], _who(whole, answer)


def _who(whole: Transcript, answer: Message) -> str | None:
    return next((_label(agent_label(a)) for a in whole.agents if a.id is not None and a.id == answer.agent_id), None)


def _rate(rate: str | None) -> str | None:
    good, other, bad = RATES
    if rate is None:
        return None
    return good if rate.lower() in _GOOD else bad if rate.lower() in _BAD else other


def _calls(states: Iterable[Call]) -> Iterator[str]:
    """What came of each call: Jivo gives them no numbers, a new one begins with its start or behind an end."""
    talked = False
    for state in states:
        if state.status in ("end", "error"):
            yield "call_talked" if talked else "call_missed" if state.status == "end" else "call_failed"
        both = state.status == "client_connected" or (state.status == "agent_connected" and state.type == "incoming")
        talked = both or (talked and state.status not in ("start", "end", "error"))


def _tops(visits: Iterable[Visit]) -> Iterator[tuple[str, str]]:
    """The page where it began, and what had led there."""
    pages = [page for visit in visits if (page := _page(visit.url))]
    sources = [source for visit in visits if (source := _label(visit.utm.get("source")))]
    if pages:
        yield PAGE, pages[0]
    if sources:
        yield SOURCE, sources[0]


def _page(url: str | None) -> str:
    """Host, port and path: what is behind them tells one visitor from another."""
    try:
        parts = urlsplit(url or "")
        host = parts.netloc.rpartition("@")[2].lower()
        return _label(f"{host}{parts.path.rstrip('/')}")
    except ValueError:
        return ""


def _label(text: str | None) -> str:
    return (text or "").strip()[:LONGEST]


def _filled(counts: Counter[str]) -> dict[str, int]:
    return {name: count for name, count in sorted(counts.items()) if count}
