"""The books find what they are there for: a loss, a double, what nobody sent, an answer that may not be."""

from __future__ import annotations

import pytest

from tests.faults.books import Balance, Books


def kept() -> Books:
    books = Books()
    books.sent += ["a", "b", "c"]
    books.answered("a", 200, None, 0.1)
    books.answered("a", 200, None, 0.1)
    books.answered("b", 503, "1", 0.1)
    return books


@pytest.mark.parametrize(
    ("there", "balance"),
    [
        (["a"], Balance()),
        (["b", "a", "c"], Balance()),  # 503, or no answer, promises nothing either way
        ([], Balance(lost=("a",))),
        (["a", "a"], Balance(doubled=("a",))),
        (["a", "x"], Balance(foreign=("x",))),
    ],
)
def test_a_balance_names_what_does_not_agree(there: list[str], balance: Balance) -> None:
    found = kept().close(there)
    assert found == balance
    assert found.even == (balance == Balance())
    assert (str(found) == "even") == found.even


def test_faults_of_the_store_are_no_balance() -> None:
    assert not kept().close(["a"], faults=["customers: cut short"]).even
    assert not kept().close(["a"], unfound=["a"]).even


@pytest.mark.parametrize(("status", "retry_after"), [(500, None), (503, None), (503, "soon"), (404, "1")])
def test_any_other_answer_is_wrong(status: int, retry_after: str | None) -> None:
    books = kept()
    books.answered("c", status, retry_after, 0.1)
    assert len(books.wrong) == 1 and "c" in books.wrong[0]
