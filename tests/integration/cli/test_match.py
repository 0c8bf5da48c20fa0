"""`glue-bridge match`."""

import csv
import os
import pty
import signal
import subprocess
from pathlib import Path

import sqlalchemy as sa

from bridge.store.schema import decisions, targets
from tests.integration.cli.processes import hanging, running_on
from tests.integration.cli.workplace import Sides, Workplace

SUMMARY = "12 companies: 2 excluded by [organizations].only, 4 matched (3 PSA id, 1 exact name), 1 held (1 recycle_bin), 5 need you"
HOLLIS, HOLLIS_LIMITED = "cw:organization:253", "1694461951900014"


def decided(place: Workplace) -> dict[str, tuple[str, str | None, str | None]]:
    """Give the stored decisions, by Ref."""
    with place.engine() as engine, engine.db.read() as connection:
        rows = connection.execute(
            sa.select(targets.c.anchor, decisions).join(targets, targets.c.id == decisions.c.target)
        ).all()
        return {row.anchor: (row.verb, row.itglue_id, row.why) for row in rows}


def test_customers_are_counted_by_what_becomes_of_them(place: Workplace) -> None:
    """Who is left needs a person, with candidates and their devices; near names are offered, never taken."""
    said = place.run("match")

    assert said.code == 2
    assert said.err == ""
    lines = said.out.splitlines()
    assert lines[0] == SUMMARY
    assert (
        f'  {HOLLIS}  Hollis Legal Ltd    not found; near: {HOLLIS_LIMITED} "Hollis Legal Limited" (3 devices; same'
        in said.out
    )
    assert '2 candidates: 2400128 "Inglewood Hotels Inc" (2 devices), 1694461951900035' in said.out
    assert "not found, and no name is near" in said.out
    assert "claimed by cw:organization:262 too" in said.out


def test_who_needs_a_person_is_who_was_seeded_as_a_trap(place: Workplace, both: Sides) -> None:
    """No more and no less, with the code of each."""
    seeded = {f"cw:{each['ref']}": each["code"] for each in both.psa.get("/traps") if "organization" in each["ref"]}

    told = place.json("match")

    found = {each["ref"]: each["code"] for each in told["need_you"]}
    assert found == {ref: code for ref, code in seeded.items() if code not in {"excluded", "recycle_bin"}}
    assert told["held"] == {"recycle_bin": 1}
    assert told["excluded"] == {"[organizations].only": 2}
    assert told["matched"] == {"psa_id": 3, "name": 1}
    assert set(told) == {"companies", "excluded", "matched", "create", "held", "gone", "stored", "need_you", "problems"}
    assert set(told["need_you"][0]["candidates"][0]) == {"itglue_id", "name", "devices", "why"}


def test_nothing_is_written_to_either_side(place: Workplace, both: Sides) -> None:
    """And a second look at IT Glue within a quarter of an hour costs nothing."""
    before = len(both.itglue.get("/requests")), len(both.psa.get("/requests"))
    place.run("match")
    first = both.itglue.get("/requests")[before[0] :]

    place.run("match")

    again = both.itglue.get("/requests")[before[0] + len(first) :]
    assert {each["method"] for each in first + both.psa.get("/requests")[before[1] :]} == {"GET"}
    assert again == []


def test_a_table_goes_out_and_comes_back(place: Workplace) -> None:
    """What a person fills in is stored, once; what stays blank still needs them."""
    out = place.run("match", "--csv-out", "match.csv")
    table = Path("match.csv")
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert out.code == 2
    assert [row["verb"] for row in rows] == [""] * 5
    fill(table, {
        HOLLIS: ("pin", HOLLIS_LIMITED, None),
        "cw:organization:259": ("exclude", "", "a rival's"),
        "cw:organization:274": ("new", "", ""),
        "cw:organization:265": ("ban", "1694461951900035", ""),
    })  # fmt: skip

    said = place.run("match", "--csv-in", "match.csv")
    again = place.json("match", "--csv-in", "match.csv")

    assert said.out.startswith("4 choices stored from match.csv\n12 companies: ")
    assert decided(place) == {
        HOLLIS: ("pin", HOLLIS_LIMITED, None),
        "cw:organization:259": ("exclude", None, "a rival's"),
        "cw:organization:274": ("new", None, None),
        "cw:organization:265": ("ban", "1694461951900035", None),
    }
    assert again["stored"] == 1  # a ban may be said again, the others stand
    assert again["need_you"] == []
    assert again["excluded"] == {"[organizations].only": 2, "decision": 1}
    assert again["held"] == {"recycle_bin": 1, "native_sync_on": 1}
    assert again["matched"] == {"psa_id": 3, "name": 3, "pin": 1}


def fill(table: Path, verbs: dict[str, tuple[str, str, str | None]], delimiter: str = ",") -> None:
    """Fill a table in as a person does; a why of None is left as it was written."""
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter=delimiter)
        writer.writeheader()
        for row in rows:
            if row["ref"] in verbs:
                verb, itglue_id, why = verbs[row["ref"]]
                row |= {"verb": verb, "itglue_id": itglue_id, "why": row["why"] if why is None else why}
            writer.writerow(row)


def test_a_table_with_semicolons_is_read_too(place: Workplace) -> None:
    """As spreadsheets of half the world save them."""
    place.run("match", "--csv-out", "match.csv")
    fill(Path("match.csv"), {"cw:organization:274": ("new", "", "")}, delimiter=";")

    said = place.run("match", "--csv-in", "match.csv")

    assert "1 choice stored" in said.out


