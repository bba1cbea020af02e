"""`jivod url`: the webhook URL to paste into Jivo."""

from __future__ import annotations

import click

from jivod.cli.office import Office
from jivod.cli.screen import say, say_json
from jivod.model.errors import Refused


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def url(office: Office, name: str | None, as_json: bool) -> None:
    """Print the webhook URL of the channel NAME, or of every channel.

    It holds the secret: whoever knows it can post events. A word behind it (.../shop-2) tells several sites apart.
    """
    settings = office.settings
    channels = [channel for channel in settings.channels if name in (None, channel.name)]
    if not channels:
        raise Refused(f"there is no channel {name}; there are: " + ", ".join(c.name for c in settings.channels))
    urls = {channel.name: settings.webhook_url(channel) for channel in channels}
    if as_json:
        say_json(urls)
    elif len(urls) == 1:
        say(*urls.values())
    else:
        for channel_name, text in urls.items():
            say(f"{channel_name:<16} {text}")
