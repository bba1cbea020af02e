"""The greeting: the URL for a person, never for a journal."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from attrs import evolve

from jivod.config.load import load
from jivod.config.settings import Channel, Settings
from jivod.model.errors import StoreFull
from jivod.service.greeting import Greeting

SETTINGS = Settings(
    state_dir=Path("/nowhere"),
    channels=(Channel(name="shop", secret="the-secret", account="main"),),
    public_url="https://crm.example.com",
    notes=("something is odd",),
)


LINK = "https://crm.example.com/welcome/the-link"


def said(environ: dict[str, str], settings: Settings = SETTINGS, *, staffed: bool = True, full: bool = False) -> str:
    out = StringIO()

    async def invite(may_say: bool) -> str | None:
        if full:
            raise StoreFull("the disk is full")
        return None if staffed else LINK if may_say else ""

    done = Greeting(settings, environ, out, invite).startService()
    assert done.called
    return out.getvalue()


def test_a_person_is_shown_the_url_to_paste() -> None:
    assert "https://crm.example.com/jivo/the-secret\n" in said({})


@pytest.mark.parametrize("name", ["NOTIFY_SOCKET", "JOURNAL_STREAM"])
def test_no_secret_gets_into_a_journal(name: str) -> None:
    text = said({name: "x"})
    assert "the-secret" not in text
    assert "jivod url" in text


def test_what_is_odd_about_the_configuration_is_said() -> None:
    assert "something is odd" in said({})


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": "x"}])
def test_who_starts_without_any_configuration_is_told_of_the_region(tmp_path: Path, environ: dict[str, str]) -> None:
    bare = load({}, tmp_path, lambda: "s" * 32)
    (line,) = [line for line in said(environ, bare).splitlines() if "region" in line]
    assert line.startswith("note: phones typed without a country code")
    (channel,) = bare.channels
    assert "region" not in said(environ, evolve(bare, channels=(evolve(channel, region="TR"),)))


def test_who_named_his_channels_is_not() -> None:
    assert "region" not in said({})


def test_a_person_is_shown_the_link_that_makes_the_first_user() -> None:
    assert f"{LINK}\n" in said({}, staffed=False)
    assert "welcome" not in said({})


@pytest.mark.parametrize("name", ["NOTIFY_SOCKET", "JOURNAL_STREAM"])
def test_a_journal_is_told_of_the_command_and_not_the_link(name: str) -> None:
    text = said({name: "x"}, staffed=False)
    assert "the-link" not in text
    assert "jivod user add NAME --role admin" in text


def test_a_full_store_greets_all_the_same() -> None:
    assert "the-secret" in said({}, full=True)
