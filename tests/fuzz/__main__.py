"""Fuzz one target, for so many seconds: `python -m tests.fuzz event --seconds 60`.

Exit code 0: nothing was found. What breaks a promise is written to build/fuzz/<target>/, with the traceback on stderr:
mend it, and move the file to tests/fuzz/corpus/<target>/. `--keep` takes the few of the other inputs into the corpus
that reach something new.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.keep import keep
from tests.fuzz.target import LONGEST, found, kept, load

HANG = 20  # seconds after which an input is given up as endless
NO_ATHERIS = "The fuzzer is not installed; run: pip install '.[fuzz]'"


def main() -> int:
    parser = argparse.ArgumentParser(
        "python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", nargs="?", choices=sorted(LONGEST))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keep", action="store_true", help="instead: keep the best of what was found")
    asked = parser.parse_args()
    if asked.seconds < 1:
        parser.error("--seconds takes 1 or more")
    if asked.target is None:
        print("\n".join(sorted(LONGEST)))
        return 0
    for directory in (found(asked.target), kept(asked.target)):
        directory.mkdir(parents=True, exist_ok=True)
    if asked.keep:
        print(keep(asked.target), "inputs are kept")
        return 0
    return _fuzz(asked.target, asked.seconds)


def _fuzz(name: str, seconds: int) -> int:
    try:
        import atheris
    except ImportError:
        print(NO_ATHERIS, file=sys.stderr)
        return 2
    with atheris.instrument_imports(include=["jivod", "vobject"]):
        check = _saved(load(name), found(name))
    options = [
        f"-max_len={LONGEST[name]}", f"-timeout={HANG}", f"-artifact_prefix={found(name)}/",
        f"-max_total_time={seconds}", "-print_final_stats=1",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(found(name)), str(kept(name))], check)
    atheris.Fuzz()  # ends the process
    return 0


def _saved(check: Callable[[bytes], None], place: Path) -> Callable[[bytes], None]:
    """The check, which writes down what it fails for: an alarm may end the fuzzer before it does so itself."""

    def one(data: bytes) -> None:
        try:
            check(data)
        except Exception:
            (place / f"crash-{hashlib.sha256(data).hexdigest()[:16]}").write_bytes(data)
            raise

    return one


if __name__ == "__main__":
    sys.exit(main())
