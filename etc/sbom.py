#!/usr/bin/env python3
"""What jivod is made of, as a bill of materials: `python3 etc/sbom.py > sbom.json` (CycloneDX 1.6), or `make sbom`.

Made of etc/requirements.lock alone: every package that an installation by it has, with its version and the digests of
the files that may be installed. The same lock gives the same bill, byte for byte.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).resolve().parents[1]
_PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
_DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill(lock: str, project: dict[str, Any]) -> dict[str, Any]:
    """The bill of the project whose dependencies are in `lock`."""
    starts = [found.start() for found in _PACKAGE.finditer(lock)]
    parts = [_component(lock[start:end]) for start, end in zip(starts, [*starts[1:], len(lock)], strict=True)]
    own = {"type": "application", "bom-ref": project["name"], "name": project["name"], "version": project["version"]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, project['name'] + project['version'] + lock)}",
        "version": 1,
        "metadata": {"component": {**own, "licenses": [{"license": {"id": project["license"]}}]}},
        "components": parts,
        "dependencies": [{"ref": project["name"], "dependsOn": [part["bom-ref"] for part in parts]}],
    }


def _component(text: str) -> dict[str, Any]:
    found = _PACKAGE.match(text)
    assert found is not None
    purl = f"pkg:pypi/{found[1]}@{found[2]}"
    digests = [{"alg": "SHA-256", "content": digest} for digest in _DIGEST.findall(text)]
    return {
        "type": "library", "bom-ref": purl, "name": found[1], "version": found[2], "purl": purl, "hashes": digests,
    }  # fmt: skip


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lock = (ROOT / "etc" / "requirements.lock").read_text("utf-8")
    json.dump(bill(lock, project), sys.stdout, indent=1)
    sys.stdout.write("\n")
