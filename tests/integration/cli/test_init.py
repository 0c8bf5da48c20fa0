"""`glue-bridge init`."""

import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bridge import app
from tests.integration.cli.workplace import Workplace


def test_what_init_writes_is_complete_and_plans_only(empty: Workplace) -> None:
    """The file loads with every secret in place, mode is plan, and only the owner can read .env."""
    said = empty.init("--rollout", 'Smith "& Sons"', "--zone", "Europe/London")

    settings = app.settings_of(empty.file)
    assert said.code == 0
    assert said.out.splitlines()[-1] == f"Next: glue-bridge check --settings {empty.file}"
    assert settings.mode == "plan"
    assert settings.missing() == []
    assert settings.rollout is not None
    assert settings.rollout.organizations == ('Smith "& Sons"',)
    assert settings.native_source == "cw"
    assert stat.S_IMODE((empty.folder / ".env").stat().st_mode) == 0o600
    assert "private" not in empty.file.read_text().replace("env:CW_PRIVATE_KEY", "").replace("private_key", "")


def test_json_names_the_files(empty: Workplace) -> None:
    """Scripts read where the files are, and what comes next."""
    assert empty.init("--json").json == {
        "settings": str(empty.file), "environment": str(empty.folder / ".env"),
        "next": f"glue-bridge check --settings {empty.file}",
    }  # fmt: skip


@pytest.mark.parametrize("there", ["bridge.toml", ".env"])
def test_nothing_is_overwritten(empty: Workplace, there: str) -> None:
    """A file that is there stays as it is, and the other one is not written either."""
    (empty.folder / there).write_text("mine")

    said = empty.init()

    assert said.code == 1
    assert f"{there} is there already" in said.err
    assert [path.name for path in empty.folder.iterdir()] == [there]
    assert (empty.folder / there).read_text() == "mine"


def test_a_second_file_needs_a_folder_of_its_own(place: Workplace) -> None:
    """`.env` has one name: naming other settings beside it would not help, and nobody should be told so."""
    said = place.run("init", "--settings", str(place.folder / "other.toml"))

    assert said.code == 1
    assert f"{place.folder / '.env'} is there already, and stays as it is" in said.err
    assert "--settings other/other.toml" in said.err
    assert not (place.folder / "other.toml").exists()


@pytest.mark.parametrize("wrong", ["https://[::1", "https://acme.itglue.com", "https://two words"])
def test_an_address_of_itglue_that_cannot_be_is_named_with_its_option(empty: Workplace, wrong: str) -> None:
    """One message, no traceback, and nothing is written."""
    said = empty.init("--itglue-url", wrong)

    assert said.code == 1
    assert said.err.startswith("ERROR  B104     --itglue-url: ")
    assert "us, eu or au" in said.err
    assert list(empty.folder.iterdir()) == []


def test_without_a_terminal_all_that_is_missing_is_named_at_once(empty: Workplace) -> None:
    """A script learns every option that it has to give."""
    said = empty.run("init", "--company", "acme", "--json")

    [error] = said.json["errors"]
    assert said.code == 1
    assert error["code"] == "B407"
    assert error["message"].endswith("missing: --url, --public-key, --private-key, --client-id, --region, --itglue-key")


def test_every_wrong_answer_is_named(empty: Workplace) -> None:
    """Each with its option, and nothing is written."""
    said = empty.run(
        "init", "--url", "http://psa.example", "--company", "a/b", "--public-key", "p", "--private-key", "q",
        "--client-id", "c", "--region", "moon", "--itglue-key", "two words", "--zone", "Mars/Base",
    )  # fmt: skip

    errors = [line.split()[2] for line in said.err.splitlines()]
    assert said.code == 1
    assert errors == ["--url:", "--company:", "--region:", "--itglue-key:", "--zone:"]
    assert list(empty.folder.iterdir()) == []


def test_keys_can_come_from_the_environment(empty: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options can be seen by others on the machine; variables cannot."""
    for name in ("PUBLIC_KEY", "PRIVATE_KEY", "CLIENT_ID", "ITGLUE_KEY"):
        monkeypatch.setenv(f"GLUE_BRIDGE_{name}", f"the-{name}")

    said = empty.run("init", "--url", "https://na.myconnectwise.net", "--company", "acme", "--region", "eu")

    assert said.code == 0
    assert "ITGLUE_KEY=the-ITGLUE_KEY" in (empty.folder / ".env").read_text()


def test_on_a_terminal_it_asks_and_hides_the_keys(tmp_path: Path) -> None:
    """A wrong answer is asked for again; what is typed for a key never shows on the screen."""
    answers = ["connectwise", "cw", "http://psa.example", "https://na.myconnectwise.net", "acme", "pub-1", "hush-hush",
               "client-1", "n", "eu", "ITG.hush"]  # fmt: skip
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bridge", "init"], cwd=tmp_path, stdin=slave, stdout=slave, stderr=slave,
        start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    shown = ""
    for answer in answers:
        shown += _until(master, ": ")
        os.write(master, f"{answer}\n".encode())
    shown += _until(master, "glue-bridge check")
    code = process.wait(10)
    os.close(master)

    assert code == 0
    assert "https only" in shown
    assert "hush" not in shown
    assert "CW_PRIVATE_KEY=hush-hush" in (tmp_path / ".env").read_text()
    assert "native      = false" in (tmp_path / "bridge.toml").read_text()


def _until(master: int, mark: str) -> str:
    shown = ""
    while mark not in shown:
        shown += os.read(master, 4096).decode()
    return shown
