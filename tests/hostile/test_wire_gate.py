"""The gate: section A, who guesses secrets, forges where he comes from, or sends again what he has heard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import orjson
import pytest

from jivod.flow import query
from jivod.store import fingerprints, journal
from jivod.wire import jivo
from tests.hold.scale import BIG
from tests.hostile.wire_peer import Answer
from tests.hostile.wire_target import HOOK, Target, is_error, target_in
from tests.smoke.daemon import SECRET, event

OTHER = "secret-of-another-account_0123456789"
GUESS = "/jivo/stranger-guesses"
GUESSES = 1000 if BIG else 200
TRIES = 10
POLICY = "policy.toml"
MORE = f"""
policy = "{POLICY}"
[[channel]]
name = "branch"
secret = "{OTHER}"
"""
pytestmark = pytest.mark.long
ID = re.compile(rb"customers/[0-9a-z]+")


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """With two accounts, and a policy by which a typed contact finds nobody."""
    directory: Path = tmp_path_factory.mktemp("gate")
    (directory / POLICY).write_text('[identity]\nunverified = "claim"\n')
    with target_in(directory, MORE) as made:
        yield made


@pytest.fixture(autouse=True)
def rules(target: Target) -> Iterator[None]:
    """They hold after each case."""
    yield
    target.holds()


def send(target: Target, path: str, body: bytes, forwarded: str | None = None) -> Answer:
    """One request by way of a proxy of this machine, which says `forwarded`."""
    hop = "" if forwarded is None else f"X-Forwarded-For: {forwarded}\r\n"
    head = f"POST {path} HTTP/1.1\r\nHost: crm.example.com\r\n{hop}Content-Length: {len(body)}\r\n\r\n"
    (answer,) = target.door.say((head.encode() + body,), to_the_end=False, linger=0).answers
    assert answer.status == 200 or is_error(answer)
    return answer


def constant(answer: Answer) -> bytes:
    """The body without the number of its request."""
    return re.sub(rb'"request_id":"[0-9a-f]+"', b"", answer.body)


@pytest.mark.parametrize("path", ["/jivo", "/jivo/", GUESS, f"{GUESS}/site"], ids=lambda path: f"A001{path}")
def test_a001_without_the_secret_it_is_any_unknown_path(target: Target, path: str) -> None:
    found, unknown = send(target, path, event("A001"), "203.0.113.1"), send(target, "/api", event("A001"))
    assert (found.status, constant(found)) == (404, constant(unknown))
    assert target.stored()["A001"] == 0


@pytest.mark.parametrize(
    "path",
    [f"{HOOK}/", f"{HOOK}%20", HOOK.upper(), f"/jivo/{SECRET.upper()}", f"{HOOK}%00", "/jivo/" + 4096 * "a"],
    ids=["A003-slash", "A003-blank", "A003-case", "A003-secret-case", "A003-nul", "A003-long"],
)
def test_a003_nearly_the_secret_is_not_the_secret(target: Target, path: str) -> None:
    assert send(target, path, event("A003"), "203.0.113.3").status == 404
    assert target.stored()["A003"] == 0


def test_a004_the_secret_may_be_percent_encoded(target: Target) -> None:
    encoded = "".join(f"%{ord(character):02x}" for character in SECRET)
    assert send(target, f"/jivo/{encoded}", event("A004")).status == 200
    target.acked["A004"] += 1


def test_a005_but_only_once(target: Target) -> None:
    assert send(target, f"/jivo/%2573{SECRET[1:]}", event("A005"), "203.0.113.5").status == 404
    assert send(target, quote(f"/jivo/%73{SECRET[1:]}"), event("A005"), "203.0.113.5").status == 404
    assert target.stored()["A005"] == 0


def test_a007_the_secret_alone_decides_the_account(target: Target) -> None:
    """A widget belongs to no account that we know of: whatever it says, nothing of the other account is touched."""
    theirs, ours = ({**orjson.loads(event("A007")), "widget_id": widget} for widget in ("of-branch", "of-branch"))
    assert send(target, f"/jivo/{OTHER}", orjson.dumps(theirs)).status == 200
    before = target.look(lambda txn: query.transcript(txn, "branch", "chat:A007"))
    assert send(target, HOOK, orjson.dumps({**ours, "rate": "bad"})).status == 200
    target.acked["A007"] += 2
    entries = target.look(lambda txn: journal.after(txn, 0, 10_000))
    assert [entry.origin.account for entry in entries[-2:]] == ["branch", "shop"]
    assert before is not None
    assert target.look(lambda txn: query.transcript(txn, "branch", "chat:A007")) == before


def test_a008_the_eleventh_wrong_secret_is_429_and_the_right_one_still_works(target: Target) -> None:
    answers = [send(target, GUESS, b"{}", "203.0.113.8") for _ in range(TRIES + 1)]
    assert [answer.status for answer in answers] == TRIES * [404] + [429]
    assert answers[-1].headers["retry-after"] == "600"
    assert send(target, HOOK, event("A008"), "203.0.113.8").status == 200
    target.acked["A008"] += 1


def test_a009_a_flood_of_guesses_is_counted_by_the_hop_that_the_proxy_saw(target: Target) -> None:
    assert {send(target, GUESS, b"{}", f"203.0.113.{n}").status for n in range(100, 200)} == {404}
    forged = [send(target, GUESS, b"{}", f"192.0.2.{n}, 203.0.113.9").status for n in range(TRIES + 1)]
    assert forged == TRIES * [404] + [429]
    assert send(target, GUESS, b"{}", "203.0.113.201").status == 404
    assert send(target, HOOK, event("A009"), "203.0.113.9").status == 200
    target.acked["A009"] += 1


@pytest.mark.parametrize(
    ("hops", "status"),
    [("1.2.3.4, <script>", 404), (10_240 * "1", 431), (6000 * "1", 404), ("fe80::1%eth0", 404), ("", 404), (",,", 404)],
    ids=["A011-script", "A011-10k", "A011-6k", "A011-zone", "A011-empty", "A011-commas"],
)
def test_a011_a_hop_that_is_no_address_is_skipped(target: Target, hops: str, status: int) -> None:
    assert send(target, GUESS, b"{}", hops).status == status
    assert send(target, HOOK, event(f"A011-{len(hops)}"), hops).status == (200 if status == 404 else status)
    target.acked[f"A011-{len(hops)}"] += status == 404


def test_a012_a_line_of_the_proxy_protocol_is_400(target: Target) -> None:
    said = target.door.say((b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\nHost: a.example\r\n\r\n",))
    assert (said.statuses, said.closed) == ((400,), True)


def test_a013_answers_tell_nothing_of_whom_a_guess_belongs_to(target: Target) -> None:
    """By the right secret the answer goes to the agent, who is told that somebody may be meant, and of him nothing."""
    victim = orjson.loads(event("A013"))
    victim["visitor"] |= {"name": "Zeynep Yildirim", "email": "zeynep@example.com", "phone": "+905321234567"}
    assert send(target, HOOK, orjson.dumps(victim)).status == 200
    target.acked["A013"] += 1
    bodies = {guess(target, "A013-unknown", f"nobody-{n}@example.com") for n in range(GUESSES)}
    known = guess(target, "A013-known", "zeynep@example.com")
    (unknown,) = bodies
    assert not any(word in known for word in (b"Zeynep", b"Yildirim", b"90532"))
    alike, told = orjson.loads(unknown), orjson.loads(known)
    extra = [row for row in told.pop("custom_data") if row not in alike["custom_data"]]
    alike.pop("custom_data")
    assert (told, len(extra) <= 1) == (alike, True)
    wrong = [constant(send(target, GUESS, each, "203.0.113.13")) for each in (event("x"), orjson.dumps(victim))]
    assert wrong[0] == wrong[1]


def guess(target: Target, chat: str, email: str) -> bytes:
    """The answer to a guess, without what is of the guess itself."""
    number = f"{chat}-{email}"
    body = {**orjson.loads(event(number)), "chat_id": number}
    body["visitor"] = {"email": email, "number": number}
    answer = send(target, HOOK, orjson.dumps(body))
    assert answer.status == 200
    target.acked[number] += 1
    return ID.sub(b"", answer.body.replace(email.encode(), b""))


def test_a014_a_replay_is_answered_the_same_and_stored_once(target: Target) -> None:
    first, again = send(target, HOOK, event("A014")), send(target, HOOK, event("A014"))
    assert (first.status, again.status, first.body) == (200, 200, again.body)
    target.acked["A014"] += 1
    digest = jivo.digest(orjson.loads(event("A014")))
    seq = target.look(lambda txn: fingerprints.find(txn, "shop", digest))
    assert seq is not None
    assert target.look(lambda txn: fingerprints.repeats(txn, seq)) == 1
