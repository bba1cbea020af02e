"""Dates, numbers and money as people of each language write them; hostile ones are refused at once."""

from __future__ import annotations

from datetime import date

import pytest

from jivod.policy.formats import Unshowable, day, filters, number


@pytest.mark.parametrize(
    ("language", "name", "value", "more", "shown"),
    [
        ("en", "currency", "1234.5", ("USD",), "$1,234.50"),
        ("tr", "currency", "1234.5", ("TRY",), "₺1.234,50"),
        ("ru", "currency", "1234.5", ("RUB",), "1\xa0234,50\xa0₽"),
        ("pt", "currency", -5, ("BRL",), "-R$\xa05,00"),
        ("es", "currency", 1234567, ("EUR",), "1.234.567,00\xa0€"),
        ("en", "currency", 100, ("JPY",), "¥100"),
        ("tr", "number", "1234.5", (), "1.234,5"),
        ("tr", "number", 1234.5, (0,), "1.234"),
        ("en", "number", "1e3", (2,), "1,000.00"),
        ("tr", "date", "2026-01-31", (), "31 Oca 2026"),
        ("tr", "date", "2026-01-31T23:59:59+03:00", ("long",), "31 Ocak 2026"),
        ("ru", "date", date(2026, 1, 31), ("long",), "31 января 2026\xa0г."),
        ("en", "date", 1_767_225_600, ("short",), "1/1/26"),
        ("en", "date", "1767225600000", (), "Jan 1, 2026"),
    ],
)
def test_as_people_write_it(language: str, name: str, value: object, more: tuple[object, ...], shown: str) -> None:
    assert (
        filters(language)[name](value, *more).replace("\u202f", "\xa0") == shown
    )  # CLDR changes its mind about spaces


@pytest.mark.parametrize(
    "value",
    ["", "n/a", "1.234,50", "1 000", "NaN", "Infinity", "1e999999999", "1e-99", "9" * 41, "١٢", "0x10", "1_000", True,
     None, [], float("nan"), float("inf"), 1e300, 10**400],
)  # fmt: skip
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(Unshowable):
        number(value)


@pytest.mark.parametrize(
    "value", ["", "soon", "2026-13-01", "31.01.2026", "1e18", -(10**17), "9" * 30, None, True, [], float("nan")]
)
def test_what_is_no_date_is_refused(value: object) -> None:
    with pytest.raises(Unshowable):
        day(value)
