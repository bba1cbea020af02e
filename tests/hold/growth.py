"""Growth: what things cost as the number of customers grows: events, look-ups, pages, searches, starts, memory.

    python -m tests.hold.growth [--customers 10000 100000 1000000] [--chats 3] [--messages 12] [--search 10000]
        [--directory /tmp] [--plot FILE.svg]

For each size a store is filled with whole conversations, and all are measured in turn, so that what else the machine
does meanwhile is shared by all: events in groups of 32 without a daemon; then real daemons, their starts, their memory
while nothing happens, the pages of customers, events by HTTP. The search is made of, and measured in, stores of up to
`--search` customers only: an hour of a processor and as much disk again for a million. Prints a table, writes a plot,
removes what it made. A million customers take some 10 GB of disk.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from attrs import frozen

from tests.hold import town
from tests.hold.plot import Line, plot
from tests.hold.preload import collecting_as_the_daemon
from tests.hold.regulars import Regulars
from tests.hold.town import WARM, Town, Vast
from tests.smoke.daemon import running

BOUND = 1.5  # times that anything may grow from the first size to the last
SLOWEST = 2.0  # seconds of any start
TELLING = 100_000  # events between two signs of life

Say = Callable[[str], None]


@frozen(kw_only=True)
class Plan:
    """How often what is measured, of each size; `seconds` of events by HTTP in each turn, `idle` before the memory."""

    repetitions: int = 15
    starts: int = 5
    turns: int = 5
    looks: int = 20
    seconds: float = 5.0
    idle: float = 6.0


@frozen
class Unit:
    """How a figure is shown."""

    name: str
    times: float
    digits: int

    def show(self, value: float) -> str:
        return f"{value * self.times:,.{self.digits}f} {self.name}"


@frozen
class Row:
    """One kind of cost, of each size; None where it was not measured. `held`: may not grow by more than BOUND."""

    what: str
    unit: Unit
    values: tuple[float | None, ...]
    held: bool = True

    @property
    def relative(self) -> tuple[float | None, ...]:
        """Each as times the first, if that is more than nothing."""
        first = next((value for value in self.values if value is not None), None)
        return tuple([None if value is None or not first else value / first for value in self.values])

    @property
    def growth(self) -> float | None:
        """Times that it grew from the first size to the last; None where there are not two to compare."""
        there = [times for times in self.relative if times is not None]
        return there[-1] if len(there) > 1 else None


US, MS, S = Unit("µs", 1e6, 0), Unit("ms", 1e3, 1), Unit("s", 1, 2)
MB, PAGES = Unit("MB", 1e-6, 0), Unit("pages", 1, 1)
FREE = (town.DISK, town.READ)  # what may grow
COSTS = (
    (town.KNOWN, "event of a known customer, CPU", US),
    (town.READ, "pages that it reads from the disk", PAGES),
    (town.NEW, "event of a new customer, CPU", US),
    (town.EVENT, "event by HTTP, 50 a second", MS),
    (town.LOOKUP, "look-up by e-mail", MS),
    (town.PAGE, "customer page", MS),
    (town.SEARCH, "search by words", MS),
    (town.START, "start to the first 200", S),
    (town.OWN, "memory, idle, its own", MB),
    (town.ALL, "memory, idle, with pages of the store", MB),
    (town.DISK, "store on disk", MB),
)


def grow(directory: Path, crowds: Sequence[Regulars], plan: Plan, search: int, say: Say) -> list[Town]:
    """Make a town of each in `directory`, and measure all of them."""
    with ExitStack() as stack:
        towns = [_town(directory / f"{crowd.count}", crowd, search, stack) for crowd in crowds]
        for one in towns:
            say(f"filling a store with {one.regulars.count:,} customers")
            one.fill(lambda done: say(f"  {done:,} events") if done % TELLING == 0 else None)
        say("events without a daemon")
        _work(towns, plan)
        say("starts")
        for turn in range(plan.starts):
            for one in _in_turn(towns, turn):
                one.start(turn)
        _serve(towns, plan, say)
        return towns


def rows(towns: Sequence[Town]) -> list[Row]:
    """The medians."""
    return [
        Row(what, unit, tuple([_median(one.samples.get(name)) for one in towns]), held=name not in FREE)
        for name, what, unit in COSTS
    ]


def table(sizes: Sequence[int], found: Sequence[Row]) -> Iterator[str]:
    """Lines of Markdown."""
    yield f"| customers | {' | '.join([f'{size:,}' for size in sizes])} | times |"
    yield "|---" * (len(sizes) + 2) + "|"
    for row in found:
        values = ["" if value is None else row.unit.show(value) for value in row.values]
        yield f"| {row.what} | {' | '.join(values)} | {'' if row.growth is None else f'{row.growth:.2f}'} |"


def faults(towns: Sequence[Town], found: Sequence[Row]) -> Iterator[str]:
    """What should not be, as sentences."""
    for row in found:
        if row.held and row.growth is not None and row.growth > BOUND:
            yield f"{row.what}: grew {row.growth:.2f} times, more than {BOUND}"
    slowest = max(max(one.samples[town.START]) for one in towns)
    if slowest >= SLOWEST:
        yield f"a start took {slowest:.2f} s, {SLOWEST:.0f} or more"


def picture(sizes: Sequence[int], found: Sequence[Row]) -> str:
    """The plot of what may not grow."""
    lines = [Line(row.what, row.relative) for row in found if row.held and row.growth is not None]
    return plot("Cost as the number of customers grows", sizes, lines, BOUND)


def _town(directory: Path, crowd: Regulars, search: int, stack: ExitStack) -> Town:
    directory.mkdir()
    daemon = stack.enter_context(running(Vast(directory)))
    assert isinstance(daemon, Vast)
    return Town(daemon, crowd, searched=crowd.count <= search)


def _work(towns: Sequence[Town], plan: Plan) -> None:
    with ExitStack() as stack:
        stores = {id(one): one.open() for one in towns}
        for store in stores.values():
            stack.enter_context(closing(store.engine))
        with collecting_as_the_daemon():
            for turn in range(-1, plan.repetitions):  # the first one only warms up
                for one in _in_turn(towns, turn):
                    one.work(stores[id(one)], counts=turn >= 0)
        for one in towns:
            one.settle(stores[id(one)].engine, WARM + plan.turns * plan.looks)


def _serve(towns: Sequence[Town], plan: Plan, say: Say) -> None:
    for one in towns:
        one.open_doors()
    say("memory")
    time.sleep(plan.idle)
    for one in towns:
        one.weigh()
    for turn in range(plan.turns):
        say(f"pages and events, turn {turn + 1} of {plan.turns}")
        for one in _in_turn(towns, turn):
            one.look(plan.looks)
            one.tell(turn, plan.seconds)


def _in_turn(towns: Sequence[Town], turn: int) -> Sequence[Town]:
    """Each is the first as often as the last."""
    return towns if turn % 2 else towns[::-1]


def _median(samples: list[float] | None) -> float | None:
    return statistics.median(samples) if samples else None


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--chats", type=int, default=3, help="of each customer")
    parser.add_argument("--messages", type=int, default=12, help="of each chat")
    parser.add_argument("--search", type=int, default=0, help="make and measure the search up to so many customers")
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--plot", type=Path, help="write an SVG")
    asked = parser.parse_args(arguments)
    if len(asked.customers) < 2 or sorted(set(asked.customers)) != asked.customers or asked.customers[0] < 2:
        parser.error("--customers takes two sizes or more, ascending")
    if asked.chats < 1 or asked.messages < 1:
        parser.error("--chats and --messages are 1 or more")
    if not all(path.is_dir() for path in (asked.directory, *([asked.plot.absolute().parent] if asked.plot else []))):
        parser.error("--directory, and the one of --plot, have to be there")
    taken = sum(asked.customers) * asked.chats * (2000 + 340 * asked.messages)
    free = shutil.disk_usage(asked.directory).free
    if taken > free:
        parser.error(f"this takes {taken >> 30} GiB of disk in {asked.directory}, and {free >> 30} are free")
    return asked


def main(arguments: Sequence[str] | None = None, plan: Plan = Plan()) -> int:
    """Exit code 1 if anything grew too much, or a start took too long."""
    asked = _asked(arguments)
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - begun:6.0f} s  {text}", file=sys.stderr, flush=True)

    directory = Path(tempfile.mkdtemp(prefix="jivod-growth-", dir=asked.directory))
    try:
        crowds = [Regulars(count=n, chats=asked.chats, messages=asked.messages) for n in asked.customers]
        towns = grow(directory, crowds, plan, asked.search, say)
        found = rows(towns)
        print("\n".join(table(asked.customers, found)), flush=True)
        if asked.plot:
            asked.plot.write_text(picture(asked.customers, found), encoding="utf-8")
        wrong = list(faults(towns, found))
        for sentence in wrong:
            print(sentence, flush=True)
        return 1 if wrong else 0
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    for end in (signal.SIGINT, signal.SIGTERM):  # what was made is removed then, too
        signal.signal(end, lambda number, frame: sys.exit(128 + number))
    sys.exit(main())
