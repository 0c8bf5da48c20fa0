"""What the documents say is so: links lead somewhere, files load, commands and targets exist."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.settings import load_settings
from connectors.registry import KINDS
from tests.architecture.commands import wrong
from tests.architecture.tree import ROOT, documents

DOCUMENTS = documents()
FENCE = re.compile(r"^( *)```([^\n]*)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TARGETS = re.compile(r"^([a-z]+):", re.MULTILINE)
SECRETS = dict.fromkeys(("ITGLUE_KEY", "CW_PUBLIC_KEY", "CW_PRIVATE_KEY", "CW_CLIENT_ID"), "hush")


def shown(path: Path) -> str:
    """Name a document as people read it."""
    return str(path.relative_to(ROOT))


def prose(text: str) -> str:
    """Give a document without its fenced blocks."""
    return FENCE.sub("", text)


def anchors(text: str) -> set[str]:
    """Give the anchors of a document's headings, as a forge makes them."""
    titles = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_every_test_that_a_document_names_as_proof_exists() -> None:
    """A row of the parity table stands on a test: one that is renamed takes its row along."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "cutover.md").read_text(encoding="utf-8"))

    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists() or f"\ndef {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]

    assert len(named) >= 11
    assert missing == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_every_link_leads_somewhere(path: Path) -> None:
    """Relative links name a file or folder that is there, and a heading of it."""
    text = path.read_text(encoding="utf-8")
    broken = []
    for link in LINK.findall(prose(text)):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = link.partition("#")
        goal = path.parent / name if name else path
        if not goal.exists() or (anchor and anchor not in anchors(goal.read_text(encoding="utf-8"))):
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_every_toml_block_is_toml_and_a_whole_file_loads(path: Path, tmp_path: Path) -> None:
    """Who copies a file out of a document gets one that the bridge takes."""
    for _, language, block in FENCE.findall(path.read_text(encoding="utf-8")):
        if not language.startswith("toml"):
            continue
        read = tomllib.loads(block)
        if "version" in read:
            copy = tmp_path / "bridge.toml"
            copy.write_text(block, encoding="utf-8")
            load_settings(copy, {name: kind.settings for name, kind in KINDS.items()}, environment=SECRETS)


def command_lines(text: str) -> Iterator[str]:
    """Give every command line of `glue-bridge` that a document shows, in blocks and between backticks."""
    for line in text.splitlines():
        at = re.match(r"^(?:    +|\$ )(?:\S*/)?(glue-bridge .*)$", line)
        if at:
            yield at[1]
    for block in FENCE.findall(text):
        yield from (
            f"glue-bridge {each}" for each in re.findall(r"^ExecStart=\S*/glue-bridge (.*)$", block[2], re.MULTILINE)
        )
    for span in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose(text)):
        for part in re.split(r"&&|\|", span):
            at = re.match(r"^\s*(?:\S*/)?(glue-bridge\b.*)$", part)
            if at and at[1].strip() != "glue-bridge":
                yield at[1]


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_every_command_line_exists(path: Path) -> None:
    """Each command that a document shows is one of the application, with its options and no word too many."""
    found = {line: wrong(line) for line in command_lines(path.read_text(encoding="utf-8"))}

    assert {line: why for line, why in found.items() if why} == {}


def test_the_documents_show_commands() -> None:
    """The search for command lines finds them: an empty one would prove nothing."""
    readme = list(command_lines((ROOT / "README.md").read_text(encoding="utf-8")))

    assert len(readme) > 10
    assert wrong("glue-bridge plan --no-such-option")
    assert wrong("glue-bridge no-such-command")
    assert wrong("glue-bridge held pin cw:configuration:1 2 3")


@pytest.mark.parametrize("path", [*DOCUMENTS, ROOT / ".ci" / "run"], ids=shown)
def test_every_make_target_exists(path: Path) -> None:
    """`make X` in a document, and in what CI runs, is a target of the Makefile."""
    targets = set(TARGETS.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([a-z]+)", text)) | set(re.findall(r"^ *make ([a-z]+)", text, re.MULTILINE))
    named |= set(re.findall(r"&& make ([a-z]+)", text))

    assert named <= targets


def test_everything_that_the_makefile_runs_is_there() -> None:
    """A target that runs a script or a module of ours finds it."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony

    missing = [name for name in phony[1].split() if not re.search(rf"^{name}:", text, re.MULTILINE)]
    missing += [name for name in re.findall(r"\./(\.ci/\w+)", text) if not (ROOT / name).is_file()]
    for module in re.findall(r"-m ((?:tests|benchmarks)[\w.]*)", text):
        folder = ROOT.joinpath(*module.split("."))
        if not (folder.with_suffix(".py").is_file() or (folder / "__main__.py").is_file()):
            missing.append(module)

    assert missing == []


@pytest.mark.parametrize("path", [*DOCUMENTS, ROOT / "Makefile"], ids=shown)
def test_no_document_names_this_or_that_machine(path: Path) -> None:
    """Paths under somebody's home or workplace help nobody else."""
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"(?:/root|/home|/work|/tmp)/\S+", text) == []
