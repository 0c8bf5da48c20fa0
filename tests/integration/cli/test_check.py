"""`glue-bridge check`."""

import os
import subprocess
from pathlib import Path

import pytest

from bridge.store.database import Database
from bridge.store.schema import metadata
from tests.integration.cli.workplace import Said, Sides, Workplace

NATIVE = (
    "native ConnectWise sync still owns 5 organizations, 6 locations, 11 contacts, 11 configurations: nothing of these "
    "kinds is created"
)


def errors_of(said: Said) -> list[str]:
    """Give the numbers of the errors."""
    return [line.split()[1] for line in said.out.splitlines() if line.startswith("ERROR")]


def test_a_sound_place_says_what_is_there(place: Workplace) -> None:
    """Counts of both sides, what the native sync owns, and what reading costs; warnings are no errors."""
    said = place.run("check")

    assert said.code == 0
    assert said.err == ""
    assert "ok     itglue   11 organizations, 10 locations, 24 contacts, 35 configurations" in said.out
    assert f"WARN   B207     {NATIVE}" in said.out
    assert "is pushed to the PSA" in said.out
    assert "ok     itglue   PSA ids come with the list" in said.out
    assert "ok     cw       12 companies, 4 requests per snapshot" in said.out
    assert "2,100 of 3,000 requests in 5 min are the bridge's" in said.out


def test_it_writes_to_neither_side_and_asks_little(place: Workplace, both: Sides) -> None:
    """About ten requests to IT Glue, a few more to the PSA, and all of them only read."""
    before = len(both.itglue.get("/requests")), len(both.psa.get("/requests"))

    place.run("check")

    itglue, psa = both.itglue.get("/requests")[before[0] :], both.psa.get("/requests")[before[1] :]
    assert {each["method"] for each in itglue + psa} == {"GET"}
    assert len(itglue) <= 10
    assert len(psa) <= 25
    assert both.itglue.get("/violations") == []


def test_json_has_every_finding(place: Workplace) -> None:
    """The shape that --help documents."""
    told = place.json("check")

    assert told["ok"] is True
    assert set(told) == {"ok", "findings", "lines"}
    assert set(told["findings"][0]) == {"level", "code", "subject", "text", "file", "line"}
    assert {each["level"] for each in told["findings"]} == {"ok", "warn"}
    # B210: of a kind that the small PSA has no record of, check cannot tell whether it may see any.
    assert {each["code"] for each in told["findings"] if each["level"] == "warn"} - {"B210"} == {"B207"}


def test_a_type_that_does_not_exist_is_named_with_its_line_and_the_nearest(place: Workplace) -> None:
    """As are lines that no record reaches, once the configurations are read."""
    place.edit(
        'types    = ["* -> !same"]\nstatuses = ["* -> !same"]\nonce',
        'types = ["Server -> Managed Servr",\n"Zeppelin -> !skip", "* -> !same"]\nstatuses = ["* -> !same"]\nonce',
    )
    line = place.line_of("Managed Servr")

    said = place.run("check", "--read")

    assert said.code == 1
    assert (
        f'ERROR  B113     bridge.toml:{line} IT Glue has no type "Managed Servr"; nearest: "Managed Server"' in said.out
    )
    assert (
        f'WARN   B114     bridge.toml:{line + 1} [configurations].types: no record reaches "Zeppelin -> !skip"'
        in said.out
    )
    assert errors_of(said) == ["B113"]


def test_records_are_counted_per_line(place: Workplace) -> None:
    """Those that take part; each under the first line that fits."""
    place.edit(
        'types    = ["* -> !same"]\nstatuses = ["* -> !same"]\ncreate',
        'types = ["Client -> Customer", "* -> !hold"]\nstatuses = ["* -> !same"]\ncreate',
    )

    line = place.line_of("Client -> Customer")

    told = place.json("check")

    counts = {each["text"]: each["records"] for each in told["lines"] if each["where"].endswith(f":{line}")}
    assert counts == {"Client -> Customer": 10, "* -> !hold": 0}


def test_the_name_that_gone_gives_has_to_exist(place: Workplace) -> None:
    """`gone = "status NAME"` is looked up too."""
    place.edit('gone     = "keep"           # or "status', 'gone = "status Inactiv"   # or "status')

    said = place.run("check")

    assert f'bridge.toml:{place.line_of("Inactiv")} IT Glue has no status "Inactiv"; nearest: "Inactive"' in said.out


def test_rollout_entries_have_to_name_one_organization_each(place: Workplace) -> None:
    """None and several are errors with their line; a Ref is never ambiguous."""
    place.edit('["*"]', '["Hollis Legl Ltd", "Bramble Recruitment Pty Ltd", "cw:organization:262", "Meridian Brewing"]')
    line = place.line_of("Hollis")

    said = place.run("check")

    assert errors_of(said) == ["B129", "B129"]
    assert f'bridge.toml:{line} "Hollis Legl Ltd" is no organization of any source' in said.out
    assert 'nearest: "Hollis Legal Ltd"' in said.out
    assert "is the name of 2 organizations; write one of cw:organization:259, cw:organization:262" in said.out


