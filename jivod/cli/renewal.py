"""Renewal: a store that was folded anew beside the old one takes its place in one step, also while a daemon works.

The fold goes on beside the daemon until hardly anything is missing. Then nobody may write for a moment: the rest is
folded, the new store is brought to the disk, and the two change their names. Whoever waited to write looks which store
stands at the path before he does (`LmdbEngine`), and so goes on with the new one. Killed at any moment, by whatever,
there is one whole store in its place, the old or the new, and the other one is removed by the next renewal.
"""

from __future__ import annotations

import fcntl
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeVar

import click
from attrs import define, field

from jivod.cli import swap
from jivod.cli.office import Office
from jivod.cli.twin import NOTHING, ROOM, carry_over, demand_room, fold_on, twin_of
from jivod.flow import replay
from jivod.model.audit import REBUILT
from jivod.model.errors import Refused
from jivod.store import journal, lock, side
from jivod.store.lmdb import LmdbEngine, ScratchEngine
from jivod.store.mirror import Judge

T = TypeVar("T")
NEW = "data.rebuild"
OLD = "data.before-rebuild"
FEW = 100  # entries: so many are folded while everybody waits
ROUNDS = 50  # in which to come so near
LOCK = "lock.mdb"  # of LMDB, beside its data file
LET_GO = 10.0  # seconds in which others should have let go of the old store

Look = Callable[[LmdbEngine], int]
"""Asked before each round what there is to know of the store by then, and up to which entry of the journal; it may
raise, and nothing is changed.
"""


def last_of(live: LmdbEngine) -> int:
    """Up to the last entry that there is."""
    return live.read(journal.last)


@define(eq=False, kw_only=True)
class Renewal:
    """The store `live` and its `twin`. `look` is asked before each round of folding, `without` tells which rows the
    twin does not get. `policy`: the text of the one under which all was folded anew, None for those of the time.
    """

    office: Office = field(repr=False)
    live: LmdbEngine
    twin: ScratchEngine
    folding: replay.Folding
    look: Look
    without: Mapping[str, Judge]
    policy: str | None

    @property
    def entries(self) -> int:
        """How many were folded."""
        return self.folding.done

    def go_on(self) -> int:
        """Fold what there is by now; how many entries that were."""
        done = self.entries
        return fold_on(self.folding, self.live, self.twin, self._ready()) - done

    def _ready(self) -> int:
        """Be ready to fold on, up to the entry that is returned."""
        last = self.look(self.live)
        replay.prepare(self.live, self.twin, self.policy)  # another policy may have been adopted
        return last

    def take_place(
        self, finish: Callable[[], None] = lambda: None, before: Callable[[], Callable[[], None]] = lambda: lambda: None
    ) -> None:
        """Let the twin, once it is on the disk as a whole, take the place of the store, which is left under NEW. What
        is derived beside it goes: the daemon makes it anew.

        `finish` puts the last things into the twin. `before` is done just before the exchange, and what it returns
        takes it back if that fails. Raises Refused, and nothing was changed.
        """
        self._come_near()
        with self.live.alone(), self._door_held() as is_shut:
            if self.policy is None:
                self.folding.go_on(self._ready())
            elif last_of(self.live) != self.entries:
                raise Refused("somebody decided something meanwhile, and nothing was changed; do this again")
            self._carry_over()
            finish()
            self.twin.seal()
            self.twin.close()
            take_back = before()
            try:
                if is_shut:  # else the daemon would make it of the old store at once
                    self._remove_derived()
                swap.exchange(self._beside, self.office.settings.data_dir, at_once=not is_shut)
            except BaseException:
                take_back()
                raise
        self.live.close()
        _wait_for_others(self._beside)
        self._remove_derived()  # what a daemon made of the old store meanwhile

    def keep_old(self) -> None:
        """The store as it was stays beside the new one as OLD."""
        old = self._beside.with_name(OLD)
        shutil.rmtree(old, ignore_errors=True)
        self._beside.rename(old)
        swap.flush(old.parent)

    @property
    def _beside(self) -> Path:
        return self.office.settings.state_dir / NEW

    def _come_near(self) -> None:
        """Have nearly all of it in the twin, and on the disk."""
        rounds = count(1)
        while self.policy is None and self.go_on() > FEW:
            if next(rounds) >= ROUNDS:
                raise Refused("more comes in than is folded, and nothing was changed; do this again when it is quiet")
        self._carry_over()
        self.twin.seal()
        if self.policy is None:
            self.go_on()  # with what came during that

    @contextmanager
    def _door_held(self) -> Iterator[bool]:
        """Where no daemon works, let none begin to: whether that is so. Raises Refused where one works that would not
        see that another store took the place of its own.
        """
        state_dir = self.office.settings.state_dir
        if self.policy is not None:  # it is held from the beginning
            yield True
            return
        try:
            held = lock.hold(state_dir)
        except Refused:
            lock.demand_following(state_dir)
            yield False
            return
        try:
            yield True
        finally:
            held.release()

    def _remove_derived(self) -> None:
        side.remove(self.office.settings.state_dir / side.NAME)

    def _carry_over(self) -> None:
        carry_over(self.live, self.twin, self.policy, without=self.without)


