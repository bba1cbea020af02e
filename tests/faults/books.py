"""Books: every event that was sent, how it was answered, and, when they are closed, what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from attrs import define, field, frozen

SHOWN = 5  # of each kind of fault, in a message


@frozen(kw_only=True)
class Balance:
    """What does not agree. All empty: nothing was lost."""

    lost: tuple[str, ...] = ()  # answered 200, and not there
    doubled: tuple[str, ...] = ()  # there more than once
    foreign: tuple[str, ...] = ()  # there, and never sent
    unfound: tuple[str, ...] = ()  # there, but no index leads to its customer
    faults: tuple[str, ...] = ()  # of the store, as `jivod check` names them

    @property
    def even(self) -> bool:
        return not (self.lost or self.doubled or self.foreign or self.unfound or self.faults)

    def __str__(self) -> str:
        kinds = {"lost": self.lost, "doubled": self.doubled, "foreign": self.foreign, "unfound": self.unfound}
        kinds["faults"] = self.faults
        return "; ".join(f"{len(all)} {kind}: {list(all[:SHOWN])}" for kind, all in kinds.items() if all) or "even"


@define(eq=False)
class Books:
    """Kept by many threads at once: each entry is one append."""

    sent: list[str] = field(factory=list)
    acked: list[str] = field(factory=list)  # 200; repeats too
    refused: list[str] = field(factory=list)  # 503 with Retry-After: nothing was promised
    wrong: list[str] = field(factory=list)  # any other answer: there may be none
    seconds: list[float] = field(factory=list)  # that each answer took

    def answered(self, chat: str, status: int, retry_after: str | None, seconds: float) -> None:
        """One answer."""
        self.seconds.append(seconds)
        if status == 200:
            self.acked.append(chat)
        elif status == 503 and (retry_after or "").isdigit():
            self.refused.append(chat)
        else:
            self.wrong.append(f"{status} for {chat}, Retry-After {retry_after}")

    def close(self, there: Iterable[str], unfound: Iterable[str] = (), faults: Iterable[str] = ()) -> Balance:
        """Compare with `there`: the chat of each entry of the journal."""
        kept = Counter(there)
        return Balance(
            lost=tuple(sorted(set(self.acked) - kept.keys())),
            doubled=tuple(chat for chat, times in kept.items() if times > 1),
            foreign=tuple(sorted(kept.keys() - set(self.sent))),
            unfound=tuple(unfound),
            faults=tuple(faults),
        )

    def __str__(self) -> str:
        events = f"{len(set(self.acked))} of {len(set(self.sent))} events"
        return f"{len(self.acked)} answers of 200 for {events}, {len(self.refused)} of 503"
