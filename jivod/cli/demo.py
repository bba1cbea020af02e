"""`jivod demo`: play a few conversations against the running daemon, and show what the agent would see."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any
from urllib.parse import urlsplit

import click
from attrs import frozen

from jivod.cli.office import Office
from jivod.cli.screen import panel, say, say_json
from jivod.cli.stories import Scene, Step, scenes
from jivod.model.errors import Refused

PATIENCE = 10.0  # seconds for one answer
OK = 200


@frozen
class Answered:
    """What the daemon said to one step."""

    scene: Scene
    step: Step
    status: int
    answer: dict[str, Any]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def demo(office: Office, as_json: bool) -> None:
    """Play a few conversations of invented people against the running daemon, by real HTTP requests.

    They go to the first channel and stay in its history; every run adds new ones.
    """
    settings = office.settings
    url = settings.webhook_url(settings.channels[0])
    printed = []
    scene = None
    for scene_now, step in ((scene, step) for scene in scenes(int(time.time())) for step in scene.steps):
        done = Answered(scene_now, step, *_post(url, step.body))
        _demand_ok(done, settings.public_url)
        if as_json:
            printed.append({"event": step.body["event_name"], "status": done.status, "answer": done.answer})
            continue
        if scene_now is not scene:
            scene = scene_now
            _announce(scene)
        _print(done)
    if as_json:
        say_json(printed)
    else:
        say()
        say("Played. Look around: jivod find ayse.demir@example.com · jivod find Kaya · jivod show ID")


def _post(url: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        connection.request("POST", parts.path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        response = connection.getresponse()
        raw = response.read()
    except (OSError, http.client.HTTPException):
        where = f"{parts.scheme}://{parts.netloc}"
        raise Refused(f"no daemon answers at {where}; start it with `make run` or by systemd") from None
    finally:
        connection.close()
    return response.status, _object(raw)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(raw)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _demand_ok(done: Answered, public_url: str) -> None:
    if done.status == http.client.NOT_FOUND:
        remedy = "give both the same configuration, or restart the daemon"
        raise Refused(f"what answers at {public_url} does not know the URL of this channel; {remedy}")
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