def test_override_entries_are_checked_alike(place: Workplace) -> None:
    """An override for nobody is a typo."""
    with place.file.open("a") as file:
        file.write('\n[[override]]\norganizations = ["Nobody Ltd"]\n[override.configurations]\nonce = ["name"]\n')

    said = place.run("check")

    assert errors_of(said) == ["B129"]
    assert f'bridge.toml:{place.line_of("Nobody")} "Nobody Ltd" is no organization' in said.out


@pytest.mark.parametrize("answer", ["gateway_403", "json_401"])
def test_a_refused_itglue_key_is_an_error_and_the_psa_is_checked_all_the_same(
    place: Workplace, both: Sides, answer: str
) -> None:
    """One error, with the remedy."""
    both.itglue.set(wrong_key=answer)
    place.edit("ITGLUE_KEY=", "ITGLUE_KEY=wrong", ".env")

    said = place.run("check")

    assert said.code == 1
    assert errors_of(said) == ["B221"]
    assert "Make a key in IT Glue" in said.out
    assert "ok     cw       12 companies" in said.out


def test_a_wrong_password_of_the_psa(place: Workplace) -> None:
    """The password itself is nowhere in what is printed."""
    place.edit("CW_PRIVATE_KEY=", "CW_PRIVATE_KEY=wrong", ".env")

    said = place.run("check")

    assert errors_of(said) == ["B202"]
    assert "check company, public_key, private_key and client_id" in said.out
    assert "wrongpriv" not in said.out + said.err


def test_a_wrong_company(place: Workplace, both: Sides) -> None:
    """The server knows no such company."""
    place.edit(f'company     = "{both.psa.credentials["company"]}"', 'company = "nobody"')

    said = place.run("check")

    assert errors_of(said) == ["B208"]
    assert "knows no company 'nobody'" in said.out


SUGGESTING = """
[[flexible_assets]]
type = "PSA Ticket"
from = "cw.tickets"
fields = [
  { name = "Ticket", kind = "Text", value = "{{ title }}", title = true },
  { name = "Suggested", kind = "Tag", tags = "Documents", suggest = "first" },
]
[[suggestions]]
when = { ticket.title = ["print"] }
show = "Documents"
shared = ["Hollis Legal Ltd", "Nobody Ltd", "%s"]
"""


def test_a_shared_organization_that_it_glue_lacks(place: Workplace, both: Sides) -> None:
    """A warning with its line; one that is there by its name or id is none."""
    organizations = both.itglue.get("/records/organizations")
    place.file.write_text(place.file.read_text() + SUGGESTING % organizations[0]["id"])

    said = place.json("check")

    there = {one["now"]["attributes"]["name"] for one in organizations if one["now"] is not None}
    lacking = [name for name in ("Hollis Legal Ltd", "Nobody Ltd") if name not in there]
    found = [each for each in said["findings"] if "nothing of it is shared" in each["text"]]
    assert [(each["level"], each["code"], each["line"]) for each in found] == [
        ("warn", "B113", place.line_of("shared = "))
    ] * len(lacking)
    assert all(
        f'IT Glue has no organization "{name}"' in each["text"] for name, each in zip(lacking, found, strict=True)
    )
    assert "Nobody Ltd" in lacking


def test_an_unreachable_host(place: Workplace, both: Sides) -> None:
    """Both sides are tried, each says so for itself."""
    place.edit(both.psa.url, "http://127.0.0.1:9")
    place.edit(both.itglue.url, "http://127.0.0.1:9")

    said = place.run("check")

    assert errors_of(said) == ["B222", "B201"]
    assert "no connection" in said.out
    assert said.out.count("GET 127.0.0.1:9/") == 2
    assert "Traceback" not in said.out + said.err


def test_a_web_page_instead_of_data(place: Workplace, both: Sides) -> None:
    """A proxy's page with status 200 is no answer of either side."""
    page = {"status": 200, "headers": {"content-type": "text/html"}, "body": "<html><h1>Sign in</h1></html>"}
    both.itglue.fault(page, path="organizations")
    both.psa.fault(page, path="company/companies")

    said = place.run("check")

    assert errors_of(said) == ["B222", "B201"]
    assert "Sign in" in said.out


