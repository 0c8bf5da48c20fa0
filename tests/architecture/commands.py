"""The command lines of `glue-bridge`, judged by the application itself."""

import re
import shlex
from functools import cache
from typing import Any

import typer

from bridge.cli.frame import application

PLACEHOLDER = re.compile(r"[A-Z][A-Z_0-9]*|\{.*\}|…|\.\.\.")
ENDS = frozenset({"&&", "||", "|", ";", ">", "<", "2>", "&"})


@cache
def root() -> Any:
    """Give the command tree."""
    return typer.main.get_command(application())


def wrong(line: str) -> str | None:
    """Say what of a command line does not exist; None where all of it does."""
    words = _words(line)
    if not words or words.pop(0) != "glue-bridge":
        return "is no command line"
    command = root()
    while words and getattr(command, "commands", None):
        if PLACEHOLDER.fullmatch(words[0]) or words[0].startswith("-"):
            break
        name = words.pop(0).rstrip(",")
        if name not in command.commands:
            return f"there is no command {name}"
        command = command.commands[name]
    return _wrong_arguments(command, words)


def _words(line: str) -> list[str]:
    words: list[str] = []
    for word in shlex.split(line, comments=True):
        if word in ENDS:
            break
        words.append(word)
    return words


def _wrong_arguments(command: Any, words: list[str]) -> str | None:
    options = {name: each for each in command.params if each.param_type_name == "option" for name in each.opts}
    options |= {name: each for each in options.values() for name in each.secondary_opts}
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    given = 0
    while words:
        word = words.pop(0)
        if word in {"-h", "--help"}:
            return None
        if word.startswith("-") and word != "-":
            name, _, value = word.partition("=")
            if name not in options:
                return f"{command.name} has no option {name}"
            if not options[name].is_flag and not value and not words:
                return f"{command.name} {name} lacks its value"
            if not options[name].is_flag and not value:
                words.pop(0)
        else:
            given += 1
    if any(each.nargs == -1 for each in arguments):
        return None
    return f"{command.name} takes {len(arguments)} words, {given} are given" if given > len(arguments) else None
