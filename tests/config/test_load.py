"""The configuration as a whole: defaults, where things are found, and every fault with its line and remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jivod.config.settings import LISTEN, Retention
from jivod.model.errors import BadConfig
from jivod.model.retention import Rule
from jivod.policy.front import prepare

SHIPPED = Path(__file__).parents[2] / "etc" / "jivod.toml"
GOOD_SECRET = "abcdefghijklmnopqrstuvwxyz"


def test_no_file_at_all_is_a_configuration(place):
    settings = place.load()
    assert settings.listen == LISTEN
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.state_dir == place.beside / "var"
    assert [c.name for c in settings.channels] == ["jivo"]
    assert settings.notes == ()


def test_a_file_that_cannot_be_read_is_not_taken_for_none(place, tmp_path):
    place.file.parent.mkdir()
    for target in (place.file, tmp_path / "nowhere"):
        place.file.symlink_to(target)
        with pytest.raises(BadConfig, match=f"{re.escape(str(place.file))}:1: "):
            place.load()
        place.file.unlink()


def test_the_shipped_file_says_the_same_as_no_file(place):
    bare = place.load()
    assert place.write(SHIPPED.read_text("utf-8")).load() == bare


def test_every_default_shown_in_the_shipped_file_is_the_default(place):
    bare = place.load()
    uncommented = re.sub(r"^#(?=[a-z\[])", "", SHIPPED.read_text("utf-8"), flags=re.MULTILINE)
    assert place.write(uncommented).load() == bare


def test_every_example_in_the_shipped_file_is_a_known_key(place):
    place.secret_file("token.key", "k" * 32)
    place.secret_file("jivo.secret", GOOD_SECRET)
    place.secret_file("policy.toml", "")
    place.secret_file("n8n.secret", "n" * 24)
    place.secret_file("crm.token", "Bearer abc")
    text = re.sub(r"^#(?:   )?(?=[a-z\[])", "", SHIPPED.read_text("utf-8"), flags=re.MULTILINE)
    text = text.replace('secret = "..."\n', "")
    settings = place.write(text).load()
    assert settings.channels[0].region == "TR"
    assert settings.channels[0].token_secret == "k" * 32
    assert settings.policy == place.file.parent / "policy.toml"
    assert settings.sinks[0].events == {"customer.created", "customer.updated"}
    assert [row.when for row in settings.rows] == ["always", "verified"]
    assert settings.lookup is not None
    assert settings.retention == Retention(rule=Rule(chats_months=24, quarantine_days=90), hour=3)
    prepare(settings.rows, settings.lookup.url, settings.lookup.attributes, "tr", lambda: 0.0)


def test_the_whole_of_a_written_configuration_is_taken_over(place):
    place.write(
        f"""
        state_dir = "state"
        listen = "unix:/run/jivod/web.sock"
        admin_listen = "tcp:port=9001"
        public_url = "https://crm.example.com/jivod/"
        language = "tr"
        [[channel]]
        name = "shop"
        secret = "{GOOD_SECRET}"
        account = "main"
        region = "TR"
        [[channel]]
        name = "bot"
        secret = "{GOOD_SECRET}2"
        [store]
        map_size = 1_073_741_824
        [limits]
        deadline = 2
        connections = 50
        """
    )
    settings = place.load()
    assert settings.state_dir == place.file.parent / "state"
    assert settings.public_url == "https://crm.example.com/jivod"
    assert [(c.name, c.account, c.region) for c in settings.channels] == [("shop", "main", "TR"), ("bot", "bot", None)]
    assert (settings.map_size, settings.deadline, settings.connections) == (1 << 30, 2.0, 50)
    assert settings.webhook_url(settings.channels[0]) == f"https://crm.example.com/jivod/jivo/{GOOD_SECRET}"


def test_the_environment_may_name_another_file(place):
    other = place.beside / "other.toml"
    other.write_text('language = "ru"\n')
    assert place.write('language = "tr"').load({"JIVOD_CONFIG": str(other)}).language == "ru"


def test_an_empty_variable_names_no_file(place):
    assert place.write('language = "tr"').load({"JIVOD_CONFIG": "", "STATE_DIRECTORY": ""}).language == "tr"


def test_systemd_may_give_the_state_directory(place):
    given = place.beside / "lib"
    assert place.load({"STATE_DIRECTORY": f"{given}:/somewhere/else"}).state_dir == given


def test_the_file_wins_over_systemd(place):
    assert place.write('state_dir = "here"').load({"STATE_DIRECTORY": "/nowhere"}).state_dir.name == "here"


def test_a_byte_order_mark_is_no_fault(place):
    place.write("").file.write_bytes(b'\xef\xbb\xbflanguage = "tr"\r\n')
    assert place.load().language == "tr"


@pytest.mark.parametrize(
    ("listen", "url"),
    [
        ("tcp:9000", "http://127.0.0.1:9000"),
        ("tcp:port=9000:interface=0.0.0.0", "http://127.0.0.1:9000"),
        ("tcp:9000:interface=\\\\:\\\\:1", "http://127.0.0.1:9000"),
    ],
)
def test_the_port_to_listen_on_gives_the_public_url(place, listen, url):
    assert place.write(f'listen = "{listen}"').load().public_url == url


@pytest.mark.parametrize(
    ("said", "read"),
    [("HTTPS://CRM.Example.com/Jivo/", "https://crm.example.com/Jivo"), ("http://[2001:DB8::1]:8080", "http://[2001:db8::1]:8080")],
)
def test_scheme_and_host_of_the_public_url_are_of_any_case(place, said, read):
    """Else a cookie would not be kept for https alone."""
    assert place.write(f'public_url = "{said}"').load().public_url == read


FAULTS = [
    # text of the file, line of the fault, what is wrong, what to do
    ('a = = "', 1, "not valid TOML", "write lines like"),
    ('language = "tr"\nlanguage = "en"', 2, "not valid TOML: cannot overwrite a value", "write lines like"),
    ('x = """', 1, "not valid TOML", "write lines like"),
    ('\nlanguge = "tr"', 2, "unknown key 'languge'", "did you mean 'language'?"),
    ("zzz = 1", 1, "unknown key 'zzz'", "keys known here: state_dir, listen"),
    ("deadline = 1", 1, "unknown key 'deadline'", "it belongs under [limits]"),
    ("map_size = 1", 1, "unknown key 'map_size'", "it belongs under [store]"),
    ('secret = "x"', 1, "unknown key 'secret'", "it belongs under [[channel]]"),
    ('[[channel]]\nname = "a"\npublic_url = "x"', 3, "unknown key 'public_url'", "above the first [table]"),
    ("[limits]\nqueue = 3", 2, "unknown key 'queue'", "did you mean 'queue_"),
    ("[limit]\nx = 3", 1, "unknown key 'limit'", "did you mean 'limits'?"),
    ("language = 3", 1, "language is a whole number", 'write text in quotes, like "value"'),
    ("[limits]\n\ndeadline = true", 3, "deadline is true or false", "write a number"),
    ("[limits]\nbody_limit = 1.5", 2, "body_limit is a number", "write a whole number"),
    ("[retention]\nchats_months = 0", 2, "chats_months is out of range", "choose between 1 and 240"),
    ("[retention]\nchats_months = 2.5", 2, "chats_months is a number", "write a whole number"),
    ("[retention]\nquarantine_days = 4000", 2, "quarantine_days is out of range", "choose between 1 and 3650"),
    ("[retention]\nhour = 24", 2, "hour is out of range", "choose between 0 and 23"),
    ("[retention]\nchat_months = 2", 2, "unknown key 'chat_months'", "did you mean 'chats_months'?"),
    ("chats_months = 2", 1, "unknown key 'chats_months'", "it belongs under [retention]"),
    ('[channel]\nname = "a"', 1, "channel is a table", "write it under a line of its own: [[channel]]"),
    ("channel = [1]", 1, "channel is a list", "write it under a line of its own: [[channel]]"),
    ("limits = 1979-05-27", 1, "limits is a date", "write it under a line of its own: [limits]"),
    ('[[channel]]\nname = "a"\n[[channel]]\nname = 7', 4, "name is a whole number", "write text in quotes"),
    ('[[channel]]\nregion = "TR"', 1, "a channel without a name", 'write name = "shop"'),
    ('[[channel]]\nname = "a b"', 2, "name does not fit", "use 1 to 64 letters"),
    ('[[channel]]\nname = ""', 2, "name does not fit", "use 1 to 64 letters"),
    ('[[channel]]\nname = "a"\naccount = "ä"', 3, "account does not fit", "use 1 to 64 letters"),
    ('[[channel]]\nname = "a"\nregion = "UK"', 3, 'no phone numbers are known of a country "UK"', 'did you mean "GB"'),
    ('[[channel]]\nname = "a"\nregion = "XX"', 3, 'no phone numbers are known of a country "XX"', "ISO 3166"),
    ('[[channel]]\nname = "a"\nregion = "tr"', 3, "region is not a country code", 'like "TR"'),
    ('[[channel]]\nname = "a"\n[[channel]]\nname = "a"', 4, "two channels have the same name", "of its own"),
    (
        f'[[channel]]\nname = "a"\nsecret = "{GOOD_SECRET}"\n[[channel]]\nname = "b"\nsecret = "{GOOD_SECRET}"',
        6,
        "two channels have the same secret",
        "of its own",
    ),
    ('[[channel]]\nname = "a"\nsecret = "short"', 3, "secret: the secret has 5 characters", "openssl rand -hex 32"),
    ('[[channel]]\nname = "a"\nsecret = ""', 3, "secret: the secret has 0 characters", "openssl rand -hex 32"),
    (f'[[channel]]\nname = "a"\nsecret = "{GOOD_SECRET}/"', 3, "characters that do not fit a URL", "use letters"),
    (
        f'[[channel]]\nname = "a"\nsecret = "{GOOD_SECRET}"\nsecret_file = "b"',
        4,
        "both secret and secret_file",
        "keep one",
    ),
    ('[[channel]]\nname = "a"\nsecret_file = "none"', 3, "cannot be read (No such file or directory)", "create it"),
    (
        '[[channel]]\nname = "a"\ntoken_secret = "x"\ntoken_secret_file = "y"',
        4,
        "both token_secret and token_secret_file",
        "keep one",
    ),
    ('[[channel]]\nname = "a"\ntoken_secret = "abc"', 3, "it needs at least 32", "openssl rand -hex 32"),
    ('language = "de"', 1, "unknown language 'de'", "choose one of en es pt ru tr"),
    ('listen = "8080"', 1, "listen is not an address to listen on", 'like "tcp:8080'),
    ('listen = "tcp:http"', 1, "listen has no usable port", "up to 65535"),
    ('listen = "tcp:99999"', 1, "listen has no usable port", "up to 65535"),
    ('admin_listen = "tcp:123456789"', 1, "admin_listen has no usable port", "up to 65535"),
    (f'admin_listen = "{LISTEN}"', 1, "listen and admin_listen are the same", "give each its own port"),
    ('\nlisten = "unix:/run/x"', 2, "public_url is missing", "public_url ="),
    ('public_url = "crm.example.com"', 1, "public_url is not an http or https URL", "https://crm.example.com"),
    ('public_url = "https://"', 1, "public_url is not an http or https URL", "https://crm.example.com"),
    ('public_url = "https://a:b@example.com"', 1, "more than scheme, host, port and path", "https://crm.example.com"),
    ('public_url = "https://example.com/?x"', 1, "more than scheme, host, port and path", "https://crm.example.com"),
    ('public_url = "https://example.com:99999"', 1, "public_url is not a URL", "https://crm.example.com"),
    ('public_url = "https://[::1"', 1, "public_url is not a URL", "https://crm.example.com"),
    ('policy = "none.toml"', 1, "there is no policy file", "create it, or remove this line"),
    ("[limits]\ndeadline = 0", 2, "deadline is out of range", "choose between 0.1 and 60"),
    ("\nlimits.deadline = 0", 2, "deadline is out of range", "choose between 0.1 and 60"),
    ("[limits]\ndeadline = nan", 2, "deadline is out of range", "choose between 0.1 and 60"),
    ("[limits]\nqueue_events = -1", 2, "queue_events is out of range", "choose between 1 and"),
    ("[audit]\nmonths = 0", 2, "months is out of range", "choose between 1 and 1200"),
    ("audit = 3", 1, "audit is a whole number", "a line of its own: [audit]"),
    ("[store]\nmap_size = 1", 2, "map_size is out of range", "choose between 16777216 and"),
    ('state_dir = "jivod.toml"', 1, "state directory", "choose another"),
    ('[pages]\nzone = "Mars/Olympus"', 2, "zone is no time zone", "Europe/Istanbul"),
    ('[pages]\nzone = "../etc/passwd"', 2, "zone is no time zone", "Europe/Istanbul"),
    ("store = {map_size = 1}", 1, "map_size is out of range", "choose between"),
]


