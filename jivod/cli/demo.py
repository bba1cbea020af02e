"""`jivod demo`: play a few conversations against the running daemon, and show what the agent would see."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from typing import Any

import click
from attrs import frozen

from jivod.cli.office import Office
from jivod.cli.screen import clean, panel, say, say_json
from jivod.cli.stories import Scene, Step, scenes
from jivod.cli.target import Target, of_daemon, of_url
from jivod.config.settings import Settings, webhook_path
from jivod.model.entry import DEMO
from jivod.model.errors import Refused

OK = 200


@frozen
class Answered:
    """What the daemon said to one step."""

    scene: Scene
    step: Step
    status: int
    answer: dict[str, Any]


@click.command()
@click.option("--url", metavar="URL", help="Post to this address, such as your public_url, instead of to the daemon.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def demo(office: Office, url: str | None, as_json: bool) -> None:
    """Play a few conversations of invented people against the running daemon, by real HTTP requests.

    They go to where the daemon listens on this machine; --url takes another way, through the proxy, say. They go to the
    first channel and stay in its history; every run adds new ones. The figures do not count them.
    """
    target = _target(office.settings) if url is None else of_url(url)
    played = _play(target, f"{webhook_path(office.settings.channels[0])}/{DEMO}")
    if as_json:
        told = ((done.step.body["event_name"], done.status, done.answer) for done in played)
        say_json([{"event": event, "status": status, "answer": answer} for event, status, answer in told])
        return
    scene = None
    for done in played:
        if done.scene is not scene:
            scene = done.scene
            _announce(scene)
        _print(done)
    say()
    say("Played. Look around: jivod find ayse.demir@example.com · jivod find Kaya · jivod show ID")


def _play(target: Target, path: str) -> Iterator[Answered]:
    for scene in scenes(int(time.time())):
        for step in scene.steps:
            status, raw = target.post(path, json.dumps(step.body).encode())
            done = Answered(scene, step, status, _object(raw))
            _demand_ok(done, target.where)
            yield done


def _target(settings: Settings) -> Target:
    if target := of_daemon(settings):
        return target
    click.echo(clean(f"{settings.listen} does not tell where; posting to public_url {settings.public_url}"), err=True)
    return of_url(settings.public_url)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(raw)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _demand_ok(done: Answered, where: str) -> None:
    if done.status == http.client.NOT_FOUND:
        remedy = "give both the same configuration, or restart the daemon"
        raise Refused(f"what answers at {where} does not know the URL of this channel; {remedy}")
    if done.status != OK or done.answer.get("result") != "ok":
        said = done.answer.get("result") or "nothing readable"
        raise Refused(f"{done.step.body['event_name']} was answered {done.status}: {said}")


def _announce(scene: Scene) -> None:
    say()
    say(f"== {scene.title}")


def _print(done: Answered) -> None:
    say()
    say(f"  {done.step.tells}  ({done.step.body['event_name']})")
    contact = done.answer.get("contact_info") or {}
    rows = done.answer.get("custom_data") or []
    link = done.answer.get("crm_link")
    if not (contact or rows or link):
        say("  answered: ok")
        return
    lines = [" · ".join(str(contact[key]) for key in ("name", "email", "phone", "description") if contact.get(key))]
    for row in rows:
        head = " ".join(str(row[key]) for key in ("title", "key") if row.get(key))
        lines.append(f"{head}: {row.get('content', '')}" if head else str(row.get("content", "")))
    panel("what the agent sees", [line for line in lines if line] + ([f"Open in CRM: {link}"] if link else []))
