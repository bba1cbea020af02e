"""Shop: a whole hook in memory: store, site, clock. `post` speaks through treq, `connect` gives a raw connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from io import BytesIO
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from attrs import define, field, frozen
from treq.testing import StubTreq
from twisted.internet.address import IPv4Address, UNIXAddress
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from jivod.config.settings import Channel
from jivod.flow.case import Desk
from jivod.model.entry import Entry, Quarantined
from jivod.policy.rules import DEFAULT
from jivod.service.threads import InlineReaders, InlineWriter
from jivod.store import journal, quarantine
from jivod.store.kv import Engine, Job, T
from jivod.store.ledger import Ledger
from jivod.store.memory import MemoryEngine
from jivod.store.side import Side
from jivod.web.admin import Admin
from jivod.web.api.api import Api
from jivod.web.api.bearer import Bearer
from jivod.web.api.jobs import Jobs
from jivod.web.api.parcel import Parcel
from jivod.web.api.passes import Passes
from jivod.web.app import make_resource
from jivod.web.deadline import Deadlines
from jivod.web.errors import Exit
from jivod.web.gate import Gate, Tries
from jivod.web.hook import Hook
from jivod.web.limits import Limits
from jivod.web.metrics import Metrics
from jivod.web.porch import Porch
from jivod.web.rulebook import Rulebook
from jivod.web.site import JivodSite
from jivod.web.tokens import Tokens
from jivod.web.trail import Trail

SECRET = "secret-of-the-shop_0123456789"
OTHER_SECRET = "secret-of-the-branch-987654321"
CLUB_SECRET = "secret-of-the-club-5555555555555"
TOKEN_SECRET = "key-that-signs-the-tokens-of-the-club"
HOOK = f"/jivo/{SECRET}"
DEADLINE = 2.5
NOW = 1_790_000_000_000
BEGIN = 1000  # of the clock, when the shop opens
CHANNELS = (
    Channel(name="shop", secret=SECRET, account="main", region="TR"),
    Channel(name="branch", secret=OTHER_SECRET, account="branch"),
    Channel(name="club", secret=CLUB_SECRET, account="club", token_secret=TOKEN_SECRET),
)
EVENT = orjson.dumps(
    {
        "event_name": "chat_accepted",
        "chat_id": 7507,
        "widget_id": "2853",
        "visitor": {"name": "Ayşe Yılmaz", "email": "ayse@example.com", "number": "12"},
        "agent": {"id": "3599", "name": "Agent"},
    }
)
FINISHED = orjson.dumps({"event_name": "chat_finished", "chat_id": 7507, "widget_id": "2853", "chat": {"messages": []}})


@frozen(kw_only=True)
class Reply:
    """One answer as a client sees it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])


@define(eq=False)
class HeldWriter:
    """Jobs wait until `release`; as the real writer does, it looks whether somebody still waits for the result."""

    engine: Engine
    jobs: list[tuple[Job[Any], Deferred[Any]]] = field(factory=list)

    def submit(self, job: Job[T], size: int) -> Deferred[T]:
        home: Deferred[T] = Deferred()
        self.jobs.append((job, home))
        return home

    def release(self) -> None:
        jobs, self.jobs = self.jobs, []
        for job, home in jobs:
            (outcome,) = self.engine.write([job])
            if not home.called:
                home.callback(outcome.value)


@define(eq=False)
class IdlePorter:
    """Holds the files, and does nothing; `looked` are the ids that it was told of."""

    files: dict[str, Parcel] = field(factory=dict)
    looked: list[str] = field(factory=list)

    def pack(self, raw: bytes) -> Deferred[Parcel]:
        return succeed(Parcel(file=BytesIO(raw), digest=sha256(raw).hexdigest()))

    def expect(self, id: str, parcel: Parcel) -> None:
        self.files[id] = parcel

    def look(self, id: str) -> None:
        self.looked.append(id)


@define(eq=False)
class Wire:
    """A raw connection to the site."""

    protocol: Any
    transport: StringTransport

    def send(self, *parts: bytes) -> None:
        for part in parts:
            if not self.transport.disconnected:
                self.protocol.dataReceived(part)

    def hang_up(self) -> None:
        self.transport.disconnected = True
        self.protocol.connectionLost(Failure(ConnectionDone()))

    @property
    def closed(self) -> bool:
        return bool(self.transport.disconnecting or self.transport.disconnected)

    def replies(self) -> list[Reply]:
        return list(parse(self.transport.value()))

    def reply(self) -> Reply:
        (only,) = self.replies()
        return only