@contextmanager
def renewal(
    office: Office,
    remedy: str,
    *,
    policy: str | None = None,
    action: str = REBUILT,
    customers: Iterable[str] = (),
    change: replay.Change = replay.unchanged,
    look: Look = last_of,
    without: Mapping[str, Judge] = NOTHING,
    demand: Callable[[], None] = lambda: None,
) -> Iterator[Renewal]:
    """Fold the journal beside the store, each entry as `change` has it; one renewal at a time. Under the policy in the
    text `policy` it takes a stopped daemon, as that would go on by another one; `remedy` is what to do where one runs.
    `demand` may refuse before the work. The audit log calls it `action`, done with these `customers`.
    """
    place = office.settings.state_dir / NEW
    with ExitStack() as stack:
        live = stack.enter_context(office.store(action, customers))
        stack.enter_context(turn(office.settings.state_dir))
        if policy is None:
            _demand(partial(lock.demand_following, office.settings.state_dir), remedy)
        else:
            stack.callback(_demand(partial(lock.hold, office.settings.state_dir), remedy).release)
        live.follow()  # whoever had the lock before made this store anew
        stack.callback(partial(shutil.rmtree, place, ignore_errors=True))
        shutil.rmtree(place, ignore_errors=True)
        demand_room(live, ROOM)
        demand()
        twin = stack.enter_context(twin_of(live, place, office, policy))
        folding = replay.Folding(source=live, target=twin, change=change)
        new = Renewal(
            office=office, live=live, twin=twin, folding=folding, look=look, without=without, policy=policy
        )  # fmt: skip
        new.go_on()
        yield new


@contextmanager
def turn(state_dir: Path) -> Iterator[None]:
    """Meanwhile no other process makes the store anew; who comes second waits."""
    held = lock.hold_renewal(state_dir, _tell_waiting)
    try:
        yield
    finally:
        held.release()


def _demand(work: Callable[[], T], remedy: str) -> T:
    try:
        return work()
    except Refused as error:
        raise Refused(f"{error}; {remedy}") from None


def _tell_waiting() -> None:
    click.echo("The store is being made anew by somebody else; waiting for that.", err=True)


def _wait_for_others(old: Path) -> None:
    """Wait until nobody has the old store open any more: until then its blocks are on the disk, whatever its name."""
    ends = time.monotonic() + LET_GO
    while not _is_left(old / LOCK):
        if time.monotonic() > ends:
            click.echo("Another process still reads the old store; its bytes are there until it ends.", err=True)
            return
        time.sleep(0.05)


def _is_left(path: Path) -> bool:
    """Whether no process has the environment open whose lock file this is: each holds a shared lock on it."""
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
