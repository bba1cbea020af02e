"""Finding: one box for everything: who has this key, who is called so, where was this said. Read only.

First whom the text is a key of, as of this moment. Then who is called so, or is described in these words, and then
where they were said: by the side file, which may lag behind a little.
"""

from __future__ import annotations

from functools import partial

from attrs import define, evolve, field

from jivod.flow import following, indexed, query
from jivod.flow.people import People
from jivod.model.claim import NAME
from jivod.model.finding import KEYS, MESSAGE, PEOPLE, TALKS, Found, Hit, Part, Place
from jivod.policy import snippet
from jivod.policy.rules import Rules
from jivod.policy.snippet import Weights
from jivod.policy.wanted import Wanted, wanted
from jivod.store import chats, customers, journal, texts
from jivod.store.kv import Txn
from jivod.store.side import Rows, Side, Spoiled
from jivod.store.texts import LAST, PERSON, TALK, Line, Text

WINDOW = 100  # texts, the newest ones, that are weighed against one another; behind them come the next
WINDOWS = 4  # to a page
KEYED = 100  # customers found by a key, at most


def find(
    txn: Txn,
    file: Side | None,
    text: str,
    rules: Rules,
    limit: int = 20,
    place: Place | None = None,
    *,
    accounts: tuple[str, ...] = (),
    regions: tuple[str, ...] = (),
) -> Found:
    """The next `limit` hits behind `place`; None: the first ones. `accounts`: where a visitor number may be looked up;
    `regions`: the countries of phones typed without a code.

    The work is bounded: a page may be shorter, or empty, and there may be a next one all the same.
    """
    finder = _Finder(txn, rules, text, limit, wanted(text), People(txn))
    finder.by_key(accounts, regions, place or Place(stage=KEYS))
    behind = _read(file, finder)
    if behind is None:
        finder.by_name()
    return Found(hits=tuple(finder.hits), next=finder.place, behind=behind)


def _read(file: Side | None, finder: _Finder) -> int | None:
    try:
        return None if file is None else file.read(finder.by_words)
    except Spoiled:
        return None


@define(eq=False)
class _Finder:
    """One search on its way: `hits` so far, `place`: where it goes on, `seen`: whom it has found as a customer."""

    txn: Txn
    rules: Rules
    text: str
    limit: int
    wanted: Wanted | None
    people: People
    hits: list[Hit] = field(factory=list)
    place: Place | None = None
    seen: set[str] = field(factory=set)

    def by_key(self, accounts: tuple[str, ...], regions: tuple[str, ...], place: Place) -> None:
        """Whom the text is a key of. Asked on every page: who was found by it is not found by name once more."""
        found = query.keyed(self.txn, self.text, self.rules, KEYED, accounts=accounts, regions=regions)
        roots: dict[str, str] = {}
        for why, id in found:
            roots.setdefault(self.people.root(id), why)
        self.seen.update(roots)
        self.place = place
        if place.stage == KEYS:
            page = list(roots.items())[place.skip : place.skip + self.limit]
            self.hits += [self._customer(root, why) for root, why in page]
            more = place.skip + len(page) < len(roots)
            self.place = evolve(place, skip=place.skip + len(page)) if more else Place(stage=PEOPLE, below=LAST)

    def by_name(self) -> None:
        """Without the side file: by the words of the name alone, and all at once."""
        if self.place is not None and self.place.stage == PEOPLE and self.place.below == LAST:
            for id in customers.named(self.txn, self.text, self.limit):
                self._add_person(id, NAME)
            del self.hits[self.limit :]
        self.place = None if self.place is None or self.place.stage != KEYS else self.place

    def by_words(self, rows: Rows) -> int:
        """Who is called so, and where it was said; how many entries are not followed yet."""
        for _ in range(WINDOWS):
            place = self.place
            if place is None or place.stage == KEYS or len(self.hits) >= self.limit:
                break
            self._window(rows, place)
        return journal.last(self.txn) - min(following.noted(rows).seen, journal.last(self.txn))

    def _window(self, rows: Rows, place: Place) -> None:
        kind = PERSON if place.stage == PEOPLE else TALK
        ranked, lowest = self._ranked(rows, kind, place.below) if self.wanted else ([], 0)
        taken = place.skip
        for text in ranked[place.skip :]:
            if len(self.hits) >= self.limit:
                break
            taken += 1
            self._add(kind, text)
        if taken < len(ranked):
            self.place = evolve(place, skip=taken)
        elif len(ranked) == WINDOW:
            self.place = Place(stage=place.stage, below=lowest)
        else:
            self.place = Place(stage=TALKS, below=LAST) if place.stage == PEOPLE else None

    def _ranked(self, rows: Rows, kind: str, below: int) -> tuple[list[Text], int]:
        """The next window, best texts first, and the lowest of its numbers."""
        assert self.wanted is not None
        found = texts.matching(rows, kind, _alternatives(rows, kind, self.wanted), below, WINDOW)
        if not found:
            return [], 0
        count, used = texts.used(rows, kind, self.wanted.words)
        lengths = [len(text.folded.split()) for _, text in found]
        score = partial(
            snippet.score,
            newest=found[0][1].at,
            wanted=self.wanted,
            weights=Weights(texts=count, used=used),
            length=sum(lengths) / len(lengths),
        )
        ranked = sorted(found, key=lambda each: (-score(each[1].folded, each[1].at), -each[0]))
        return [text for _, text in ranked], found[-1][0]

    def _add(self, kind: str, text: Text) -> None:
        assert self.wanted is not None
        line = text.lines[snippet.best_line([line.text for line in text.lines], self.wanted)]
        parts = snippet.snippet(line.text, self.wanted)
        if kind == PERSON:
            self._add_person(text.name, line.label, parts)
        else:
            self._add_talk(*indexed.chat_of(text.name), line, parts)

    def _add_talk(self, account: str, ref: str, line: Line, parts: tuple[Part, ...]) -> None:
        chat = chats.get(self.txn, account, ref)
        if chat is None:
            return  # of a store in whose place there is another one since
        whose = None if chat.customer is None else self.people.golden(self.people.root(chat.customer), self.rules)
        self.hits.append(
            Hit(why=MESSAGE, customer=whose, account=account, ref=ref, by=line.label, at=line.at, snippet=parts)
        )

    def _add_person(self, id: str, why: str, parts: tuple[Part, ...] = ()) -> None:
        if customers.get(self.txn, id) is None:
            return  # the same
        root = self.people.root(id)
        if root not in self.seen:
            self.seen.add(root)
            self.hits.append(self._customer(root, why, parts))

    def _customer(self, root: str, why: str, parts: tuple[Part, ...] = ()) -> Hit:
        return Hit(why=why, customer=self.people.golden(root, self.rules), snippet=parts)


def _alternatives(rows: Rows, kind: str, wanted: Wanted) -> list[list[str]]:
    """Of each phrase all that it may be: the last word may go on."""
    found = [[" ".join(phrase)] for phrase in wanted.phrases]
    if (last := wanted.beginning) is not None:
        before = wanted.phrases[-1][:-1]
        endings = dict.fromkeys([last, *texts.beginning(rows, kind, last)])
        found[-1] = [" ".join([*before, word]) for word in endings]
    return found
