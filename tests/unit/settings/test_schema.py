"""`glue-bridge schema`: whatever the examples say fits it, and what cannot be in bridge.toml does not."""

import json
import re
import tomllib
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import frame
from bridge.settings.template import Answers, starter
from tests.architecture.tree import ROOT, documents
from tests.unit.settings.json_schema import wrong

EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))
FENCE = re.compile(r"^```toml\n(.*?)^```", re.DOTALL | re.MULTILINE)
GOOD = """
version = 1
defaults = "2026-11"
[itglue]
region = "us"
key = "env:ITGLUE_KEY"
quota = { requests = 3000, per = "5m", keep_for_others = "30%" }
[sources.cw]
type = "connectwise"
url = "https://na.myconnectwise.net"
company = "krakentech"
public_key = "env:A"
private_key = "env:B"
client_id = "env:C"
[rollout]
organizations = "*"
[configurations]
types = ["Server -> Managed Server", { from = ["A, Inc"], to = "B" }, "* -> !same"]
set = { asset_tag = "{{ custom['Tag'] }}", manufacturer_id = "Dell" }
[[suggestions]]
when = { ticket.title = ["print", "paper jam"], device.custom."Rack" = "R12" }
show = "Documents"
[store]
keep_journal = "400d"
"""


@pytest.fixture(scope="module")
def schema() -> Any:
    """Give what the command prints."""
    with redirect_stdout(StringIO()) as printed:
        assert frame.run(["schema"]) == 0
    return json.loads(printed.getvalue())


def test_there_are_examples() -> None:
    """Else the next test would prove nothing."""
    assert EXAMPLES


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda path: path.name)
def test_every_example_fits(schema: Any, file: Path) -> None:
    """As an editor sees it, secrets by reference and all; what is only a block to append, in a whole file."""
    text = file.read_text(encoding="utf-8")
    whole = text if "version" in tomllib.loads(text) else GOOD + text

    assert wrong(schema, tomllib.loads(whole)) == []


def test_every_whole_file_of_a_document_and_what_init_writes_fits(schema: Any) -> None:
    """Each text that somebody copies."""
    texts = [text for path in documents() for text in FENCE.findall(path.read_text(encoding="utf-8"))]
    whole = [text for text in texts if "version" in tomllib.loads(text)]
    own = {"url": "https://x", "company": "c", "public_key": "env:A", "private_key": "env:B", "client_id": "env:C"}
    whole.append(starter(Answers("connectwise", own)))

    assert len(whole) > 1
    assert [wrong(schema, tomllib.loads(text)) for text in whole] == [[]] * len(whole)


def test_every_table_is_described(schema: Any) -> None:
    """An editor shows it beside the key."""
    assert [name for name, table in schema["$defs"].items() if not table.get("description")] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("version = 1", "version = 2", "$.version is not among 1"),
        ("version = 1", "", "$.version is missing"),
        ('defaults = "2026-11"', 'defaults = "2026-11"\nmod = "plan"', "$.mod is not known"),
        ('defaults = "2026-11"', 'defaults = "2026-11"\nmode = "write"', "$.mode is not among ['plan', 'apply']"),
        ('region = "us"', 'region = "mars"', "$.itglue.region is none of 2"),
        ('key = "env:ITGLUE_KEY"', "", "$.itglue.key is missing"),
        ('"5m"', '"a while"', "$.itglue.quota is none of 2"),
        ('"30%"', '"lots"', "$.itglue.quota is none of 2"),
        ("3000", "-1", "$.itglue.quota is none of 2"),
        ('type = "connectwise"', 'type = "excel"', "$.sources.cw is none of 1"),
        ('company = "krakentech"', "", "$.sources.cw is none of 1"),
        ('client_id = "env:C"', 'client_id = "env:C"\ncolour = "red"', "$.sources.cw is none of 1"),
        ('organizations = "*"', "organizations = 5", "$.rollout is none of 2"),
        ('"Server -> Managed Server"', '"Server"', "$.configurations.types is none of 2"),
        ('"400d"', '"long"', "$.store.keep_journal is none of 2"),
        ("[store]", "[stores]", "$.stores is not known"),
        ("asset_tag =", "asset_tags =", "$.configurations.set is none of 2"),
        ("manufacturer_id =", "status =", "$.configurations.set is none of 2"),
        ("ticket.title", "tickets.title", "$.suggestions[0].when.tickets is not known"),
        ("ticket.title", "ticket.titel", "$.suggestions[0].when.ticket.titel is not known"),
        ('["print", "paper jam"]', "[]", "$.suggestions[0].when.ticket.title is none of 2"),
        ('= "R12"', "= 12", "$.suggestions[0].when.device.custom.Rack is none of 2"),
    ],
)
def test_what_cannot_be_is_marked(schema: Any, old: str, new: str, said: str) -> None:
    """Each mistake by itself, in a file that fits without it."""
    assert wrong(schema, tomllib.loads(GOOD)) == []

    assert said in wrong(schema, tomllib.loads(GOOD.replace(old, new, 1)))
