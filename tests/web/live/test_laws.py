"""The law of streams: wherever a page loses its connection, it hears each entry once, in order, and misses none."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from jivod.flow import query, steward
from jivod.flow.steward import Hand
from jivod.policy.rules import DEFAULT
from tests.web.api.counter import accepted, finished
from tests.web.live.audience import Audience, Page
from tests.web.shop import NOW

PEOPLE = 3
HAND = Hand(by="Zeynep", at=NOW, rules=DEFAULT)

STEPS = st.one_of(
    st.tuples(st.just("tell"), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("note"), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("stranger"), st.just(0)),
    st.tuples(st.just("wait"), st.sampled_from((0.1, 0.3, 1.1, 15.5))),
    st.tuples(st.just("lose"), st.integers(0, PEOPLE)),
    st.tuples(st.just("join"), st.integers(0, PEOPLE)),
)


class Listener:
    """A browser: it repeats its address, with the number that it got last. `whom`: nobody, or a customer."""

    def __init__(self, audience: Audience, whom: str | None) -> None:
        self.audience, self.query = audience, "?after=0" + (f"&customer={whom}" if whom else "")
        self.page: Page | None = None
        self.heard: list[int] = []
        self.last: str | None = None
        self.join()

    def join(self) -> None:
        if self.page is None:
            self.page = self.audience.listen(self.query, self.last)

    def lose(self) -> None:
        if self.page is not None:
            self.page.wire.hang_up()
            self.heard += self.page.ids
            self.last = self.page.last or self.last
            self.page = None


@given(steps=st.lists(STEPS, max_size=30))
@settings(deadline=None)
def test_each_entry_is_heard_once_and_in_order(steps: list[tuple[str, float]]) -> None:
    audience = Audience()
    of: dict[int, list[int]] = {who: [] for who in range(PEOPLE)}
    count = 0
    for who in range(PEOPLE):
        audience.tell(accepted(who, name=f"Person {who}", email=f"{who}@example.com"))
        count += 1
        of[who].append(count)
    ids = [
        audience.shop.engine.read(lambda txn, w=who: query.find(txn, f"{w}@example.com", DEFAULT))[0].id
        for who in range(PEOPLE)
    ]
    listeners = [Listener(audience, whom) for whom in (*ids, None)]
    for number, (step, arg) in enumerate(steps):
        whom = int(arg)
        match step:
            case "tell":
                audience.tell(finished(100 + number, email=f"{whom}@example.com"))
            case "note":
                audience.do(lambda txn, w=whom, n=number: steward.edit(txn, HAND, ids[w], "attr:n", f"{n}"))
            case "stranger":
                audience.tell({**finished(100 + number), "plain_messages": f"{number}"})
            case "wait":
                audience.wait(arg)
            case "lose":
                listeners[whom].lose()
            case "join":
                listeners[whom].join()
        if step in ("tell", "note", "stranger"):
            count += 1
            if step != "stranger":
                of[whom].append(count)
    for listener in listeners:
        listener.join()
    audience.wait(3)
    for listener in listeners:
        listener.lose()
    assert [listener.heard for listener in listeners] == [*of.values(), list(range(1, count + 1))]
