"""`glue-bridge fields`."""

import json

import pytest

from bridge.mapping.expressions import parse_template
from bridge.mapping.words import WORDS
from tests.integration.cli.workplace import Workplace

_FIELDS = [
    {"id": 90, "caption": "Admin login", "type": "Password", "value": "hunter2"},
    {"id": 91, "caption": "Rack", "type": "Text", "value": "R12"},
    {"id": 92, "caption": "Owner's floor", "type": "Text", "value": None},
]


def test_what_a_source_offers_is_listed_with_an_example(place: Workplace) -> None:
    """Custom fields and questions by caption, filled in or not; those of the kind Password never."""
    psa = place.sides.psa
    record = psa.person("GET", "company/configurations")[0]
    path = f"company/configurations/{record['id']}"
    of_type = f"company/configurations/types/{record['now']['type']['id']}/questions"
    asked = {"Root": ("Password", "hunter3"), "Slot": ("Number", 3)}
    numbers = {
        text: psa.person("POST", of_type, {"question": text, "fieldType": kind, "entryType": "EntryField"})["id"]
        for text, (kind, _) in asked.items()
    }
    answers = [{"questionId": numbers[text], "answer": answer} for text, (_, answer) in asked.items()]
    psa.person("PATCH", path, {"customFields": _FIELDS, "questions": answers})

    said = place.run("fields", "cw", "configurations", "--sample", "1000")
    found = json.loads(place.run("fields", "cw", "configuration", "--sample", "1000", "--json").out)

    psa.person("PATCH", path, {"customFields": record["now"].get("customFields", [])})
    for number in numbers.values():
        psa.control.delete(f"/records/{of_type}/{number}")
    fields = {each["word"]: each for each in found["fields"]}
    assert said.code == 0
    assert "hunter" not in said.out + json.dumps(found)
    assert "Admin login" not in said.out
    assert "Root" not in said.out
    assert (fields["custom['Rack']"]["example"], fields["custom['Rack']"]["filled"]) == ("R12", 1)
    assert fields['custom["Owner\'s floor"]']["filled"] == 0
    assert fields["questions['Slot']"]["example"] == 3
    assert fields["name"]["filled"] == found["records"] == 60
    assert any(
        line.split()[:2] == ["serial_number", str(fields["serial_number"]["filled"])] for line in said.out.splitlines()
    )


@pytest.mark.parametrize("kind", sorted(WORDS))
def test_every_word_is_written_as_an_expression_takes_it(place: Workplace, kind: str) -> None:
    """What is listed can be copied into bridge.toml."""
    found = json.loads(place.run("fields", "cw", kind, "--json").out)

    words = [each["word"] for each in found["fields"]]
    assert {word for word, one in WORDS[kind].items() if one.shape != "captions"} <= set(words)
    for word in words:
        parse_template("{{ " + word + " }}", kind)
    dear = {each["word"] for each in found["fields"] if each["request_per_record"]}
    assert dear == ({"configurations"} if kind == "ticket" else set())


def test_it_only_reads_and_needs_neither_it_glue_nor_the_store(place: Workplace) -> None:
    """A few requests, whatever the size of the source."""
    before = len(place.sides.psa.get("/requests")), len(place.sides.itglue.get("/requests"))

    place.run("fields", "cw", "organization")

    asked = place.sides.psa.get("/requests")[before[0] :]
    assert {each["method"] for each in asked} == {"GET"}
    assert len(asked) <= 2
    assert len(place.sides.itglue.get("/requests")) == before[1]
    assert not (place.folder / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ccw", "configuration"), 'there is no source "ccw"; nearest: "cw"'),
        (("cw", "configuratoin"), 'there is no kind "configuratoin"; nearest: "configuration"'),
    ],
)
def test_what_is_not_there_is_named_with_the_nearest(place: Workplace, arguments: tuple[str, ...], said: str) -> None:
    """A typo costs a second."""
    found = place.run("fields", *arguments)

    assert found.code == 1
    assert said in found.err
