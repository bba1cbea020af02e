"""`jivod url` prints what is pasted into Jivo."""

from __future__ import annotations

SECOND = '[[channel]]\nname = "bot"\nsecret = "zyxwvutsrqponmlkjihgfedcba"\n'
URL = "https://crm.example.com/jivo/abcdefghijklmnopqrstuvwxyz"


def test_the_url_of_a_single_channel_stands_alone(bare):
    assert bare.run("url").stdout == URL + "\n"


def test_several_urls_come_with_their_channels(bare):
    bare.file.write_text(bare.file.read_text() + SECOND)
    first, second = bare.run("url").stdout.splitlines()
    assert first.split() == ["shop", URL]
    assert second.split() == ["bot", "https://crm.example.com/jivo/zyxwvutsrqponmlkjihgfedcba"]


def test_one_of_several_is_asked_for_by_name(bare):
    bare.file.write_text(bare.file.read_text() + SECOND)
    assert bare.run("url", "shop").stdout == URL + "\n"


def test_an_unknown_channel_is_refused_with_the_names_there_are(bare):
    done = bare.run("url", "nope")
    assert done.exit_code == 1
    assert done.stderr == "jivod: there is no channel nope; there are: shop\n"


def test_json_maps_channels_to_urls(bare):
    assert bare.json("url") == {"shop": URL}
