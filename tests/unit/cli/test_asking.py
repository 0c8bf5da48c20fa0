"""One question of `match`."""

from collections.abc import Callable

import pytest

from bridge.cli.asking import Quit, ask
from bridge.cli.customers import Candidate, Customer
from bridge.records import Ref

TWO = [Candidate("5512", "Acme Ltd", 45), Candidate("5690", "ACME Limited", 0)]


def customer(candidates: list[Candidate]) -> Customer:
    """Give a customer that needs a person."""
    return Customer(1, Ref("cw", "organization", "881"), "Acme Ltd", "open", "ambiguous", candidates=candidates)


def typed(*answers: str) -> tuple[Callable[[str], str], list[str]]:
    """Give somebody who types these answers, and the questions that they saw."""
    asked: list[str] = []
    left = list(answers)

    def read(question: str) -> str:
        asked.append(question)
        return left.pop(0)

    return read, asked


@pytest.mark.parametrize(
    ("answers", "choice"),
    [
        (("p",), ("pin", "5512", None)),
        (("P",), ("pin", "5690", None)),
        (("7001",), ("pin", "7001", None)),
        (("n",), ("new", None, None)),
        (("x", " moved away "), ("exclude", None, "moved away")),
        (("x", ""), ("exclude", None, None)),
        (("s",), None),
        (("",), None),
        (("what", "p"), ("pin", "5512", None)),
    ],
)
def test_an_answer_is_a_decision(answers: tuple[str, ...], choice: object) -> None:
    """A letter, or the id of any organization; what is neither is asked again."""
    read, _ = typed(*answers)

    assert ask(customer(TWO), lambda _id: None, read) == choice


def test_only_what_is_there_is_offered() -> None:
    """Without candidates there is nothing to pin by a letter."""
    read, asked = typed("p", "n")

    assert ask(customer([]), lambda _id: None, read) == ("new", None, None)
    assert "[p]in" not in asked[0]


def test_an_organization_that_cannot_be_taken_is_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    """With the reason."""
    read, _ = typed("p", "P")

    choice = ask(customer(TWO), lambda id_: "it is another customer's" if id_ == "5512" else None, read)

    assert choice == ("pin", "5690", None)
    assert "it is another customer's" in capsys.readouterr().out


def test_q_ends_it() -> None:
    """What was chosen before is stored already."""
    read, _ = typed("q")

    with pytest.raises(Quit):
        ask(customer(TWO), lambda _id: None, read)
