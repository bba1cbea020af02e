"""Password: what is good enough, what is kept, and that nobody and somebody take the same work."""

from __future__ import annotations

from typing import Any

import pytest

from jivod.flow import password


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", password.TOO_SHORT),
        ("elevenchars", password.TOO_SHORT),
        ("ﬁﬁﬁﬁﬁ", password.TOO_SHORT),  # ten characters once normalised
        ("x" * 257, password.TOO_LONG),
        ("\ud800" * 12, password.UNFIT),
        ("kahve masa\0deniz", password.UNFIT),
        ("owner@example.com", password.HAS_NAME),
        ("OWNER1owner2", password.HAS_NAME),
        ("ownerownerowner", password.HAS_NAME),
        ("passwordpassword", password.TOO_COMMON),
        ("password1234", password.TOO_COMMON),
        ("123456789012", password.TOO_COMMON),
        ("qwertyuiop12", password.TOO_COMMON),
        ("ｐａｓｓｗｏｒｄ１２３４", password.TOO_COMMON),
        ("galatasaray1905", password.TOO_COMMON),
        ("aaaaaaaaaaaa" * 10, password.TOO_COMMON),
        ("kahve masa deniz", None),
        ("correct horse battery staple", None),
        ("пароль не для всех", None),
        ("🐈🐕🐎 kedi köpek at", None),
        ("x7" * 3 + "kahve masa deniz" * 15, None),
    ],
)
def test_what_is_good_enough(text: str, fault: str | None) -> None:
    assert password.fault_of(text, "owner@example.com") == fault


def test_a_password_is_kept_as_argon2id_and_found_right_in_any_spelling() -> None:
    kept = password.hash_of("ﬁne café kahve")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert password.is_right(kept, "fine cafe\u0301 kahve")
    assert not password.is_right(kept, "fine cafe kahve")
    assert not password.is_outdated(kept)
    assert password.is_outdated("$argon2id$v=19$m=8192,t=1,p=1$" + kept.split("$", 4)[4])


@pytest.mark.parametrize("kept", ["", "$argon2id$v=19$m=19456,t=2,p=1$qFUJSUywyDGeaFWlzXPWJQ$AT6r", "hash"])
@pytest.mark.parametrize("text", ["", "x" * 300, "\ud800", "kahve masa deniz"])
def test_what_is_no_password_is_never_right(kept: str, text: str) -> None:
    assert not password.is_right(kept, text)


@pytest.mark.parametrize("text", ["", "x" * 300, "\ud800", "kahve masa deniz"])
def test_nobody_takes_as_much_work_as_somebody(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    work: list[str] = []

    class Counted:
        def __init__(self, inner: Any) -> None:
            self.hash = inner.hash
            self._inner = inner

        def verify(self, kept: str, plain: str) -> bool:
            work.append(kept.rpartition("$")[0].rpartition("$")[0])  # all parameters, neither salt nor digest
            return bool(self._inner.verify(kept, plain))

    somebody = password.hash_of("another password")
    password.is_right("", "once, to have the decoy")
    counted = Counted(password._hasher())
    monkeypatch.setattr(password, "_hasher", lambda: counted)
    password.is_right(somebody, text)
    password.is_right("", text)
    assert len(work) == 2 and work[0] == work[1]
