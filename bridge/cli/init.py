"""`glue-bridge init`: the first bridge.toml and the .env beside it."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from bridge.cli import output, shapes
from bridge.cli.failures import CommandError, Problem, fail
from bridge.cli.options import DEFAULT, Json, SettingsFile, command
from bridge.cli.saving import unsaved

if TYPE_CHECKING:
    from pydantic import BaseModel

ITGLUE_KEY = "ITGLUE_KEY"
REGIONS = ("us", "eu", "au")
_PLAIN = re.compile(r"[A-Za-z0-9._~+/=:@%-]+")
_SHORT = {"connectwise": "cw", "autotask": "at", "xurrent": "xu"}
_ASKED = {
    "url": "Address of the PSA (as you open it in a browser)",
    "company": "Company, as on its login page",
    "public_key": "Public key of the API member",
    "private_key": "Private key of the API member",
    "client_id": "Client id (developer.connectwise.com)",
}


@dataclass(slots=True)
class Given:
    """What the command line says; None is asked for."""

    psa: str | None
    name: str | None
    native: bool | None
    region: str | None
    itglue_url: str | None
    itglue_key: str | None
    zone: str | None
    rollout: tuple[str, ...]
    fields: dict[str, str | None] = field(default_factory=dict)


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app)(init)


def init(
    psa: Annotated[str | None, typer.Option(metavar="TYPE", help="The PSA: connectwise.")] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="What to call this instance, such as cw.")] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="The PSA's address.")] = None,
    company: Annotated[str | None, typer.Option(metavar="ID", help="The company, as on the PSA's login page.")] = None,
    public_key: Annotated[str | None, typer.Option(metavar="KEY", envvar="GLUE_BRIDGE_PUBLIC_KEY")] = None,
    private_key: Annotated[str | None, typer.Option(metavar="KEY", envvar="GLUE_BRIDGE_PRIVATE_KEY")] = None,
    client_id: Annotated[str | None, typer.Option(metavar="ID", envvar="GLUE_BRIDGE_CLIENT_ID")] = None,
    region: Annotated[str | None, typer.Option(metavar="us|eu|au", help="The region of the IT Glue account.")] = None,
    itglue_url: Annotated[str | None, typer.Option(metavar="URL", help="IT Glue's API, instead of a region.")] = None,
    itglue_key: Annotated[str | None, typer.Option(metavar="KEY", envvar="GLUE_BRIDGE_ITGLUE_KEY")] = None,
    native: Annotated[
        bool | None,
        typer.Option(
            "--native/--no-native", help="IT Glue's own sync is, or was, connected to this PSA.", show_default=False
        ),
    ] = None,
    zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Decides days, such as Europe/London; else UTC.")
    ] = None,
    rollout: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="An organization to begin with; may be repeated.")
    ] = None,
    as_json: Json = False,
    settings: SettingsFile = DEFAULT,
) -> int:
    """Write the first bridge.toml and .env. It asks for what no option gives; keys are not shown as you type.

    The file has mode = "plan": nothing is written to IT Glue before you say so. Keys go into .env, which only you can
    read. A file that is there is never overwritten.

    For example:
      glue-bridge init
      glue-bridge init --url https://na.myconnectwise.net --company krakentech --region us --native

    Without a terminal every value has to be given; keys best by the variables named above, since options can be seen
    by others on this machine.

    JSON: {"settings", "environment", "next"}
    """
    given = Given(
        psa, name, native, region, itglue_url, itglue_key, zone, tuple(rollout or ()),
        {"url": url, "company": company, "public_key": public_key, "private_key": private_key, "client_id": client_id},
    )  # fmt: skip
    environment = settings.with_name(".env")
    for path in (settings, environment):
        if path.exists():
            raise fail("B405", _in_the_way(path, settings))
    text, secrets = _Questions(given, interactive=sys.stdin.isatty() and not as_json).answers()
    _write(environment, "".join(f"{key}={_quoted(value)}\n" for key, value in secrets.items()), 0o600)
    try:
        _write(settings, text, 0o644)
    except BaseException:
        environment.unlink(missing_ok=True)
        raise
    following = "glue-bridge check" + ("" if settings == DEFAULT else f" --settings {settings}")
    if as_json:
        output.emit(shapes.Init(settings=str(settings), environment=str(environment), next=following))
    else:
        output.say(f"Wrote {settings} (mode = plan: nothing is written to IT Glue) and {environment} (0600).")
        output.say(f"Next: {following}")
    return 0


class _Questions:
    """Asks for what is missing, one by one on a terminal, else says all that is missing at once."""

    def __init__(self, given: Given, *, interactive: bool) -> None:
        self.given = given
        self.interactive = interactive
        self.missing: list[str] = []
        self.problems: list[Problem] = []

    def answers(self) -> tuple[str, dict[str, str]]:
        """Give the text of bridge.toml, and the lines of .env."""
        from bridge.settings.template import Answers, starter

        psa, model = self._psa()
        name = self._ask("--name", "A short name for this instance", self.given.name or _SHORT.get(psa, psa), _name)
        source, secrets = self._source(psa, name, model)
        native = self._native(psa)
        region, itglue_url = self._place()
        secrets[ITGLUE_KEY] = self._ask("--itglue-key", "IT Glue API key (made without Password Access)",
                                        self.given.itglue_key, _key, hidden=True)  # fmt: skip
        self._zone()
        if self.missing:
            said = ", ".join(self.missing)
            self.problems.append(Problem("B407", f"nobody is there to ask, and these are missing: {said}"))
        if self.problems:
            raise CommandError(*self.problems)
        text = starter(
            Answers(
                psa, source, source_name=name, native=native, zone=self.given.zone, region=region, url=itglue_url,
                key=f"env:{ITGLUE_KEY}", rollout=self.given.rollout,
            )
        )  # fmt: skip
        return text, secrets

    def _psa(self) -> tuple[str, "type[BaseModel]"]:
        from bridge import app
        from bridge.mapping.problems import nearest

        models = app.source_models()
        only = next(iter(models)) if len(models) == 1 else None

        def known(text: str) -> str | None:
            return None if text in models else f'there is no PSA "{text}"{nearest(text, models)}'

        psa = self._ask("--psa", f"PSA ({', '.join(models)})", self.given.psa or only, known)
        return psa, models.get(psa) or next(iter(models.values()))

    def _source(self, psa: str, name: str, model: "type[BaseModel]") -> tuple[dict[str, Any], dict[str, str]]:
        """Ask for what the PSA's settings require; secrets are named in the table and stand in .env."""
        from pydantic import SecretStr

        table: dict[str, Any] = {}
        secrets: dict[str, str] = {}
        values: dict[str, Any] = {}
        for key, info in model.model_fields.items():
            if not info.is_required():
                continue
            hidden = info.annotation is SecretStr or SecretStr in get_args(info.annotation)
            said = _ASKED.get(key, key.replace("_", " "))
            wrong = _only(model, key, values)
            answer = self._ask(
                f"--{key.replace('_', '-')}", said, self.given.fields.get(key), wrong, hidden=hidden
            ).strip()
            if wrong(answer) is None:
                values[key] = answer
            if hidden:
                variable = f"{re.sub(r'[^A-Z0-9]', '_', name.upper())}_{key.upper()}"
                table[key], secrets[variable] = f"env:{variable}", answer
            else:
                table[key] = answer
        return table, secrets

    def _native(self, psa: str) -> bool:
        if self.given.native is not None or not self.interactive:
            return self.given.native is not False
        return typer.confirm(
            f"Is IT Glue's own {psa} sync connected to this instance, or was it?", default=True, err=True
        )

    def _place(self) -> tuple[str, str | None]:
        if self.given.itglue_url is not None:
            if self.given.region is not None:
                self.problems.append(Problem("B400", "give --region or --itglue-url, not both"))
            return "us", self._ask("--itglue-url", "", self.given.itglue_url, _https)
        return self._ask("--region", "Region of IT Glue (us, eu, au)", self.given.region, _region), None

    def _zone(self) -> None:
        from zoneinfo import ZoneInfo

        if self.given.zone is None:
            return
        try:
            ZoneInfo(self.given.zone)
        except (KeyError, ValueError, OSError):
            said = f'--zone: there is no time zone "{self.given.zone}"; for example Europe/London'
            self.problems.append(Problem("B104", said))

    def _ask(
        self, option: str, question: str, given: str | None, wrong: Callable[[str], str | None], *, hidden: bool = False
    ) -> str:
        """Give an answer that is right: the option's, else the person's."""
        offered = given if option in {"--name", "--psa"} else None
        if given is not None and (offered is None or not self.interactive):
            said = wrong(given)
            if said is not None:
                self.problems.append(Problem("B104", f"{option}: {said}"))
            return given
        if not self.interactive:
            self.missing.append(option)
            return ""
        while True:
            answer: str = typer.prompt(question, default=offered, hide_input=hidden, err=True)
            said = wrong(answer.strip())
            if said is None:
                return answer.strip()
            output.note(f"  {said}")


