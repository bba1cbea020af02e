"""A configuration with a store that holds the conversations of `jivod demo`, and the command to look at it."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import define
from click.testing import CliRunner, Result

from jivod.cli.main import main
from jivod.cli.stories import scenes
from jivod.flow import regime
from jivod.flow.case import Desk
from jivod.flow.ingest import Delivery, ingest, quarantine_body
from jivod.model.entry import Origin
from jivod.model.errors import Unreadable
from jivod.store.kv import Job, T, Txn
from jivod.store.lmdb import open_engine
from jivod.store.tables import TABLES
from jivod.wire import jivo

NOBODY = 65534  # a user who owns nothing
RUN = 1_790_000_000  # UNIX seconds
CONFIG = """\
state_dir = "state"
public_url = "https://crm.example.com"
[[channel]]
name = "shop"
secret = "abcdefghijklmnopqrstuvwxyz"
region = "TR"
[store]
map_size = 67108864
"""


@define(eq=False)
class Place:
    """`file` is the configuration."""

    file: Path

    @property
    def state(self) -> Path:
        return self.file.parent / "state"

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(self.file), *arguments])

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def fill(self, *bodies: dict[str, Any] | bytes) -> None:
        """Do with `bodies` what the daemon would do."""
        origin = Origin(channel="shop", account="shop", region="TR")

        def desk(txn: Txn) -> Desk:
            return Desk(rules=regime.in_force(txn), public_url="https://crm.example.com", language="en")

        self.state.mkdir(mode=0o700, exist_ok=True)
        engine = open_engine(self.state / "data", 1 << 26)
        for number, given in enumerate(bodies):
            body = given if isinstance(given, bytes) else json.dumps(given).encode()
            at = (RUN + 60 * number) * 1000
            try:
                delivery = Delivery(origin=origin, received_at=at, body=body, reading=jivo.read(body))
            except Unreadable as error:
                (outcome,) = engine.write([lambda txn, b=body, t=at, e=error: quarantine_body(txn, origin, t, b, e)])
            else:
                (outcome,) = engine.write([lambda txn, d=delivery: ingest(txn, d, desk(txn))])
            if outcome.error is not None:
                raise outcome.error
        engine.close()

    def id(self, query: str) -> str:
        """The id of the one customer that `jivod find` finds."""
        (found,) = self.json("find", query)
        return str(found["id"])

    def refused(self, *arguments: str) -> str:
        """What a verb says that refuses; every table must be byte for byte as it was."""
        before = self.rows()
        done = self.run(*arguments)
        assert (done.exit_code, done.stdout) == (1, ""), done.output
        assert self.rows() == before
        return done.stderr

    def rows(self) -> dict[str, list[tuple[bytes, bytes]]]:
        """All that is stored."""
        return self.read(lambda txn: {table: list(txn.range(table)) for table in TABLES})

    def write(self, job: Job[Any]) -> None:
        """Do what something else would do to the store."""
        engine = open_engine(self.state / "data", 1 << 26)
        (outcome,) = engine.write([job])
        engine.close()
        if outcome.error is not None:
            raise outcome.error

    def read(self, job: Job[T]) -> T:
        engine = open_engine(self.state / "data", 1 << 26)
        try:
            return engine.read(job)
        finally:
            engine.close()


@define(eq=False)
class Apart(Place):
    """The command runs in a process of its own, as it may go on as somebody else, in the directory `at`; from the first
    as `user` where one is given. It can import nothing then that this process has not: do the like here first.
    """

    at: Path
    user: int | None = None

    def run(self, *arguments: str) -> Any:
        read, write = os.pipe()
        if (child := os.fork()) == 0:
            try:
                os.chdir(self.at)
                if self.user is not None:
                    os.setuid(self.user)
                done = super().run(*arguments)
                crash = "" if done.exception is None else repr(done.exception)
                os.write(write, pickle.dumps((done.exit_code, done.stdout, done.stderr, done.output + crash)))
            finally:
                os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as file:
            told = pickle.loads(file.read())
        os.waitpid(child, 0)
        return SimpleNamespace(**dict(zip(["exit_code", "stdout", "stderr", "output"], told, strict=True)))


def accepted(chat: object, **visitor: str) -> dict[str, Any]:
    """A chat_accepted."""
    return {"event_name": "chat_accepted", "widget_id": "w", "chat_id": chat, "visitor": visitor}


@pytest.fixture
def bare(tmp_path: Path) -> Place:
    """A configuration without a store."""
    file = tmp_path / "jivod.toml"
    file.write_text(CONFIG)
    file.chmod(0o600)
    return Place(file)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory in which the demo was played, once for all."""
    once = Place(tmp_path_factory.mktemp("played") / "jivod.toml")
    once.fill(*(step.body for scene in scenes(RUN) for step in scene.steps))
    return once.state


@pytest.fixture
def place(bare: Place, played: Path) -> Place:
    """The same with a store in which the demo was played."""
    shutil.copytree(played, bare.state)
    return bare


@pytest.fixture
def others(played: Path, tmp_path: Path) -> Iterator[Apart]:
    """The same, called by root in a directory that nobody else may enter, with the state directory of another user."""
    if os.geteuid() != 0:
        pytest.skip("only root can go on as somebody else")
    tmp_path.chmod(0o700)
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "jivod.toml"
        file.write_text(CONFIG)
        for path in (file.parent, file):
            path.chmod(0o755)
        shutil.copytree(played, file.parent / "state")
        for path in [file.parent / "state", *(file.parent / "state").rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
        yield Apart(file, tmp_path)
