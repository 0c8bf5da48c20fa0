"""The command frame: which commands there are, how they end, and how they fail.

A command is a module of this package with `register(app)`. It prints to standard output what was asked for, and to
standard error what goes wrong and how far it is. Its function returns the exit code, or None for 0:

    0    done, and nothing is left to do
    1    an error; each stands on standard error with its number
    2    changes, or something that needs a person
    130  broken off by Ctrl-C (143: by SIGTERM); `run`, which is ended so, gives 0
"""

import inspect
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from types import FrameType
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from bridge import logs
from bridge.cli import failures, output

# In the order in which an operator meets them.
COMMANDS = (
    "init",
    "check",
    "match",
    "plan",
    "apply",
    "undo",
    "run",
    "status",
    "held",
    "explain",
    "suggest",
    "journal",
    "pause",
    "resume",
    "backup",
    "links",
    "itglue",
    "mapping",
    "schema",
    "fields",
    "query",
    "demo",
)
INTERRUPTED, TERMINATED = 130, 143
# What a command says itself, as its error, is not logged beside it.
_SAID = ("source.lost", "itglue.lost", "read.failed")
_HELP = """Keep IT Glue equal to what your PSA says. One way: from the PSA to IT Glue.

Begin with: glue-bridge init, then check, match, plan, apply. Each command explains itself with --help.

Exit codes: 0 nothing left to do, 1 error, 2 changes or something that needs a person,
130 and 143 broken off by Ctrl-C and SIGTERM, where run, which is ended so, gives 0.
"""


class Terminated(BaseException):
    """SIGTERM came: end as Ctrl-C does."""


class _Ordered(TyperGroup):
    """Lists the commands in our order; Typer puts those that have commands of their own last."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name the commands."""
        return [name for name in COMMANDS if name in self.commands]


def application() -> typer.Typer:
    """Give the application with every command registered."""
    app = typer.Typer(
        name="glue-bridge", cls=_Ordered, help=_HELP, add_completion=False, rich_markup_mode=None,
        pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )  # fmt: skip
    for name in COMMANDS:
        import_module(f"bridge.cli.{name}").register(app)
    dress(app)
    return app


def dress(app: typer.Typer) -> None:
    """Make the docstring of each command its help: its first sentence in lists, its examples with their lines kept."""
    for command in app.registered_commands:
        if command.callback is not None:
            command.help, command.short_help = _help(command.callback)
    for group in app.registered_groups:
        inner = group.typer_instance
        if inner is None:
            continue
        if inner.registered_callback is not None and inner.registered_callback.callback is not None:
            group.help, group.short_help = _help(inner.registered_callback.callback)
        dress(inner)


def _help(function: Callable[..., Any]) -> tuple[str, str]:
    text = inspect.cleandoc(function.__doc__ or "")
    paragraphs = text.split("\n\n")
    kept = ("For example", "JSON", "Exit code")
    # The sign of backspace keeps a paragraph from being filled.
    shown = [f"\b\n{each}" if each.startswith(kept) or "\n  " in each else each for each in paragraphs]
    first = paragraphs[0].replace("\n", " ")
    return "\n\n".join(shown), first.split(". ")[0].split(": ")[0].rstrip(".") + "."


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and end the process with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    with suppress(ValueError):  # not in the main thread: then nobody sends us signals either
        signal.signal(signal.SIGTERM, _terminate)
    sys.exit(run(given))


def run(arguments: Sequence[str]) -> int:
    """Run a command and give its exit code."""
    logs.configure("warning", unsaid=_SAID)
    as_json = "--json" in arguments
    try:
        code = application()(args=list(arguments) or ["--help"], prog_name="glue-bridge", standalone_mode=False)
        output.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Terminated:
        return TERMINATED
    except typer.Abort:
        return INTERRUPTED
    except typer.TyperException as error:
        failures.report(failures.of_usage(error), as_json=as_json)
        return 1
    except BrokenPipeError:
        output.give_up()  # whoever read has seen enough
        return 1
    except output.OutputError as error:
        output.give_up()
        failures.report([failures.of_output(error)])
        return 1
    except Exception as error:
        problems = failures.of(error)
        if problems is None:
            raise
        failures.report(problems, as_json=as_json)
        return 1
    return code if isinstance(code, int) else 0


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated
