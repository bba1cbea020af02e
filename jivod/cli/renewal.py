"""Renewal: a store that was folded anew beside the old one takes its place in one step, while nobody else has it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from attrs import field, frozen

from jivod.cli import swap
from jivod.cli.office import Office
from jivod.cli.twin import ROOM, carry_over, demand_room, fold, twin_of
from jivod.flow import replay
from jivod.model.audit import REBUILT
from jivod.model.errors import Refused
from jivod.store import journal, lock, side
from jivod.store.lmdb import LmdbEngine, ScratchEngine

NEW = "data.rebuild"
OLD = "data.before-rebuild"


@frozen(kw_only=True)
class Renewal:
    """The store `live` and its `twin`, into which its `entries` were folded."""

    office: Office = field(repr=False)
    live: LmdbEngine
    twin: ScratchEngine
    entries: int

    def carry_over(
        self, policy: str | None = None, *, but: Container[str] = (), quarantined_but: Container[bytes] = ()
    ) -> None:
        """See `jivod.cli.twin.carry_over`."""
        carry_over(self.live, self.twin, policy, but=but, quarantined_but=quarantined_but)

    def take_place(self, before: Callable[[], Callable[[], None]] = lambda: lambda: None) -> None:
        """Let the twin, once it is on the disk as a whole, take the place of the store, which is left under NEW. What
        is derived beside it goes: the daemon makes it anew.

        `before` is done before that, and what it returns takes it back if this fails. Raises Refused where somebody
        wrote meanwhile.
        """
        data, beside = self.office.settings.data_dir, self.office.settings.state_dir / NEW
        self.twin.seal()
        if self.live.read(journal.last) != self.entries:
            raise Refused("somebody decided something meanwhile, and nothing was changed; do this again")
        self.live.close()
        self.twin.close()
        take_back = before()
        side.remove(self.office.settings.state_dir / side.NAME)
        try:
            swap.exchange(beside, data)
        except BaseException:
            take_back()
            raise

    def keep_old(self) -> None:
        """The store as it was stays beside the new one as OLD."""
        data, beside = self.office.settings.data_dir, self.office.settings.state_dir / NEW
        shutil.rmtree(data.with_name(OLD), ignore_errors=True)
        beside.rename(data.with_name(OLD))
        swap.flush(data.parent)


@contextmanager
def renewal(
    office: Office,
    remedy: str,
    *,
    policy: str | None = None,
    action: str = REBUILT,
    customers: Iterable[str] = (),
    change_of: Callable[[LmdbEngine], replay.Change] = lambda live: replay.unchanged,
    demand: Callable[[], None] = lambda: None,
) -> Iterator[Renewal]:
    """Fold the journal beside the store: under the policy in the text `policy`, each entry as `change_of` the store has
    it. Nobody else takes the lock meanwhile; `remedy` is what to do where somebody has it. `demand` may refuse before
    the work. The audit log calls it `action`, done with these `customers`.
    """
    place = office.settings.state_dir / NEW
    with ExitStack() as stack:
        live = stack.enter_context(office.store(action, customers))
        stack.callback(_hold(office, remedy).release)
        stack.callback(partial(shutil.rmtree, place, ignore_errors=True))
        shutil.rmtree(place, ignore_errors=True)
        demand_room(live, ROOM)
        demand()
        twin = stack.enter_context(twin_of(live, place, office, policy))
        yield Renewal(office=office, live=live, twin=twin, entries=fold(live, twin, change_of(live)))


def _hold(office: Office, remedy: str) -> lock.Lock:
    try:
        return lock.hold(office.settings.state_dir)
    except Refused as error:
        raise Refused(f"{error}; {remedy}") from None
