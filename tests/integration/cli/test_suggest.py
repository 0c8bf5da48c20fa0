"""`glue-bridge suggest`, by what was read of both sides."""

from bridge.cli import shapes
from tests.integration.cli.workplace import Workplace

BLOCK = """
[[flexible_assets]]
type = "Ticket notes"
from = "cw.tickets"
only = "open"
fields = [
  { name = "Ticket", kind = "Text", value = "#{{ number }} {{ title | truncate(200) }}", title = true },
  { name = "Suggested", kind = "Tag", tags = "Documents", suggest = "first" },
  { name = "More", kind = "Tag", tags = "Documents", suggest = "more" },
]
[[suggestions]]
name = "printing"
when = { ticket.title = ["paper", "printer jams"] }
show = "Documents"
[[suggestions]]
when = { device.type = ["server"], ticket.title = ["nothing has this"] }
show = "Documents"
"""


def adopted(place: Workplace) -> tuple[str, str]:
    """Give an open ticket about a printer whose organization is linked: its reference, and the organization's id."""
    place.drain()
    with place.file.open("a", encoding="utf-8") as file:
        file.write(BLOCK)
    assert place.run("plan").code == 2
    for record in place.sides.psa.person("GET", "service/tickets"):
        now = record["now"] or {}
        if "Printer jams" not in str(now.get("summary")) or now.get("closedFlag"):
            continue
        owner = place.shows(f"cw:organization:{now['company']['id']}")["link"]
        if owner is not None:
            return f"cw:ticket:{now['id']}", owner["id"]
    raise AssertionError("no such ticket in this provider")


def test_what_fits_is_said_with_the_rule_that_said_so(drained: Workplace) -> None:
    """By which words, from which line, as read when; restricted items never; and no request to anybody."""
    place = drained
    ref, org = adopted(place)
    itglue = place.sides.itglue
    made = [
        itglue.person("POST", "documents", {"attributes": {"organization-id": int(org), "name": name, **more}})["id"]
        for name, more in (("Tray 2", {}), ("Printers", {}), ("Keys", {"restricted": True}))
    ]
    place.run("plan", "--refresh")
    asked = len(itglue.get("/requests"))

    told = place.json("suggest", ref)
    said = place.run("suggest", ref)
    requests = len(itglue.get("/requests")) - asked
    for each in made:
        itglue.control.delete(f"/records/documents/{each}").raise_for_status()

    assert tuple(told) == shapes.keys("suggest")
    [shown] = told["shown"]
    line = place.line_of('name = "printing"') - 1
    assert [rule["fits"] for rule in told["rules"]] == [True, False]
    assert told["rules"][0] == {
        "rule": "printing", "where": f"bridge.toml:{line}", "fits": True, "because": {"ticket.title": "printer jams"},
        "chose": len(shown["suggested"]) + len(shown["more"]),
    }  # fmt: skip
    assert [item["id"] for item in shown["suggested"]][:2] == [str(made[1]), str(made[0])]
    assert {rule for item in shown["suggested"] for rule in item["rules"]} == {"printing"}
    assert (shown["kind"], shown["unread"], bool(shown["read_at"])) == ("Documents", None, True)
    assert str(made[2]) not in said.out
    assert said.code == 0
    assert f'rule printing (bridge.toml:{line})  fits: ticket.title has "printer jams"' in said.out
    assert "rule 2" in said.out
    assert "does not fit" in said.out
    assert "Printers" in said.out
    assert requests == 0


def test_what_has_no_suggestions_says_so(drained: Workplace) -> None:
    """No rules, a record that is no ticket, one that was never read."""
    place = drained
    none = place.run("suggest", "cw:ticket:1")
    ref, _ = adopted(place)

    company = place.run("suggest", "cw:organization:19301")
    unknown = place.run("suggest", "cw:ticket:1")

    assert (none.code, "B419" in none.err) == (1, True)
    assert (company.code, "B419" in company.err or "B401" in company.err) == (1, True)
    assert (unknown.code, "B401" in unknown.err) == (1, True)
    assert place.run("suggest", ref).code == 0


def test_check_prices_what_is_read_for_it(place: Workplace) -> None:
    """Documents one by one for each customer; without rules nothing is said."""
    silent = place.run("check").out
    with place.file.open("a", encoding="utf-8") as file:
        file.write(BLOCK)
    customers = sum(one["now"] is not None for one in place.sides.itglue.get("/records/organizations"))

    said = place.run("check").out

    assert "what is suggested" not in silent
    assert f"{customers} requests a night to read what is suggested, one for each customer at most" in said
