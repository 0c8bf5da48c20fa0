"""A company's way into the PSA's recycle bin and out of it again, of which no change stamp tells."""

import json

from tests.faults import tenants
from tests.faults.world import Bill, World, world


def words(made: World) -> dict[str, tuple[str, str | None]]:
    """Read the PSA and give what the plan says of each target: its word and code."""
    done = made.processes.command("plan", "--json")
    assert done.code in (0, 2), done.err
    return {line["ref"]: (line["word"], line["code"]) for line in json.loads(done.out)["lines"]}


def test_a_company_taken_out_of_the_recycle_bin_is_written_again() -> None:
    """It leaves the list of what lies there, and its `lastUpdated` stays: that is enough to read it again."""
    with world("--empty", bill=Bill(mapping=tenants.MAPPING)) as made:
        company = tenants.company(made, "Kraken")
        device = tenants.device(made, company, "KRK-1")
        refs = (f"cw:organization:{company}", f"cw:configuration:{device}")
        assert made.processes.command("apply", "--yes").code == 2

        made.source.person("PATCH", f"company/companies/{company}", {"deletedFlag": True})
        recycled = words(made)
        made.source.person("PATCH", f"company/companies/{company}", {"deletedFlag": False})
        restored = words(made)

        assert [recycled[ref] for ref in refs] == [("held", "recycle_bin"), ("held", "parent_held")]
        assert [restored[ref] for ref in refs] == [("equal", None), ("equal", None)]
