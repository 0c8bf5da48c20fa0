"""`glue-bridge itglue`: IT Glue's own lists, for people and scripts (api/itglue.md 4)."""

import typer

from bridge.cli.itglue import reading, writing
from bridge.cli.itglue.resources import RESOURCES


def register(parent: typer.Typer) -> None:
    """Add the command, a group for each resource, and below it what IT Glue's API can do with it."""
    app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    app.callback()(itglue)
    for resource in RESOURCES:
        example = f"glue-bridge itglue {resource.command} list{' 214' if resource.under else ''}"
        about = f"{resource.title} of IT Glue.\n\n\b\nFor example: {example}"
        group = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help=about)
        reading.add(group, resource)
        writing.add(group, resource)
        app.add_typer(group, name=resource.command)
    parent.add_typer(app, name="itglue")


def itglue() -> None:
    """Look at lists of IT Glue, and add to them or change them, by the bridge's key and inside its quota.

    For example:
      glue-bridge itglue configuration-types list --name Server
      glue-bridge itglue organization-types create Customer
      glue-bridge itglue flexible-asset-types list --include flexible_asset_fields --json
      glue-bridge itglue domains list --organization 2400107
    """
