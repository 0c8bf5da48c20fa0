"""`glue-bridge run`: the service."""

from typing import Annotated

import typer

from bridge.cli.options import DEFAULT, SettingsFile, settings_of

Only = Annotated[
    list[str] | None, typer.Option("--only", help="workers or scheduler, to spread the service over machines.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(settings: SettingsFile = DEFAULT, only: Only = None) -> int:
    """Run the service until Ctrl-C or SIGTERM: poll, plan and, with mode = "apply", write.

    Exit code: 0 it was stopped, by either; 1 it could not start, or a process had to be killed at the end.

    For example: glue-bridge run --settings /etc/glue-bridge/bridge.toml
    """
    from bridge import logs, service
    from bridge.cli.frame import Terminated
    from bridge.mapping.problems import raise_all

    unknown = set(only or ()) - {"workers", "scheduler"}
    if unknown:
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: choose workers or scheduler", param_hint="--only")
    configured = settings_of(settings)
    raise_all(configured.missing())
    logs.configure(configured.service.log_level, configured.service.log_format)
    try:
        return service.run(settings.resolve(), tuple(only or ()))
    except (KeyboardInterrupt, Terminated):  # while it started, or a second one while it ended
        return 0
