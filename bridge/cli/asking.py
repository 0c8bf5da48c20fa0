"""One question of `match`: which organization of IT Glue a customer is."""

import sys
from collections.abc import Callable

from bridge.cli.customers import Customer

Choice = tuple[str, str | None, str | None]
"""The verb, the IT Glue id, why."""


class Quit(Exception):  # noqa: N818 - no error
    """The person has had enough for now."""


def ask(
    customer: Customer, refusal: Callable[[str], str | None], read: Callable[[str], str] | None = None
) -> Choice | None:
    """Ask until there is an answer; None skips. `refusal` says why an organization cannot be taken.

    Raises Quit at `q` and at the end of the input.
    """
    answer_to = read or _read
    first, second = ([one.itglue_id for one in customer.candidates] + ["", ""])[:2]
    offered = [f"[p]in {first}"] if first else []
    offered += [f"[P]in {second}"] if second else []
    question = "  ".join([*offered, "[n]ew", "[x] exclude", "[s]kip", "[q]uit", "or an id"])
    while True:
        answer = answer_to(f"  {question} > ").strip()
        itglue_id = {"p": first, "P": second or first}.get(answer, answer if answer.isdigit() else None)
        if itglue_id:
            said = refusal(itglue_id)
            if said is None:
                return "pin", itglue_id, None
            sys.stdout.write(f"  {said}\n")
        elif answer.lower() == "n":
            return "new", None, None
        elif answer.lower() == "x":
            why = answer_to("  why? > ").strip()
            return "exclude", None, why or None
        elif answer.lower() in {"s", ""}:
            return None
        elif answer.lower() == "q":
            raise Quit
        else:
            sys.stdout.write("  p, P, n, x, s, q, or the id of an organization\n")


def _read(question: str) -> str:
    sys.stdout.write(question)
    sys.stdout.flush()
    answer = sys.stdin.readline()
    if not answer:
        sys.stdout.write("\n")
        raise Quit
    return answer
