"""How far a command is, where nobody watches: in the log of a timer or of a script."""

import re
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO

import pytest

from bridge import app
from bridge.cli import planning, progress
from tests.e2e.safety.unattended import SYNCED, Desk, Scene, scene

CUSTOMERS = 11


@pytest.fixture
def office() -> Iterator[Scene]:
    """Give an empty account, and customers that are new."""
    with scene(mapping='[organizations]\ncreate = "yes"\n') as made:
        desk = Desk(made.world)
        for number in range(CUSTOMERS):
            desk.company(f"Customer {number:02}")
        yield made


def test_an_apply_that_writes_for_long_says_so_every_ten_seconds(office: Scene) -> None:
    """Each organization is a request, and each takes a second."""
    file = str(office.world.folder / "the.plan")
    planned = office.command("plan", "-o", file, code=SYNCED)
    office.world.itglue.fault({"delay": 1.0})

    applied = office.command("apply", file, code=SYNCED)

    told = re.findall(r"^after (\d+) s: written (\d+) of (\d+)$", applied.err, re.MULTILINE)
    assert planned.err == ""
    assert told
    assert all(of == str(CUSTOMERS) for _, _, of in told)
    assert int(told[0][0]) in {10, 11}
    assert 1 <= int(told[0][1]) < CUSTOMERS


def test_reading_tells_how_far_it_is_though_no_answer_comes(office: Scene) -> None:
    """By the clock, not by what comes: a slow answer is when somebody wants to know."""
    office.world.source.fault({"delay": 0.5}, path="company/companies")
    office.world.itglue.fault({"delay": 0.3}, path="^organizations$")
    settings = app.settings_of(office.world.path)

    with redirect_stderr(StringIO()) as err, app.engine_of(settings, who="plan by a timer") as engine:
        with progress.of(engine, every=0.1):
            planning.read_new(engine, settings.data_folder, refresh_index=True)
        ended = err.getvalue()

    assert ended.startswith("after 0 s: no answer yet\n")
    assert f"mirrored {CUSTOMERS}\n" in ended
    assert re.search(r"^after \d+ s: read \w+ \d+$", ended, re.MULTILINE)
