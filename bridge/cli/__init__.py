"""The command line: `glue-bridge`, and `python -m bridge`."""

from bridge.cli.frame import main

__all__ = ["main"]
