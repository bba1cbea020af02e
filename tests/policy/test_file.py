"""File: policy.toml is read whole or refused whole, with every fault in a sentence of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.contact import KINDS
from jivod.model.errors import BadConfig
from jivod.policy import contact
from jivod.policy.explain import explain
from jivod.policy.file import PolicyFile, parse, read
from jivod.policy.rules import DEFAULT, Rules
from jivod.strict.faults import SHOWN
from tests.policy.drawn import rules, written

SHIPPED = Path(__file__).parents[2] / "etc" / "policy.toml"
SHIPPED_TEXT = SHIPPED.read_text("utf-8")
CASE = '[[case]]\nname = "x"\ngiven = [{}]\nexpected = { new = true }\n'
SENTENCE = re.compile(r"p\.toml:\d+: [^\n]+; [^\n]+|and \d+ more faults")


def faults(text: str) -> list[str]:
    with pytest.raises(BadConfig) as refused:
        parse(text, "p.toml")
    return str(refused.value).split("\n")


def test_the_shipped_file_says_the_default() -> None:
    found = read(SHIPPED)
    assert found.rules == DEFAULT
    assert explain(found.rules) == []
    assert found.warnings == ()
    assert 8 <= len(found.cases) <= 12
    assert found.name == str(SHIPPED)


def test_the_shipped_file_names_everything_that_is_built_in() -> None:
    lines = re.sub(r"^#", "", SHIPPED_TEXT, flags=re.MULTILINE).split("\n")
    words = {word for line in lines for word in line.split()}
    assert words >= DEFAULT.blocked_tokens | DEFAULT.blocked_emails | DEFAULT.placeholder_names


def test_every_key_that_is_left_out_has_its_default() -> None:
    assert parse("").rules == DEFAULT
    assert parse("[identity]\n[identity.limits]\n[blocked]\n[survivorship]").rules == DEFAULT


def test_every_key_of_the_shipped_file_can_be_left_out() -> None:
    for number in (n for n, line in enumerate(SHIPPED_TEXT.split("\n")) if re.match(r"[a-z_]+ = [^{]*[^[{]$", line)):
        lines = SHIPPED_TEXT.split("\n")
        if not lines[number].startswith("name"):
            del lines[number]
            assert parse("\n".join(lines)).rules == DEFAULT


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"none\.toml:1: there is no such file; create it, or name another"):
        read(tmp_path / "none.toml")


def test_the_whole_of_a_policy_is_taken_over() -> None:
    found = parse(
        """
        [identity]
        kinds = ["verified_token", "phone", "email", "token", "visitor"]
        too_common = 3
        on_conflict = "strongest"
        unverified = "claim"
        merges_per_hour = 0
        merges_per_customer = 2
        token_max_age = 3600
        limits = { email = 1 }
        [blocked]
        tokens = ["'Demo Token'"]
        emails = ["Info@*", "OFFICE@Example.com"]
        phones = ["+905321110033"]
        [survivorship]
        sources = ["import", "operator", "verified", "revised", "visitor", "profile"]
        placeholder_names = ["  KUNDE  ohne Namen "]
        [survivorship.attributes.name]
        sources = ["profile", "operator", "import", "verified", "revised", "visitor"]
        tie = "oldest"
        [survivorship.attributes."attr:Balance"]
        tie = "oldest"
        """
    ).rules
    assert found == Rules(
        kinds=("verified_token", "phone", "email", "token", "visitor"),
        too_common=3,
        on_conflict="strongest",
        unverified="claim",
        merges_per_hour=0,
        merges_per_customer=2,
        token_max_age=3600,
        limits=frozenset({("verified_token", 50), ("token", 50), ("email", 1), ("phone", 50), ("visitor", 500)}),
        blocked_tokens=DEFAULT.blocked_tokens | {"demotoken"},
        blocked_emails=DEFAULT.blocked_emails | {"info@*", "office@example.com"},
        blocked_phones=frozenset({"+905321110033"}),
        sources=("import", "operator", "verified", "revised", "visitor", "profile"),
        placeholder_names=DEFAULT.placeholder_names | {"kunde ohne namen"},
        ranks=frozenset({("name", ("profile", "operator", "import", "verified", "revised", "visitor"))}),
        ties=frozenset({("name", "oldest"), ("attr:Balance", "oldest")}),
    )


def test_the_built_in_ones_can_be_dropped() -> None:
    found = parse('[blocked]\nkeep_builtin = false\nemails = ["info@*"]').rules
    assert (found.blocked_tokens, found.blocked_emails) == (frozenset[str](), frozenset({"info@*"}))


def test_what_the_file_blocks_is_blocked() -> None:
    found = parse('[blocked]\ntokens = ["Demo Token"]\nemails = ["info@*"]').rules
    refused = [*contact.tokens('"demo token"', found), *contact.emails("Info@example.org", found)]
    assert [c.refused for c in refused] == ["placeholder", "placeholder"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[identty]", "1: unknown table [identty]; did you mean 'identity'?"),
        ("[zzz]", "1: unknown table [zzz]; known here: identity, blocked, survivorship, case"),
        ("\n[identity]\ntoo_comon = 3", "3: unknown key 'too_comon'; did you mean 'too_common'?"),
        ("too_common = 3", "1: unknown key 'too_common'; it belongs under [identity]"),
        ("[identity]\ntokens = []", "2: unknown key 'tokens'; it belongs under [blocked]"),
        ("[identity.blocked]", "1: unknown key 'blocked'; write it as a table of its own: [blocked]"),
        (
            "identity = 5",
            "1: identity is a whole number; write it as a table: [identity] on a line of its own, or { ... }",
        ),
        (
            "[case]",
            "1: case is a table; write a list of tables: [[case]] on a line of its own, or [{ ... }, { ... }]",
        ),
        (
            "[identity]\ntoo_common = true",
            "2: too_common is true or false; write a whole number without quotes, like too_common = 2",
        ),
        ("[identity]\ntoo_common = 1", "2: too_common = 1 is out of range; choose between 2 and 1000000"),
        ("[identity]\nmerges_per_hour = -1", "2: merges_per_hour = -1 is out of range; choose between 0 and 1000000"),
        (
            f"[identity]\nmerges_per_hour = 0x{'f' * 5000}",
            "2: merges_per_hour = a number far too large is out of range; choose between 0 and 1000000",
        ),
        ("[identity.limits]\nmail = 1", "2: unknown key 'mail'; did you mean 'email'?"),
        ("[identity.limits]\nemail = 0", "2: email = 0 is out of range; choose between 1 and 1000000"),
        ('[identity]\non_conflict = "ask"', "2: on_conflict cannot be 'ask'; known here: review, merge, strongest"),
        ('[identity]\nunverified = "finds"', "2: unverified cannot be 'finds'; did you mean 'find'?"),
        (
            "[identity]\nunverified = 1979-05-27",
            '2: unverified is a date or time; write text in quotes, like unverified = "..."',
        ),
        (
            '[identity]\nkinds = ["phone", "email"]',
            "2: kinds leaves out verified_token, token, visitor; name them all: what should matter least comes last",
        ),
        (
            '[identity]\nkinds = [\n"verified_token", "token", "mail", "phone", "visitor"]',
            "3: kinds cannot hold 'mail'; did you mean 'email'?",
        ),
        (
            '[identity]\nkinds = ["verified_token", "token", "email", "phone", "visitor", "email"]',
            "2: kinds names 'email' twice; name each once: the first is the strongest",
        ),
        ('[identity]\nkinds = "email"', '2: kinds is text; write a list of texts, like kinds = ["...", "..."]'),
        (
            '[blocked]\nemails = ["info"]',
            "2: 'info' is not an e-mail address; write one address, like \"ayse@example.com\"",
        ),
        (
            '[blocked]\nemails = ["*@example.com"]',
            "2: '*@example.com' has a star where none may be; write an address, or the part before the @ and a star: "
            '"info@*"',
        ),
        (
            '[blocked]\nemails = ["a b@*"]',
            "2: 'a b@*' is not an e-mail pattern; write the part before the @ and a star: \"info@*\"",
        ),
        (
            '[blocked]\nemails = ["A <a@example.com>"]',
            "2: 'A <a@example.com>' is not how addresses are kept; write it as 'a@example.com'",
        ),
        (
            '[blocked]\nphones = [\n"+905321110033",\n"0532 111 00 44"]',
            "4: '0532 111 00 44' is not a phone number in E.164; write it with + and the country code, digits only, "
            'like "+905321110033"',
        ),
        (
            '[blocked]\nphones = ["+999999999"]',
            "2: '+999999999' is no phone number that can exist; correct or remove it",
        ),
        (
            '[blocked]\nphones = ["+555191234567"]',
            "2: '+555191234567' is not how numbers are kept; write it as '+5551991234567'",
        ),
        ("[blocked]\nphones = [5]", "2: item 1 of phones is a whole number; write text in quotes"),
        ("[blocked]\ntokens = [\"' '\"]", "2: the token \"' '\" is blank, and a blank never counts; remove it"),
        (
            '[survivorship]\nplaceholder_names = [" "]',
            "2: a placeholder name is blank, and a blank never counts; remove it",
        ),
        (
            '[survivorship]\nplaceholder_names = ["Web 12"]',
            "2: the placeholder name 'Web 12' ends in a number, and names are compared without it; "
            "write it without the number",
        ),
        (
            '[survivorship.attributes.nam]\ntie = "oldest"',
            "1: there is no attribute 'nam'; did you mean 'name'? (an attribute of your Jivo account is written "
            '"attr:Balance")',
        ),
        ('[survivorship.attributes.name]\ntie = "old"', "2: tie cannot be 'old'; did you mean 'oldest'?"),
        (
            "[survivorship.attributes]\nname = 1",
            "2: name is a whole number; write it as a table: [survivorship.attributes.name] on a line of its own, "
            "or { ... }",
        ),
    ],
)
def test_a_fault_is_one_sentence_with_its_line_and_its_remedy(text: str, fault: str) -> None:
    assert faults(text) == [f"p.toml:{fault}"]


def test_an_odd_key_does_not_break_the_line() -> None:
    found = faults('"a\\nb" = {}\n[survivorship.attributes]\n"attr:\\n" = 1')
    assert found == [
        r"p.toml:1: unknown table ['a\nb']; known here: identity, blocked, survivorship, case",
        r"p.toml:3: 'attr:\n' is a whole number; write it as a table: [survivorship.attributes.'attr:\n'] on a line of "
        "its own, or { ... }",
    ]


def test_all_faults_are_named_in_the_order_of_the_file() -> None:
    text = '[identity]\ntoo_comon = 3\n[blocked]\nphones = ["1", "2"]\n[identity.limits]\nemail = "x"\nfax = 1\n'
    assert [fault.split(": ")[0] for fault in faults(text)] == [f"p.toml:{n}" for n in (2, 4, 4, 6, 7)]


def test_very_many_faults_are_counted() -> None:
    found = faults("\n".join(f"key_{n} = 1" for n in range(SHOWN + 7)))
    assert (len(found), found[-1]) == (SHOWN + 1, "and 7 more faults")


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("", "1: there is no [[case]]; add some, to show that the rules do what you mean"),
        (
            '[identity]\nkinds = ["visitor", "verified_token", "token", "email", "phone"]\n' + CASE,
            "2: a browser decides before verified_token; put visitor last, unless nobody shares a computer",
        ),
        (
            '[blocked]\nphones = ["+908501112233"]\n' + CASE,
            "2: +908501112233 is a service number, which decides nothing anyway; it may be removed",
        ),
        (CASE + CASE, "5: two cases are called 'x'; tell them apart by their names"),
    ],
)
def test_what_is_allowed_and_yet_may_surprise_is_a_warning(text: str, warning: str) -> None:
    assert parse(text, "p.toml").warnings == (f"p.toml:{warning}",)


@given(rules())
def test_rules_that_are_written_down_read_back_the_same(found: Rules) -> None:
    assert parse(written(found)).rules == found


def read_or_refused(text: str) -> PolicyFile | None:
    """BadConfig is the only way out, and each of its lines names line, fault and remedy."""
    try:
        return parse(text, "p.toml")
    except BadConfig as error:
        assert all(SENTENCE.fullmatch(line) for line in str(error).split("\n")), str(error)
        return None


positions = st.integers(0, len(SHIPPED_TEXT))
scraps = st.text(max_size=3) | st.sampled_from(
    ["[", "]", "{", "}", '"', "'''", "\n", "=", ".", "0", "-1", "true", "[[case]]\n", "[identity]\n", "1e400", "inf"]
)


@given(positions, st.integers(0, 40), scraps)
def test_a_file_with_a_scrap_torn_out_or_put_in_is_read_or_refused(start: int, length: int, scrap: str) -> None:
    read_or_refused(SHIPPED_TEXT[:start] + scrap + SHIPPED_TEXT[start + length :])


VALUES = ["0", "-7", "1.5", "nan", "true", '""', '"x"', "[]", "[[]]", "[{}]", "[1]", '["\\u0000"]', "{}", "1979-05-27"]
KEYS = re.findall(r"\b[a-z_]+(?= = )", SHIPPED_TEXT)
HEADERS = ["identity", "identity.limits", "blocked", "survivorship", "survivorship.attributes.name", "[case]"]
GIVEN = r"\[\n(?:  .*\n)*\]"
SPANS = [m.span(1) for m in re.finditer(rf"(?= = ({GIVEN}|\[.*?\]|\"[^\"]*\"|[\w-]+|\{{.*\}}))", SHIPPED_TEXT)]


@given(st.sampled_from(SPANS), st.sampled_from(VALUES))
def test_a_key_with_a_value_of_any_other_kind_is_read_or_refused(span: tuple[int, int], value: str) -> None:
    start, end = span
    read_or_refused(SHIPPED_TEXT[:start] + value + SHIPPED_TEXT[end:])


@given(
    st.sampled_from(HEADERS), st.dictionaries(st.sampled_from([*KEYS, *KINDS, "zzz"]), st.sampled_from(VALUES))
)  # fmt: skip
def test_a_table_of_any_keys_and_values_is_read_or_refused(header: str, table: dict[str, str]) -> None:
    read_or_refused("\n".join([f"[{header}]", *(f"{key} = {value}" for key, value in table.items())]))


@given(st.binary(max_size=40))
def test_any_text_is_read_or_refused(raw: bytes) -> None:
    read_or_refused(raw.decode("utf-8", "replace"))
