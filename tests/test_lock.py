"""The lock: every dependency, pinned with digests, above each version that is known to be unsafe; and its bill."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "etc" / "requirements.lock").read_text("utf-8")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SAFE = {"twisted": "26.10.0", "werkzeug": "3.1.6", "lmdb": "3.0.0", "jinja2": "3.1.6"}
"""The first versions without a known advisory."""
UNWANTED = ("h2", "priority")  # with them Twisted speaks HTTP/2, which nobody needs here


def blocks() -> dict[str, str]:
    """Each package's lines, by its name."""
    found = re.split(r"^(?=[a-z0-9])", re.sub(r"^#.*\n", "", TEXT, flags=re.MULTILINE), flags=re.MULTILINE)[1:]
    return {canonicalize_name(Requirement(block.split(" \\")[0]).name): block for block in found}


PINS = {name: Requirement(block.split(" \\")[0]) for name, block in blocks().items()}


def version(name: str) -> Version:
    (pin,) = PINS[name].specifier
    assert pin.operator == "=="
    return Version(pin.version)


@pytest.mark.parametrize("name", sorted(PINS))
def test_every_package_is_pinned_with_digests(name: str) -> None:
    first, *digests = [line.strip(" \\") for line in blocks()[name].splitlines()]
    assert Requirement(first) == PINS[name]
    assert digests and all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", digest) for digest in digests)
    assert version(name)


@pytest.mark.parametrize("wanted", [Requirement(text) for text in PROJECT["dependencies"]], ids=lambda one: one.name)
def test_what_pyproject_asks_for_is_there_and_new_enough(wanted: Requirement) -> None:
    assert wanted.specifier.contains(version(canonicalize_name(wanted.name))), "run `make lock`"


def test_what_the_packages_themselves_need_is_there() -> None:
    for name, extras in asked():
        assert name in PINS, f"{name} is missing; run `make lock`"
        for text in own_needs(name):
            need = Requirement(text)
            if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras or {""}):
                assert canonicalize_name(need.name) in PINS, f"{name} needs {need.name}; run `make lock`"


def asked() -> list[tuple[str, set[str]]]:
    extras: dict[str, set[str]] = {
        canonicalize_name(one.name): one.extras for one in map(Requirement, PROJECT["dependencies"])
    }
    return [(name, extras.get(name, set())) for name in sorted(PINS.keys() | extras.keys())]


def own_needs(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:  # of another Python
        return []


def test_no_package_has_a_known_advisory() -> None:
    assert {name: str(version(name)) for name, safe in SAFE.items() if version(name) < Version(safe)} == {}
    assert not set(UNWANTED) & PINS.keys()


def test_the_lock_names_no_place_to_fetch_from() -> None:
    assert not re.search(r"://|index|find-links|trusted-host", TEXT)


def bill() -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location("sbom", ROOT / "etc" / "sbom.py")
    assert spec is not None and spec.loader is not None
    sbom = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sbom)
    made: dict[str, Any] = sbom.bill(TEXT, PROJECT)
    return made


def test_the_bill_names_every_package_of_the_lock_with_its_digests() -> None:
    parts = {part["name"]: part for part in bill()["components"]}
    assert parts.keys() == PINS.keys()
    for name, part in parts.items():
        assert part["version"] == str(version(name))
        assert part["purl"] == f"pkg:pypi/{name}@{part['version']}"
        assert len(part["hashes"]) == blocks()[name].count("--hash=") == len({one["content"] for one in part["hashes"]})


def test_the_bill_is_the_same_each_time_and_says_what_it_is_of() -> None:
    command = [sys.executable, str(ROOT / "etc" / "sbom.py")]
    said = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=30).stdout)
    assert said == bill()
    assert (said["bomFormat"], said["specVersion"]) == ("CycloneDX", "1.6")
    assert said["metadata"]["component"]["name"] == "jivod"
    refs = [part["bom-ref"] for part in said["components"]]
    assert said["dependencies"] == [{"ref": "jivod", "dependsOn": refs}]
    assert len(set(refs)) == len(refs)
