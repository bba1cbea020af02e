"""Target: the daemon under attack, with its books, and the rules that hold after whatever was done to it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
from attrs import define, field

from jivod.store import quarantine
from jivod.store.check import check
from jivod.store.kv import T, Txn
from jivod.store.lmdb import open_engine
from tests.hold.logged import LoggedDaemon
from tests.hold.private import shown
from tests.hold.process import memory
from tests.hostile.wire_peer import Answer, Door
from tests.smoke.daemon import MAP_SIZE, SECRET, running

MIB = 1 << 20
PROMPT = 0.25  # seconds to /healthz
MEMORY = 256 * MIB
LET_GO = 5.0  # seconds until what a connection held is given back
ERROR_BYTES = 1024
HOOK = f"/jivo/{SECRET}"
PRIVATE = frozenset({SECRET, "visitor-", "Visitor", "@example.com", "stranger-guesses", "203.0.113."})
FAULTS = ("error", "critical")


@define(eq=False)
class Target:
    """`acked`: the chats that were answered 200, as often as they have to be in the journal. Of the log, `read` bytes
    were looked at; `sockets` are open while nobody is there.
    """

    daemon: LoggedDaemon
    acked: Counter[str] = field(factory=Counter)
    forgiven: frozenset[str] = frozenset()  # messages of the log that may be errors, for what the test itself broke
    read: int = 0
    sockets: int = 0

    @property
    def door(self) -> Door:
        return Door(self.daemon.port)

    def open(self) -> None:
        """Start it; one event warms it up."""
        self.daemon.start()
        self.post("warm")
        self.sockets = sockets(self.daemon.pid)
        self.read = self.daemon.log.stat().st_size  # it greets in plain words

    def post(self, chat: str) -> None:
        """An event of an honest sender, which is taken whatever else goes on."""
        assert self.daemon.post(chat) == 200
        self.acked[chat] = 1  # however often

    def stored(self) -> Counter[str]:
        """The chats of the journal, and how often each is in it."""
        return Counter(self.daemon.chats())

    def look(self, job: Callable[[Txn], T]) -> T:
        """What `job` reads in the store, beside the daemon."""
        engine = open_engine(self.daemon.data, MAP_SIZE)
        try:
            return engine.read(job)
        finally:
            engine.close()

    def quarantined(self) -> int:
        """How many bodies are in quarantine."""
        return len(self.look(lambda txn: quarantine.listed(txn, 10_000)))

    def answered(self) -> int:
        """How many answers the daemon has given, but for those to the supervisor by us."""
        _, body = self.daemon.ask("GET", "/metrics", port=self.daemon.admin_port)
        rows = [line for line in body.decode().splitlines() if line.startswith("jivod_answers_total{")]
        return int(sum(float(line.rpartition(" ")[2]) for line in rows))

    def holds(self) -> None:
        """The rules G1, G2 and G4, in this order; see `is_error` for G3."""
        self.is_well()
        self.keeps_its_word()
        self.logs_well()

    def is_well(self) -> None:
        """G1: alive, prompt, small, and nothing left of those who came."""
        assert self.daemon.process is not None and self.daemon.process.poll() is None
        assert any(self.healthz() < PROMPT for _ in range(3))
        assert memory(self.daemon.pid, "VmHWM") < MEMORY
        assert list(self.daemon.scratch.iterdir()) == []
        until = time.monotonic() + LET_GO
        while sockets(self.daemon.pid) > self.sockets:
            assert time.monotonic() < until, "connections stay open"
            time.sleep(0.02)

    def healthz(self) -> float:
        """Seconds to the answer that it is well."""
        begun = time.monotonic()
        assert self.daemon.ask("GET", "/healthz", port=self.daemon.admin_port)[0] == 200
        return time.monotonic() - begun

    def keeps_its_word(self) -> None:
        """G2: every event that was acknowledged is there, as often as it has to be, and all indexes agree."""
        stored = self.stored()
        assert {chat: stored[chat] for chat in self.acked} == dict(self.acked)
        assert self.look(lambda txn: list(check(txn))) == []

    def logs_well(self) -> None:
        """G4: what was logged since the last look is JSON, line by line, without a traceback or anything private."""
        new = self.daemon.log.read_bytes()[self.read :]
        self.read += len(new)
        for line in new.decode("utf-8").splitlines():
            fact = orjson.loads(line)
            assert "traceback" not in fact, line
            assert fact["level"] not in FAULTS or fact["message"] in self.forgiven, line
        assert shown(new.decode("utf-8"), set(PRIVATE)) == set()


def is_error(answer: Answer) -> bool:
    """G3: whether an answer of jivod other than 200 says in JSON what is wrong, and nothing that is private."""
    if not answer.body:  # to HEAD
        return True
    found = orjson.loads(answer.body)
    error = found["error"]
    return (
        set(found) == {"result", "error"}
        and set(error) == {"code", "request_id"}
        and 0 < len(found["result"]) < 200
        and len(answer.body) <= ERROR_BYTES
        and shown(answer.body.decode(), set(PRIVATE)) == set()
        and "server" not in answer.headers
    )


def sockets(pid: int) -> int:
    """How many sockets a process has open."""
    found = 0
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found += str(descriptor.readlink()).startswith("socket:")
        except FileNotFoundError:  # closed meanwhile
            continue
    return found


@contextmanager
def target_in(
    directory: Path, more: str = "", *, everywhere: bool = False, environ: dict[str, str] | None = None
) -> Iterator[Target]:
    """A target with a state directory of its own; whatever happens, no process is left behind. `everywhere`: it listens
    to all addresses of this machine.
    """
    made = Target(LoggedDaemon(directory, environ or {}))
    if more:
        made.daemon.configure(more)
    if everywhere:
        here, all = (f"tcp:{made.daemon.port}:interface={address}" for address in ("127.0.0.1", "0.0.0.0"))
        made.daemon.config.write_text(made.daemon.config.read_text().replace(here, all))
    with running(made.daemon):
        made.open()
        yield made


def ask(door: Door, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    """An honest request through `door`; status and body of the answer."""
    head = f"{method} {path} HTTP/1.1\r\nHost: crm.example.com\r\nContent-Length: {len(body)}\r\n\r\n"
    (answer,) = door.say((head.encode() + body,), to_the_end=False, linger=0).answers
    return answer.status, answer.body