def test_every_wrong_row_is_named_and_nothing_is_stored(place: Workplace) -> None:
    """Each with its line: an unknown verb, an unknown company, no id, an id that is not there, one pinned twice."""
    Path("match.csv").write_text(
        "ref,name,verb,itglue_id,why\n"
        "cw:organization:274,,new,,\n"
        "cw:organization:265,,adopt,,\n"
        "cw:organization:1,,new,,\n"
        "nonsense,,exclude,,\n"
        f"{HOLLIS},,pin,here,\n"
        "cw:organization:259,,pin,77,\n"
        "cw:organization:262,,pin,2400121,\n"
        "cw:organization:268,,pin,2400121,\n"
        "cw:organization:274,,exclude,,\n"
    )

    said = place.run("match", "--csv-in", "match.csv", "--json")

    errors = said.json["errors"]
    assert said.code == 1
    assert [(each["code"], each["line"]) for each in errors] == [("B404", line) for line in (3, 4, 5, 6, 7, 9, 10)]
    assert "IT Glue had no organization 77" in errors[4]["message"]
    assert "line 8 pins 2400121 too" in errors[5]["message"]
    assert decided(place) == {}


def test_a_table_that_is_none_is_refused(place: Workplace) -> None:
    """No file, no such columns."""
    Path("other.csv").write_text("a,b\n1,2\n")

    missing, other = place.run("match", "--csv-in", "none.csv"), place.run("match", "--csv-in", "other.csv")

    assert (missing.code, other.code) == (1, 1)
    assert "B404     none.csv cannot be read" in missing.err
    assert "other.csv:1 has no column ref, verb, itglue_id" in other.err


def test_a_table_is_never_overwritten(place: Workplace) -> None:
    """It may hold an hour's work."""
    Path("match.csv").write_text("mine")

    said = place.run("match", "--csv-out", "match.csv")

    assert said.code == 1
    assert "B405" in said.err
    assert Path("match.csv").read_text() == "mine"


def test_on_a_terminal_it_asks_for_one_customer_after_the_other(place: Workplace) -> None:
    """Each choice is stored at once; what cannot be taken is said and asked again."""
    master, slave = pty.openpty()
    process = place.start("match", stdin=slave, stdout=slave, stderr=subprocess.PIPE, start_new_session=True)
    os.close(slave)
    shown = ""
    for answer in ("p", "77", "x", "merged away", "s", "P", "q"):
        shown += until(master, " > ")
        os.write(master, f"{answer}\n".encode())
    shown += until(master, "need you", "needs you")
    _, err = process.communicate(timeout=20)
    os.close(master)

    assert process.returncode == 2, err
    assert f"[p]in {HOLLIS_LIMITED}  [n]ew  [x] exclude  [s]kip" in shown
    assert "IT Glue had no organization 77" in shown
    assert "[p]in 2400128  [P]in 1694461951900035" in shown
    assert decided(place) == {
        HOLLIS: ("pin", HOLLIS_LIMITED, None),
        "cw:organization:259": ("exclude", None, "merged away"),
        "cw:organization:265": ("pin", "1694461951900035", None),
    }


def until(master: int, *marks: str) -> str:
    """Read what is shown until one of the marks stands there."""
    shown = ""
    while not any(mark in shown for mark in marks):
        shown += os.read(master, 4096).decode()
    return shown


def match_of(place: Workplace) -> "subprocess.Popen[str]":
    """Begin a match, away from this terminal."""
    return place.start("match", stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def test_ctrl_c_ends_it_cleanly(place: Workplace) -> None:
    """Exit code 130, no traceback, and the queue server that it started ends with it."""
    process = hanging(place, lambda: match_of(place))

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)

    assert process.returncode == 130
    assert (out, err) == ("", "")
    assert "glue-bridge" not in running_on(place.folder)


def test_sigterm_ends_it_alike(place: Workplace) -> None:
    """As a service manager, or a container that is stopped, asks."""
    process = hanging(place, lambda: match_of(place))

    process.terminate()
    process.communicate(timeout=10)

    assert process.returncode == 143
    assert running_on(place.folder) == ""


def test_a_side_that_was_paused_is_probed_at_once(place: Workplace) -> None:
    """Whoever corrects a key and tries again does not get the old error."""
    place.edit("CW_PRIVATE_KEY=", "CW_PRIVATE_KEY=wrong", ".env")
    first = place.run("match")
    place.edit("CW_PRIVATE_KEY=wrong", "CW_PRIVATE_KEY=", ".env")

    second = place.run("match")

    assert first.code == 1
    assert first.err.startswith("ERROR  B202     cw: ")
    assert first.err.count("\n") == 1
    assert second.out.startswith(SUMMARY)


def test_an_itglue_that_answers_with_a_page_is_an_error(place: Workplace, both: Sides) -> None:
    """With the side, the request and the remedy; what was read of the PSA stays."""
    page = {"status": 200, "headers": {"content-type": "text/html"}, "body": "<html>maintenance</html>"}
    both.itglue.fault(page, path="organizations")

    said = place.run("match")

    assert said.code == 1
    assert said.err.startswith("ERROR  B222     itglue: GET organizations")
    assert "status.itglue.com" in said.err