def test_a_missing_credential_is_named_and_the_rest_is_checked(place: Workplace) -> None:
    """The line of bridge.toml that asks for it, and where it was looked for."""
    place.edit("ITGLUE_KEY=", "NO_KEY=", ".env")

    said = place.run("check")

    assert errors_of(said) == ["B102"]
    assert f"bridge.toml:{place.line_of('env:ITGLUE_KEY')} itglue.key: ITGLUE_KEY is neither" in said.out
    assert "ok     cw       12 companies" in said.out


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('mode     = "plan"', 'organisations = 1\nmode = "plan"', "B101"),
        ('keep_for_others = "30%"', 'keep_for_others = "99.9%"', "B130"),
        ('defaults = "2026-11"', 'defaults = "1999-01"', "B121"),
        ("version  = 1", "version  = ", "B100"),
        ('only = "type not in', 'only = "tipe not in', "B122"),
    ],
)
def test_settings_that_cannot_be_used_are_named_by_line(place: Workplace, old: str, new: str, code: str) -> None:
    """Nothing else is tried."""
    place.edit(old, new)

    told = place.json("check")

    [error] = told["findings"]
    assert told["ok"] is False
    assert (error["code"], error["file"]) == (code, "bridge.toml")
    assert error["line"] == place.line_of(new.splitlines()[0])


def test_two_sources_of_one_type_need_a_mark(place: Workplace) -> None:
    """Else instance 2 would adopt the devices of instance 1."""
    place.edit("native      = true", "native      = false")
    text = place.file.read_text()
    first = text[text.index("[sources.cw]") : text.index("# Organizations that are written")]
    place.file.write_text(text + first.replace("[sources.cw]", "[sources.two]"))

    said = place.run("check")

    assert errors_of(said) == ["B107"]
    assert "set native = true on the one" in said.out


def test_a_native_sync_without_a_mark_is_worth_a_warning(place: Workplace) -> None:
    """PSA ids that IT Glue knows would go unused."""
    place.edit("native      = true", "native      = false")

    said = place.run("check")

    assert said.code == 0
    assert "WARN   B213" in said.out
    assert "set native = true on cw" in said.out


def test_adapters_that_do_not_come_with_the_list_are_noticed(place: Workplace, both: Sides) -> None:
    """Matching goes on without PSA ids, and the operator knows."""
    kinds = "^(organizations|locations|contacts|configurations)$"
    both.itglue.fault({"status": 400}, path=kinds, method="GET", nth=[1, 3, 5, 7])

    said = place.run("check")

    assert "WARN   B212" in said.out
    assert said.code == 0


def test_words_that_contradict_the_account_are_not_believed(place: Workplace) -> None:
    """`native_sync = "disconnected"` while records sync."""
    place.edit("[itglue]", '[itglue]\nnative_sync = "disconnected"')

    said = place.run("check")

    assert f"WARN   B214     bridge.toml:{place.line_of('native_sync')}" in said.out


def test_a_data_folder_that_is_none(place: Workplace) -> None:
    """One error for the database, one for the queue, no traceback."""
    (place.folder / "data").write_text("a file")

    said = place.run("check")

    assert said.code == 1
    assert errors_of(said)[:2] == ["B135", "B141"]


def test_a_database_of_a_later_release(place: Workplace) -> None:
    """It is left alone."""
    (place.folder / "data").mkdir()
    made = Database(f"sqlite:///{place.folder / 'data' / 'bridge.db'}")
    with made.write() as connection:
        metadata.create_all(connection)
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('9999_later')")
    made.close()

    said = place.run("check")

    assert errors_of(said) == ["B136"]
    assert "upgrade the bridge" in said.out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux only")
def test_output_that_cannot_be_written_is_an_error_without_a_traceback(place: Workplace) -> None:
    """A full disk under a redirection."""
    with Path("/dev/full").open("w") as full:
        process = place.start("check", stdout=full, stderr=subprocess.PIPE)
        _, err = process.communicate(timeout=20)

    assert process.returncode == 1
    assert "Traceback" not in err
    assert "B137" in err


def test_a_reader_that_has_seen_enough_is_no_error_message(place: Workplace) -> None:
    """`glue-bridge check | head -1`."""
    reader, writer = os.pipe()
    os.close(reader)
    process = place.start("check", stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    _, err = process.communicate(timeout=20)

    assert err == ""


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o666])
def test_a_file_of_keys_that_others_may_read_is_a_warning_with_the_command_that_helps(
    place: Workplace, mode: int
) -> None:
    """As a copy, an editor or a backup leaves it; once closed the warning is gone."""
    environment = place.folder / ".env"
    environment.chmod(mode)

    said = place.run("check")
    environment.chmod(0o600)
    again = place.run("check")

    [line] = [line for line in said.out.splitlines() if "B115" in line]
    assert line == (
        f"WARN   B115     {environment} holds keys and is open to others (mode {mode:04o}): chmod 600 {environment}"
    )
    assert said.code == again.code == 0
    assert "B115" not in again.out