@pytest.mark.parametrize(("text", "line", "problem", "remedy"), FAULTS, ids=[f[2] + ": " + f[0][:30] for f in FAULTS])
def test_a_fault_is_named_with_file_line_and_remedy(place, text, line, problem, remedy):
    with pytest.raises(BadConfig) as caught:
        place.write(text).load()
    message = str(caught.value)
    assert message.startswith(f"{place.file}:{line}: ")
    what, _, todo = message.partition("; ")
    assert problem in what
    assert remedy in todo


def test_a_file_that_is_not_there_is_named(place):
    with pytest.raises(BadConfig, match=r"none\.toml:1: there is no such file; create it"):
        place.load({"JIVOD_CONFIG": str(place.beside / "none.toml")})


def test_a_file_that_cannot_be_read_is_named(place):
    with pytest.raises(BadConfig, match=r":1: cannot be read \(Is a directory\); give"):
        place.load({"JIVOD_CONFIG": str(place.beside)})


def test_text_that_is_not_utf8_is_refused_with_its_line(place):
    place.write("").file.write_bytes(b'\n\nlanguage = "\xff"')
    with pytest.raises(BadConfig, match=r"jivod\.toml:3: this is not UTF-8 text; save"):
        place.load()


def test_a_state_directory_that_cannot_be_used_is_a_fault_without_a_file_too(place):
    (place.beside / "var").write_text("")
    with pytest.raises(BadConfig, match=r"\(no configuration file\): state directory .*; (create|choose)"):
        place.load()


def test_what_may_surprise_is_noted(place):
    place.secret_file("policy.toml", "")
    place.secret_file("crm.token", "Bearer abc")
    text = f'policy = "policy.toml"\n[[channel]]\nname = "a"\nsecret = "{GOOD_SECRET}"\ntoken_secret = "{"k" * 32}"'
    place.write(text).file.chmod(0o644)
    (readable,) = place.load().notes  # neither the policy nor the key: both do what they say
    assert "jivod.toml:1: " in readable and "chmod 600" in readable


def test_a_closed_file_with_secrets_needs_no_note(place):
    place.write(f'[[channel]]\nname = "a"\nsecret = "{GOOD_SECRET}"').file.chmod(0o600)
    assert place.load().notes == ()


def test_no_secret_shows_in_the_settings_or_in_a_fault(place):
    text = f'[[channel]]\nname = "a"\nsecret = "{GOOD_SECRET}"\ntoken_secret = "{GOOD_SECRET * 2}"\n'
    settings = place.write(text).load()
    assert GOOD_SECRET not in repr(settings)
    with pytest.raises(BadConfig) as caught:
        place.write(text + 'region = "tr"\n').load()
    assert GOOD_SECRET not in str(caught.value)


@pytest.mark.parametrize(("text", "zone"), [("", "UTC"), ('[pages]\nzone = "Europe/Istanbul"', "Europe/Istanbul")])
def test_days_begin_where_the_company_is(place, text, zone):
    assert place.write(text).load().zone == zone
