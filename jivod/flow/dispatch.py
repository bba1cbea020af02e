"""Dispatch: what sinks are still to be told, and how far each has got. A sink that a person moved about meanwhile takes
no progress: whoever tells it has to look again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import evolve

from jivod.model import refusal
from jivod.model.change import GONE, PAUSED, Change, Dead, Owed, Standing
from jivod.model.errors import Refused
from jivod.model.value import frozen
from jivod.store import outbox, sinks
from jivod.store.kv import Txn

KEPT_MS = 7 * 86_400_000  # for so long a change can be told again
TRIMMED = 1000  # changes dropped in one transaction
REVIVED = 1000  # letters that are told again at once: so many may be owed


@frozen(kw_only=True)
class Supply:
    """A sink, and the next `changes` behind some number. `first` and `last` are those of all changes there are."""

    standing: Standing
    changes: list[Change]
    first: int
    last: int


@frozen(kw_only=True)
class Progress:
    """What came of telling. `owed`: by number what is owed now; None: no more. `lost`: changes that nobody was told
    because they had made room. `gone`: the sink wants no more.
    """

    told: int
    owed: Mapping[int, Owed | None] = {}
    dead: tuple[Dead, ...] = ()
    lost: int = 0
    gone: bool = False


def configure(txn: Txn, wanted: Mapping[str, Iterable[str]]) -> None:
    """From now on there are these sinks, each with the kinds of changes that it wants. A new one begins at the present;
    one that was there before goes on where it was, as far as the changes are still there.
    """
    kinds = frozenset([kind for each in wanted.values() for kind in each])
    if kinds != outbox.wanted(txn):
        outbox.listen(txn, kinds)
    for name in wanted:
        if sinks.get(txn, name) is None:
            sinks.put(txn, Standing(name=name, told=outbox.last(txn)))


def load(txn: Txn, name: str) -> tuple[Standing, list[Owed]]:
    """A sink and what is owed to it. Raises Refused for one that was never configured."""
    return _standing(txn, name), sinks.owed(txn, name)


def supply(txn: Txn, name: str, after: int, limit: int) -> Supply:
    """What there is to tell a sink behind number `after`, at most `limit`."""
    return Supply(
        standing=_standing(txn, name),
        changes=outbox.after(txn, after, limit) if limit else [],
        first=outbox.first(txn),
        last=outbox.last(txn),
    )


def record(txn: Txn, name: str, edition: int, progress: Progress) -> Standing | None:
    """Keep what came of telling; the sink as it stands now. None, and nothing was kept, if it is not of `edition`."""
    standing = _standing(txn, name)
    if standing.edition != edition:
        return None
    for number, owed in progress.owed.items():
        if owed is None:
            sinks.forget(txn, name, number)
        else:
            sinks.owe(txn, name, owed)
    buried = sum([sinks.bury(txn, name, dead) for dead in progress.dead])
    kept = evolve(
        standing,
        told=max(standing.told, progress.told),
        dead=_make_room(txn, name, standing.dead + buried),
        lost=standing.lost + progress.lost,
        halted=GONE if progress.gone else standing.halted,
    )
    sinks.put(txn, kept)
    return kept


def trim(txn: Txn, names: Iterable[str], now: int) -> int:
    """Drop some changes that each of these sinks was told long ago; how many."""
    told = min([standing.told for name in names if (standing := sinks.get(txn, name))], default=0)
    return outbox.trim(txn, told, now - KEPT_MS, TRIMMED)


def tell_again(txn: Txn, name: str, number: int) -> int:
    """Let a sink be told everything from change `number` on; how many changes that are, of all kinds."""
    standing, owed = load(txn, name)
    first, last = outbox.first(txn), outbox.last(txn)
    if number > last:
        raise Refused(f"there is no change behind that yet; the last one is {last}")
    if number < first:
        raise Refused(f"the oldest change that is still there is {first}; name that one or a later one")
    if number > standing.told:
        raise Refused(f"{name} was not told {number} yet: it will be, as soon as it takes deliveries")
    for one in owed:
        if one.change.number >= number:
            sinks.forget(txn, name, one.change.number)
    sinks.put(txn, evolve(standing, told=number - 1, edition=standing.edition + 1))
    return last - number + 1


def revive(txn: Txn, name: str, limit: int) -> int:
    """Let a sink be told what was given up, the oldest first and at most `limit`; how many that are."""
    standing = _standing(txn, name)
    letters = sinks.dead(txn, name, limit)
    for dead in letters:
        sinks.exhume(txn, name, dead.change.number)
        sinks.owe(txn, name, Owed(change=dead.change))
    sinks.put(txn, evolve(standing, dead=standing.dead - len(letters), edition=standing.edition + 1))
    return len(letters)


def backlog(txn: Txn, standing: Standing) -> int:
    """How many changes a sink is still to be told, of all kinds."""
    return max(0, outbox.last(txn) - standing.told) + len(sinks.owed(txn, standing.name))


def pause(txn: Txn, name: str) -> None:
    """Tell a sink nothing until `resume`. Raises Refused if nothing is told anyway."""
    standing = _standing(txn, name)
    if standing.halted:
        raise Refused(
            f"{name} is told nothing already ({standing.halted}); `jivod sinks resume {name}` goes on", refusal.HALTED
        )
    sinks.put(txn, evolve(standing, halted=PAUSED))


def resume(txn: Txn, name: str) -> None:
    """Tell a sink again, from where it was; and now, also what was to be tried later."""
    standing, owed = load(txn, name)
    for one in owed:
        sinks.owe(txn, name, evolve(one, due=0))
    sinks.put(txn, evolve(standing, halted="", edition=standing.edition + 1))


def _standing(txn: Txn, name: str) -> Standing:
    standing = sinks.get(txn, name)
    if standing is None:
        raise Refused(
            "there is no sink of this name yet; the daemon makes it at its start, `jivod sinks list` tells",
            refusal.NO_SINK,
        )
    return standing


def _make_room(txn: Txn, name: str, count: int) -> int:
    for dead in sinks.dead(txn, name, max(0, count - sinks.DEAD_MAX)):
        sinks.exhume(txn, name, dead.change.number)
        count -= 1
    return count