@define(eq=False)
class Shop:
    engine: Engine
    clock: Clock
    metrics: Metrics
    writer: Any
    rulebook: Rulebook
    site: JivodSite
    treq: StubTreq
    porter: IdlePorter
    passes: Passes
    ledger: Ledger
    room: TemporaryDirectory[str]

    def call(self, method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes = b"") -> Reply:
        found: list[Any] = []
        url = f"http://crm.example.com{path}"
        waiting = self.treq.request(method, url, headers=headers, data=body, allow_redirects=False)
        waiting.addCallback(found.append)
        self.treq.flush()
        response = found[0]
        content: list[bytes] = []
        self.treq.content(response).addCallback(content.append)
        names = {name.decode(): values[0].decode() for name, values in response.headers.getAllRawHeaders()}
        return Reply(status=response.code, headers=names, body=content[0] if content else b"")

    def post(self, body: bytes, path: str = HOOK, **headers: str) -> Reply:
        return self.call("POST", path, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def connect(self, peer: str | None = "198.51.100.7") -> Wire:
        address = UNIXAddress(None) if peer is None else IPv4Address("TCP", peer, 40000)
        protocol: Any = self.site.buildProtocol(address)
        transport = StringTransport(peerAddress=address, lenient=True)
        if protocol is None:
            transport.disconnecting = True
        else:
            protocol.makeConnection(transport)
        return Wire(protocol, transport)

    def journal(self) -> list[Entry]:
        return self.engine.read(lambda txn: journal.after(txn, 0, 1000))

    def quarantine(self) -> list[Quarantined]:
        return self.engine.read(lambda txn: quarantine.listed(txn, 1000))

    def pass_time(self, seconds: float) -> None:
        for _ in range(int(seconds * 10)):
            self.clock.advance(0.1)


numbers = count(1)


def open_shop(
    engine: Engine | None = None,
    make_writer: Callable[[Engine], Any] = InlineWriter,
    limits: Limits | None = None,
    make_answers: Callable[[Clock, Metrics], Any] = lambda clock, metrics: None,
    make_readers: Callable[[Engine], Any] = InlineReaders,
    make_porch: Callable[[Jobs, Trail, Rulebook, Callable[[], int]], Porch] | None = None,
    file: Callable[[], Side] | None = None,
) -> Shop:
    engine = engine or MemoryEngine()
    clock, metrics, writer = Clock(), Metrics(), make_writer(engine)
    clock.advance(BEGIN)
    rulebook = Rulebook(Desk(rules=DEFAULT, public_url="https://crm.example.com", language="en"))
    hook = Hook(
        gate=Gate(CHANNELS, Tries(clock.seconds), metrics.wrong_secret),
        writer=writer,
        deadlines=Deadlines(clock, DEADLINE),
        rulebook=rulebook,
        tokens=Tokens(CHANNELS, lambda: rulebook.rules.token_max_age, metrics.token_checked),
        metrics=metrics,
        now=lambda: NOW,
        answers=make_answers(clock, metrics),
    )
    room, readers = TemporaryDirectory(prefix="jivod-shop-"), make_readers(engine)
    jobs, ledger = Jobs(readers, writer, hook.deadlines), Ledger(Path(room.name) / "audit")
    now = lambda: NOW + int(1000 * (clock.seconds() - BEGIN))  # noqa: E731
    trail = Trail(jobs, readers, writer, ledger, metrics.unrecorded)
    porch = make_porch(jobs, trail, rulebook, now) if make_porch else None
    porter, tries = IdlePorter(), Tries(clock.seconds)
    api = Api(
        bearer=Bearer(jobs=jobs, tries=tries, count=metrics.wrong_token),
        passes=Passes(tries, metrics.wrong_token, trail, now),
        porter=porter,
        trail=trail,
        rulebook=rulebook,
        accounts=("main", "branch", "club"),
        regions=("TR",),
        now=now,
        new_id=lambda at: f"errand-{next(numbers):06d}",
        file=file,
    )
    exit = porch.exit if porch else Exit(lambda: "0123456789abcdef")
    resource = make_resource(exit, hook, Admin(metrics=metrics, unready=ready), api, porch=porch)
    site = JivodSite(
        resource, reactor=clock, wall=lambda: NOW / 1000, limits=limits or Limits(), exit=exit, metrics=metrics
    )
    site.doStart()
    return Shop(engine, clock, metrics, writer, rulebook, site, _treq(site), porter, api.passes, ledger, room)


async def ready() -> str | None:
    return None


def request(
    body: bytes = EVENT, *, method: bytes = b"POST", path: str = HOOK, length: bytes | None = None, extra: bytes = b""
) -> bytes:
    """A request as bytes; `extra` are whole header lines."""
    size = b"%d" % len(body) if length is None else length
    head = method + b" " + path.encode() + b" HTTP/1.1\r\nHost: crm.example.com\r\n" + extra
    return head + b"Content-Length: " + size + b"\r\n\r\n" + body


def chunked(*chunks: bytes, path: str = HOOK, version: bytes = b"HTTP/1.1") -> bytes:
    head = (
        b"POST " + path.encode() + b" " + version + b"\r\nHost: crm.example.com\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)


def parse(data: bytes) -> Iterator[Reply]:
    """The answers in `data`, informational ones left out."""
    while data:
        head, _, data = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        status = int(first.split(" ")[1])
        size = int(headers.get("Content-Length", 0))
        body, data = data[:size], data[size:]
        if status >= 200:
            yield Reply(status=status, headers=headers, body=body)


def _treq(site: JivodSite) -> StubTreq:
    """As our site does, the one that treq makes itself leaves forms alone."""
    stub = StubTreq(site.resource)
    stub.flush.__self__._serverFactory._parsePOSTFormSubmission = site._parsePOSTFormSubmission
    return stub