def _only(model: "type[BaseModel]", key: str, before: dict[str, Any]) -> Callable[[str], str | None]:
    """Judge one answer by the model of the PSA's settings, whatever is still to be asked for."""
    from pydantic import ValidationError

    def wrong(text: str) -> str | None:
        # Stand-ins for what is not asked yet: some complaints come only once all of the table is there.
        later = {name: "x" for name, info in model.model_fields.items() if info.is_required()}
        try:
            model.model_validate({**later, **before, key: text})
        except ValidationError as error:
            return next(_complaints(error, key), None)
        return None

    return wrong


def _complaints(error: Any, key: str) -> Iterator[str]:
    from bridge.settings.wording import sentence

    for each in error.errors(include_url=False, include_input=False):
        if each["loc"] in ((key,), ()):
            yield sentence(each)


def _name(text: str) -> str | None:
    plain = text.replace("-", "").replace("_", "")
    return None if plain.isalnum() and plain.isascii() else "a name is letters, digits, - and _"


def _region(text: str) -> str | None:
    return None if text in REGIONS else f'there is no region "{text}": us, eu or au'


def _key(text: str) -> str | None:
    return None if text.strip().isprintable() and text.strip() and " " not in text.strip() else "a key is one word"


def _https(text: str) -> str | None:
    from bridge.itglue.address import address

    try:
        address(text)
    except ValueError as error:
        return str(error)
    return None


def _in_the_way(path: Path, settings: Path) -> str:
    """Say what helps: settings can be named otherwise, their .env stands in the same folder under its one name."""
    if path == settings:
        return f"{path} is there already, and stays as it is: move it away, or name another file with --settings"
    return (
        f"{path} is there already, and stays as it is: it belongs to the settings beside it. Name settings in another "
        f"folder, such as --settings other/{settings.name}, or move it away"
    )


def _quoted(value: str) -> str:
    """Write a value of a .env file; single quotes keep every sign as it is."""
    return value if _PLAIN.fullmatch(value) else f"'{value}'"


def _write(path: Path, text: str, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise fail("B405", f"{path} is there already") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise unsaved(path, error) from error
