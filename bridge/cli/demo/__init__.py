"""`glue-bridge demo`: the whole main job on simulators, by the commands that an operator types."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import command

if TYPE_CHECKING:
    from bridge.cli.demo.stage import Size

WHOLE, SMALL = "200x5000", "40x800"

SizeOption = Annotated[
    str, typer.Option("--size", metavar="COMPANIESxDEVICES", help="How large the provider is.", show_default=True)
]
Fast = Annotated[bool, typer.Option("--fast", help=f"A small provider: --size {SMALL}.")]
Keep = Annotated[bool, typer.Option("--keep", help="Keep the folder at the end, with settings, store and logs.")]
# Proves that the verdict can be bad: a record is made twice, in earnest, before it is judged.
Spoil = Annotated[bool, typer.Option("--spoil", hidden=True)]


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "demo")(demo)


def demo(size: SizeOption = WHOLE, fast: Fast = False, keep: Keep = False, spoil: Spoil = False) -> int:
    """Show the whole main job on simulators: no account is needed, and none is touched.

    It starts simulators of ConnectWise and IT Glue with a made-up provider, and types the commands that you would type:
    check, match, plan, apply, run. It changes things in the PSA, kills the workers in the middle of their writes, and
    in the end computes from the simulators' own history that nothing was lost, doubled or overwritten.

    For example:
      glue-bridge demo
      glue-bridge demo --fast --keep

    Exit code: 0 all five invariants hold, 1 they do not, or the demo could not go on.
    """
    from bridge.cli.demo.story import tell

    return tell(_size(SMALL if fast else size), keep=keep, spoil=spoil)


def _size(text: str) -> "Size":
    from bridge.cli.demo.stage import LEAST, Size

    found = re.fullmatch(r"([1-9]\d{0,3})x([1-9]\d{0,5})", text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is not COMPANIESxDEVICES, such as {WHOLE}", param_hint="--size")
    size = Size(int(found[1]), int(found[2]))
    if size.companies < LEAST.companies or size.devices < LEAST.devices:
        raise typer.BadParameter(f"{text} is too small to show anything: at least {LEAST}", param_hint="--size")
    return size
