"""What is shipped beside the code: systemd units, samples for proxies, what the Makefile says."""

from __future__ import annotations

import configparser
import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from jivod.cli.office import USER
from jivod.wire import feed
from tests.hostile.wire_tools import need

ROOT = Path(__file__).parents[1]


class Unit(configparser.RawConfigParser):
    """A systemd unit; of a key that is written twice, both values."""

    def __init__(self, name: str) -> None:
        super().__init__(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
        self.optionxform = str  # type: ignore[assignment,method-assign]
        text = (ROOT / "systemd" / name).read_text("utf-8")
        self.read_string(text)
        self.lines = text.splitlines()

    def every(self, key: str) -> list[str]:
        return [line.partition("=")[2] for line in self.lines if line.startswith(f"{key}=")]


@pytest.fixture(scope="module")
def service() -> Unit:
    return Unit("jivod.service")


def test_the_service_starts_the_tac_in_the_foreground(service):
    assert service["Service"]["Type"] == "notify"
    assert service["Service"]["ExecStart"].endswith("twistd --nodaemon --pidfile= -y /opt/jivod/jivod.tac")
    assert "JIVOD_CONFIG=/etc/jivod/jivod.toml" in service["Service"]["Environment"].split()


def test_a_reload_is_a_hangup(service):
    assert service["Service"]["ExecReload"] == "/bin/kill -HUP $MAINPID"


def test_the_service_is_back_at_once_but_not_for_a_bad_configuration(service):
    assert service["Service"]["Restart"] == "on-failure"
    assert service["Service"]["RestartSec"] == "100ms"
    assert "78" in service["Service"]["RestartPreventExitStatus"].split()
    assert service["Unit"]["StartLimitBurst"] == "20"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("User", "jivod"),
        ("StateDirectory", "jivod"),
        ("StateDirectoryMode", "0700"),
        ("UMask", "0077"),
        ("LimitCORE", "0"),  # a core dump holds personal data
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("PrivateMounts", "yes"),
        ("PrivateUsers", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
        ("IPAddressDeny", "any"),
        ("SystemCallArchitectures", "native"),
    ],
)
def test_the_service_is_shut_in(service, key, value):
    assert service["Service"][key] == value


def test_the_service_may_call_only_what_services_call_and_choose_its_core(service):
    assert service.every("SystemCallFilter") == ["@system-service", "~@privileged @resources", "sched_setaffinity"]


def test_the_service_may_map_as_much_as_the_store_reserves(service):
    assert service.every("LimitAS") == []


def test_no_secret_is_handed_over_in_the_environment(service):
    assert "secret" not in " ".join(service.every("Environment")).lower()


def test_the_socket_holds_the_default_port():
    assert Unit("jivod.socket")["Socket"]["ListenStream"] == "127.0.0.1:8080"


@pytest.fixture(scope="module")
def nightly() -> Unit:
    return Unit("jivod-backup.service")


def test_the_backup_is_made_once_as_the_user_of_the_daemon_by_its_configuration(service, nightly):
    assert nightly["Service"]["Type"] == "oneshot"
    command = nightly["Service"]["ExecStart"]
    assert command == "/opt/jivod/.venv/bin/jivod --config /etc/jivod/jivod.toml backup /var/backups/jivod --keep 14"
    assert nightly["Service"]["ExecStartPost"] == "/bin/cp --archive --update /var/lib/jivod/audit /var/backups/jivod/"
    assert "JIVOD_CONFIG=/etc/jivod/jivod.toml" in service["Service"]["Environment"].split()
    for key in ("User", "Group", "StateDirectory", "StateDirectoryMode", "WorkingDirectory"):
        assert nightly["Service"][key] == service["Service"][key]


def test_the_backup_is_shut_in_as_the_service_is(service, nightly):
    for key, value in service["Service"].items():
        if key.startswith(("Protect", "Private", "Restrict", "Capability", "SystemCallA", "NoNew", "MemoryDeny")):
            assert nightly["Service"][key] == ("none" if key == "RestrictAddressFamilies" else value)
    assert nightly.every("SystemCallFilter") == ["@system-service", "~@privileged @resources"]
    assert nightly["Service"]["ReadWritePaths"] == "/var/backups/jivod"
    assert nightly["Service"]["PrivateNetwork"] == "yes"
    assert nightly["Service"]["UMask"] == "0077"
    assert nightly.every("LimitAS") == []


def test_the_backup_is_made_each_night_not_everywhere_at_once_and_made_up_for():
    timer = Unit("jivod-backup.timer")["Timer"]
    assert timer["OnCalendar"] == "*-*-* 03:00:00"
    assert timer["RandomizedDelaySec"] == "1h"
    assert timer["Persistent"] == "true"


@pytest.mark.parametrize(("name", "exposure"), [("jivod.service", 11), ("jivod-backup.service", 5)])
def test_systemd_finds_nothing_to_blame(tmp_path, name, exposure):
    need("systemd-analyze", "systemd")
    text = (ROOT / "systemd" / name).read_text("utf-8")
    (tmp_path / name).write_text(re.sub("/opt/jivod/.venv/bin/[a-z]+", "/bin/true", text).replace("/opt/jivod", "/"))
    timers = [shutil.copy(timer, tmp_path) for timer in (ROOT / "systemd").glob(name.replace(".service", ".timer"))]
    for arguments in (["verify", *timers], ["security", "--offline=true", f"--threshold={exposure}"]):
        command = ["systemd-analyze", "--man=no", *arguments, name]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr


def test_the_user_is_the_one_of_the_service(service):
    (line,) = (ROOT / "systemd" / "jivod.sysusers.conf").read_text("utf-8").splitlines()[1:]
    assert line.split()[:2] == ["u", service["Service"]["User"]] == ["u", USER]


@pytest.mark.parametrize("path", ["/jivo/", "/welcome/"])
def test_nginx_keeps_the_secret_out_of_its_logs_and_lets_jivod_answer_413(path):
    text = (ROOT / "etc" / "nginx.conf").read_text("utf-8")
    places = re.findall(rf"location {path} \{{([^}}]*)\}}", text)
    assert len(places) == 2
    assert all("access_log off;" in place and "error_log /dev/null;" in place for place in places)
    assert "client_max_body_size 2m;" in text
    assert "proxy_next_upstream off;" in text
    (live,) = re.findall(r"location = /live \{([^}]*)\}", text)
    assert "proxy_buffering off;" in live and "proxy_read_timeout 60s;" in live


def test_caddy_keeps_the_secret_out_of_its_log_and_lets_jivod_answer_413():
    text = (ROOT / "etc" / "Caddyfile").read_text("utf-8")
    assert "request>uri regexp /(jivo|welcome)/[^/?]+ /$1/REDACTED" in text
    assert "max_size 2MiB" in text
    assert "strict_sni_host on" in text  # else it says 200 to names that are not ours


def test_haproxy_keeps_no_log_in_which_the_secret_could_stand():
    text = (ROOT / "etc" / "haproxy.cfg").read_text("utf-8")
    assert not re.search(r"^\s*(log|option httplog|option tcplog)\b", text, re.MULTILINE)
    refused, redirected = text.index("return status 404 if !{ ssl_fc }"), text.index("redirect scheme https")
    assert refused < redirected


def test_the_command_is_the_one_that_is_installed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["scripts"] == {"jivod": "jivod.cli.main:main"}


def test_make_says_so_when_python_is_too_old(tmp_path):
    (tmp_path / "python").write_text(
        f'#!/bin/sh\nshift\nexec {sys.executable} -c "import sys; sys.version_info = (3, 9); $*"\n'
    )
    (tmp_path / "python").chmod(0o755)
    command = ["make", "-s", f"PYTHON={tmp_path / 'python'}", f"VENV={tmp_path / 'venv'}", "run"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "jivod needs Python 3.11 or newer" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_the_receiver_to_begin_with_takes_what_we_sign_and_nothing_else():
    spec = importlib.util.spec_from_file_location("receiver", ROOT / "etc" / "receiver.py")
    receiver = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(receiver)
    key = receiver.key_of("whsec_" + "A" * 43 + "=")
    headers = feed.headers(key, "msg_1", 1000, b"{}")
    assert receiver.is_ours(key, headers, b"{}", 1010.0)
    assert not receiver.is_ours(key, headers, b"{ }", 1010.0)
    assert not receiver.is_ours(key, headers, b"{}", 2000.0)
    assert not receiver.is_ours(key, {}, b"{}", 1010.0)
    assert not receiver.is_ours(key, {**headers, "webhook-timestamp": "9" * 5000}, b"{}", 1010.0)
    assert receiver.key_of("plain") == b"plain"


def commands_of_readme() -> str:
    """The lines that README.md tells root to type which make directories, files or the user."""
    blocks = re.findall(r"^ *```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return "\n".join(line for line in lines if line.startswith(("install ", "systemd-sysusers")))


def test_what_readme_installs_finds_its_place_on_a_clean_debian(tmp_path):
    for there in ("etc/systemd/system", "usr/lib/sysusers.d", "var/lib", "var/backups"):  # of Debian 12 and 13
        (tmp_path / there).mkdir(parents=True)
    commands = commands_of_readme().replace("/opt/jivod", str(ROOT))
    commands = re.sub(r" (/(?:etc|var)/)", rf" {tmp_path}\1", re.sub(r" -[og] jivod", "", commands))
    user = tmp_path / "etc/sysusers.d/jivod.conf"
    script = f"set -e\nsystemd-sysusers() {{ test -f {user}; }}\n{commands}\n"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert {file.name for file in (tmp_path / "etc/systemd/system").iterdir()} == {
        file.name for file in (ROOT / "systemd").iterdir() if file.suffix != ".conf"
    }
    assert {file.name for file in (tmp_path / "etc/jivod").iterdir()} == {"jivod.toml", "policy.toml"}


def test_nothing_is_given_to_the_user_of_the_daemon_before_there_is_one():
    before, made, _ = commands_of_readme().partition("systemd-sysusers")
    assert made and not re.search(r" -[og] jivod", before)


def test_the_daemon_lets_go_of_the_port_before_the_socket_unit_takes_it():
    text = (ROOT / "README.md").read_text("utf-8")
    assert not re.search(r"--now\s+jivod\.socket", text)
    (command,) = re.findall(r"^ *(.*systemctl start .*jivod\.socket.*)$", text, re.MULTILINE)
    assert re.search(r"systemctl stop jivod\b.*; systemctl start jivod\.socket jivod$", command)
