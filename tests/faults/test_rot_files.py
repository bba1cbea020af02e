"""What lies where the store should be is looked at before it is opened: whatever it is, it is told, with advice, and
left as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from jivod.cli.main import DAMAGED as CODE
from jivod.cli.main import main
from jivod.model.errors import JivodError
from jivod.service.exit import UNAVAILABLE, code_of
from jivod.service.store import StoreService
from jivod.store.place import DATA
from tests.faults.images_judge import HOME
from tests.faults.images_story import MAP_SIZE
from tests.faults.rot import CONFIG, make_store
from tests.faults.rot_files import DAMAGED, HALF_MADE, NONE
from tests.faults.sweep import PROFILE
from tests.faults.sweep_daemon import end
from tests.hold.logged import LoggedDaemon
from tests.smoke.daemon import running

VERBS = (("check",), ("find", "x"), ("show", "x"), ("quarantine", "list"), ("reviews",))

CASES = [pytest.param(case, marks=() if case == "half" else pytest.mark.long) for case in DAMAGED]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    directory = tmp_path_factory.mktemp("good") / HOME
    make_store(directory)
    return (directory / DATA).read_bytes()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "jivod.toml").write_text(CONFIG)
    (tmp_path / "jivod.toml").chmod(0o600)
    (tmp_path / "state").mkdir(mode=0o700)
    return tmp_path / "state"


def told_by_the_daemon(state: Path) -> JivodError | None:
    """What the first thing that the daemon does raises."""
    settings: Any = SimpleNamespace(state_dir=state, data_dir=state / HOME, map_size=MAP_SIZE)
    service = StoreService(settings)
    try:
        service.startService()
    except JivodError as error:
        return error
    service.stopService()
    return None


def files(state: Path) -> Iterator[tuple[str, object]]:
    for path in sorted((state / HOME).rglob("*")):
        yield path.name, path.read_bytes() if path.is_file() and path.name == DATA else None


@pytest.mark.parametrize("case", CASES)
def test_damage_is_told_by_every_verb_and_by_the_daemon(state: Path, good: bytes, case: str) -> None:
    make, words = DAMAGED[case]
    make(state / HOME, good)
    before = dict(files(state))
    for verb in VERBS[:1] if PROFILE == "fast" else VERBS:
        done = CliRunner().invoke(main, ["--config", str(state.parent / "jivod.toml"), *verb])
        assert (done.exit_code, done.stdout) == (CODE, ""), f"{verb}: {done.output}"
        assert words in done.stderr and done.stderr.startswith("jivod: ") and done.stderr.count("\n") == 1, verb
    error = told_by_the_daemon(state)
    assert error is not None and code_of(error) == CODE
    assert words in str(error) and "restore a backup" in str(error)
    assert dict(files(state)).items() >= before.items(), "something was changed"


@pytest.mark.long
@pytest.mark.parametrize("case", NONE)
def test_where_no_store_is_and_none_may_be_made_that_is_told(state: Path, good: bytes, case: str) -> None:
    make, words = NONE[case]
    make(state / HOME, good)
    done = CliRunner().invoke(main, ["--config", str(state.parent / "jivod.toml"), "check"])
    assert done.exit_code == 1 and "there is no store in" in done.stderr
    error = told_by_the_daemon(state)
    assert error is not None and code_of(error) == UNAVAILABLE
    assert words in str(error)


@pytest.mark.long
def test_a_store_that_was_half_made_is_made_anew(state: Path, good: bytes) -> None:
    HALF_MADE(state / HOME, good)
    assert told_by_the_daemon(state) is None
    assert [path.name for path in state.iterdir() if path.name != "jivod.pid"] == [HOME]


@pytest.mark.long
@pytest.mark.parametrize("case", ["half", "a directory for the file", "garbage"])
def test_a_whole_daemon_says_so_in_one_line(tmp_path: Path, good: bytes, case: str) -> None:
    make, words = DAMAGED[case]
    daemon = LoggedDaemon(tmp_path)
    daemon.data.parent.mkdir(mode=0o700)
    make(daemon.data, good)
    with running(daemon):
        daemon.launch()
        assert end(daemon) == CODE
    (line,) = [line for line in daemon.text().splitlines() if line.startswith("jivod: ")]
    assert words in line
    assert "Traceback" not in daemon.text()
