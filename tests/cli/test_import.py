"""`jivod import`, through its real face."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from jivod.model.entry import IMPORT
from jivod.store import journal
from tests.cli.conftest import Place, accepted

CRM = "Müşteri No;Ad Soyad;E-posta;Cep Telefonu;Bakiye\r\n7;Ayşe Yılmaz;ayse.imp@example.com;0532 000 11 22;1.250,00\r\n"


def written(place: Place, text: str | bytes, name: str = "crm.csv") -> str:
    path = place.file.parent / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_a_table_is_told_before_it_is_taken_in(place: Place) -> None:
    done = place.run("import", written(place, CRM), "--by", "Elif")
    assert done.exit_code == 0, done.output
    assert "csv, utf-8, columns separated by ;" in done.stdout
    assert "Bakiye" in done.stdout and "attr:Bakiye" in done.stdout
    assert "1 created, 0 enriched, 0 unchanged, 0 refused" in done.stdout
    (found,) = place.json("find", "ayse.imp@example.com")
    assert (found["name"], found["phones"], found["tokens"]) == ("Ayşe Yılmaz", ["+905320001122"], ["7"])
    assert found["attributes"] == {"Bakiye": "1.250,00"}
    assert place.run("rebuild", "--verify").exit_code == place.run("check").exit_code == 0
