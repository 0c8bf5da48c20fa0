"""bridge.toml: everything that is wrong is said at once, with its line."""

import json
from pathlib import Path

import pytest

from bridge.errors import SettingsError
from bridge.mapping import compile_mapping
from bridge.settings import SettingsErrors, load_settings, schema
from bridge.times import Times
from tests.unit.settings.files import GOOD, MODELS, above, load, problems, source


def test_a_short_file_has_every_default(tmp_path: Path) -> None:
    """Plan only, no one in the rollout, one box, the documented limits and times."""
    settings = load(tmp_path, GOOD)

    assert settings.mode == "plan"
    assert settings.rollout is None
    assert settings.itglue.base_url == "https://api.eu.itglue.com"
    assert settings.itglue.quota[0].requests == 3000
    assert settings.itglue.quota[0].per == 300
    assert settings.itglue.share == 0.3
    assert settings.protocol.times() == Times()
    assert (settings.stops.creates.hour, settings.stops.creates.day) == (200, 1000)
    assert (settings.stops.archives.day, settings.stops.archives.share) == (100, 0.05)
    assert settings.data_folder == tmp_path / "data"
    assert settings.database_url == f"sqlite:///{tmp_path / 'data' / 'bridge.db'}"
    assert settings.redis_url is None
    assert settings.native_source is None


def test_every_problem_is_reported_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    """A person mends a file once, not ten times."""
    text = """\
version  = 2
defaults = "2026-11"
mod      = "apply"
[itglue]
regoin = "us"
key    = "env:ITGLUE_KEY"
quota  = { requests = 20, per = "5 minutes" }
[sources.cw]
type  = "psa"
token = "in clear"
page_sice = 10
[configurations]
types = [
  "Server -> Server",
  "Laptop => Laptop",
]
once = "notes"
"""

    assert problems(tmp_path, text) == [
        ("B120", 1),
        ("B101", 3),
        ("B101", 5),
        ("B104", 7),
        ("B105", 8),
        ("B103", 10),
        ("B101", 11),
        ("B124", 15),
        ("B104", 17),
    ]


def test_an_unknown_key_names_the_nearest_known_one(tmp_path: Path) -> None:
    """In a table of ours and in a connector's alike."""
    with pytest.raises(SettingsErrors) as caught:
        load(tmp_path, GOOD.replace("region", "regoin").replace("url ", "urll"))

    said = str(caught.value)
    assert 'bridge.toml:4 unknown key itglue.regoin; nearest: "region"' in said
    assert 'bridge.toml:8 unknown key sources.cw.urll; nearest: "url"' in said
    assert caught.value.code == "B101"
    assert caught.value.line == 4


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("version = 1\n[", "B100", 2),
        ("version = 1\nversion = 1\n", "B100", 2),
        (GOOD.replace("2026-11", "2026-12"), "B121", 2),
        (GOOD.replace("[itglue]", "[itglu]"), "B101", 3),
        (GOOD.replace('"psa"', '"pas"'), "B106", 7),
        (GOOD.replace('type  = "psa"\n', ""), "B106", 6),
        (GOOD.replace("sources.cw", "'sources'.'c:w'"), "B104", 6),
        (GOOD.replace('"env:PSA_TOKEN"', "5"), "B104", 9),
        (GOOD + 'zone = "Mars/Olympus"\n', "B104", 10),
        (GOOD + "page_size = 2000\n", "B104", 10),
        (GOOD.replace('region = "eu"', 'region = "uk"'), "B104", 4),
        (GOOD.replace('region = "eu"', 'url = "http://api.itglue.test"'), "B104", 4),
        (GOOD.replace('region = "eu"', 'region = "eu"\nurl = "https://api.itglue.test"'), "B104", 3),
        (GOOD.replace('region = "eu"', 'quota = { requests = 30, keep_for_others = "70%" }'), "B130", 4),
        (above('mode = "aply"'), "B104", 3),
        (above("configurations = { gone = 5 }"), "B104", 3),
        (above('organizations = { create = "maybe" }'), "B104", 3),
        (above("override = [ { configurations = {} } ]"), "B105", 3),
        (above('protocol = { deadline = "60s" }'), "B108", 3),
        (above("protocol = { lease = 50 }"), "B108", 3),
        (above('protocol = { lease = "-50s" }'), "B104", 3),
        (above('protocol = { backoff_min = "2h" }'), "B108", 3),
        (above('store = { redis = "redis://queue" }'), "B109", 3),
        (above('store = { database = "postgresql://db/bridge" }'), "B109", 3),
        (above('store = { database = "postgresql://me:pw@db/bridge", redis = "redis://queue" }'), "B103", 3),
        (above('service = { alerts = { format = "fax", url = "https://x" } }'), "B104", 3),
        (above('service = { web = { password = "pw" } }'), "B103", 3),
    ],
)  # fmt: skip
def test_a_file_that_cannot_work_is_refused_with_code_and_line(text: str, code: str, line: int, tmp_path: Path) -> None:
    """Each problem has its own page in docs/errors.md."""
    path = tmp_path / "bridge.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError) as caught:
        load_settings(path, MODELS, environment={"ITGLUE_KEY": "k", "PSA_TOKEN": "t"})

    found = caught.value.problems if isinstance(caught.value, SettingsErrors) else (caught.value,)
    assert (code, line) in [(each.code, each.line) for each in found]


def test_a_file_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    """The first mistake of a first user."""
    with pytest.raises(SettingsError, match="glue-bridge init") as caught:
        load_settings(tmp_path / "bridge.toml", MODELS)

    assert caught.value.code == "B100"


def test_lines_hold_on_any_platform(tmp_path: Path) -> None:
    """Windows' line ends and a byte order mark shift nothing."""
    path = tmp_path / "bridge.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("region", "regoin").replace("\n", "\r\n").encode())

    with pytest.raises(SettingsErrors) as caught:
        load_settings(path, MODELS, environment={})

    assert [(each.code, each.line) for each in caught.value.problems] == [("B101", 4)]


def test_lengths_of_time_and_shares_have_several_forms(tmp_path: Path) -> None:
    """The short times of tests among them."""
    text = above(
        'protocol = { write_window = 1, list_lag = "2s", deadline = "0.5s", intend_age = "200ms", lease = "2s",'
        ' backoff_min = 0.1, backoff_max = "1s", sweep = "0.2s", polls = { ticket = "1h 30m" } }\n'
        'stops = { shrunken = 0.1, creates = { hour = 5 } }'
    )  # fmt: skip

    settings = load(tmp_path, text)

    assert settings.protocol.times() == Times(
        write_window=1, list_lag=2, deadline=0.5, intend_age=0.2, lease=2, backoff_min=0.1, backoff_max=1, sweep=0.2
    )
    assert settings.protocol.polls.ticket == 5400
    assert settings.protocol.polls.configuration == 60
    assert settings.stops.shrunken == 0.1
    assert (settings.stops.creates.hour, settings.stops.creates.day) == (5, 1000)


def test_several_windows_of_a_quota(tmp_path: Path) -> None:
    """An account may have one limit in five minutes and another in a day."""
    quota = 'quota = [{ requests = 3000, per = "5m" }, { requests = 9000, per = "1d", keep_for_others = "50%" }]'

    settings = load(tmp_path, GOOD.replace('region = "eu"', quota))

    assert [(window.requests, window.per) for window in settings.itglue.quota] == [(3000, 300), (9000, 86_400)]
    assert settings.itglue.share == 0.5


def test_several_machines_need_both_database_and_queue(tmp_path: Path) -> None:
    """PostgreSQL and Redis together are the other supported shape."""
    text = above('store = { database = "env:DATABASE_URL", redis = "redis://queue/0" }')

    settings = load(tmp_path, text, DATABASE_URL="postgresql+psycopg://me:pw@db/bridge")

    assert settings.database_url == "postgresql+psycopg://me:pw@db/bridge"
    assert settings.redis_url == "redis://queue/0"


def test_two_instances_of_one_type_need_one_mark(tmp_path: Path) -> None:
    """Else the second would adopt the first one's devices by their PSA ids."""
    text = GOOD + source("second")

    assert problems(tmp_path, text) == [("B107", 10)]
    assert problems(tmp_path, GOOD + source("second", native="true")) == []
    assert problems(tmp_path, GOOD + "native = true\n" + source("second", native="true")) == [("B107", 11)]
    assert load(tmp_path, GOOD + source("second", native="true")).native_source == "second"


def test_kinds_of_a_later_release_are_refused_by_the_mapping(tmp_path: Path) -> None:
    """Their shape is checked, so that a file can be prepared; compiling says that nothing would be done."""
    settings = load(tmp_path, above("mode = 'plan'\ntickets = {}\n"))

    with pytest.raises(SettingsErrors) as caught:
        compile_mapping(settings)

    assert [(each.code, each.line) for each in caught.value.problems] == [("B128", 4)]
    table = 'flexible_assets = [{ type = "PSA Ticket", from = "cw.tickets", fields = [{ name = "T", kin = "Text" }] }]'
    assert problems(tmp_path, above(table)) == [("B105", 3), ("B101", 3)]


def test_the_digest_is_of_what_decides_a_plan(tmp_path: Path) -> None:
    """A saved plan is refused after a change of the mapping, not after a rotation, a comment or a time."""
    base = load(tmp_path, GOOD).digest

    same = ["# comment\n" + GOOD, above('mode = "apply"'), GOOD.replace("PSA_TOKEN", "OTHER"), above("stops = { flaps = 5 }")]  # fmt: skip
    other = [above('rollout = { organizations = "*" }'), above("configurations = { once = [] }"), GOOD.replace("psa.test", "two.test"), GOOD + "native = true\n"]  # fmt: skip

    assert {load(tmp_path, text).digest for text in same} == {base}
    assert base not in [load(tmp_path, text).digest for text in other]


def test_the_schema_knows_every_table_and_the_connectors_keys() -> None:
    """Editors complete and check the file by it."""
    whole = schema(MODELS)

    assert {"itglue", "sources", "rollout", "stops", "organizations", "configurations", "override", "protocol"} <= set(
        whole["properties"]
    )
    assert "page_size" in json.dumps(whole["properties"]["sources"])
    assert json.loads(json.dumps(whole)) == whole


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ('mode = "aply"', 'mode: write "plan" or "apply", not "aply"'),
        ("organizations = 5", "organizations: write a table"),
        ("organizations = { match = 5 }", "organizations.match: write a list"),
        ("organizations = { types = [5] }", 'organizations.types[0]: write a line such as "A, B -> C"'),
        ("organizations = { types = [{ from = [], to = 'b' }] }", "types[0].from: write at least one entry"),
        ("organizations = { types = [{ from = ['a'], to = '' }] }", "types[0].to: write a text that is not empty"),
        ("organizations = { only = 5 }", "organizations.only: write text in quotes"),
        ("configurations = { marker = 'x' }", "configurations.marker: write true or false"),
        ("stops = { creates = { hour = 'x' } }", "stops.creates.hour: write a whole number"),
        ("stops = { creates = { hour = -1 } }", "stops.creates.hour: write 0 or more"),
        ("stops = { shrunken = '120%' }", 'stops.shrunken: write a share from "0%" to less than "100%"'),
        ("service = { workers = { live = 99 } }", "service.workers.live: write 64 or less"),
        (
            "service = { alerts = { url = 'https://x', digest = '25:00' } }",
            'alerts.digest: write a time of day, such as "08:00"',
        ),
        ("protocol = { lease = 0 }", "protocol.lease: write a number above 0"),
    ],
)
def test_what_a_key_takes_is_said_in_our_words(key: str, said: str, tmp_path: Path) -> None:
    """With file and line; no sentence of the library that reads the table comes through."""
    with pytest.raises(SettingsErrors) as caught:
        load(tmp_path, above(key))

    assert [str(each) for each in caught.value.problems if said in str(each)] == [str(caught.value)]
    assert str(caught.value).startswith("bridge.toml:3 ")
    for foreign in ("Input", "should", "valid dictionary", "tuple", "instance of"):
        assert foreign not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('url = "https://a:999999"', "itglue.url: write a region"),
        ('url = "https://[::1"', "itglue.url: write a region"),
        ('url = "https://two words"', "itglue.url: write a region"),
        ('url = "https://acme.itglue.com"', "itglue.url: acme.itglue.com has pages for people"),
        ('url = "https://api.itglue.com/organizations"', "write the address alone, without a page"),
        ("quota = { per = 0 }", "itglue.quota.per: write a number above 0"),
        ("quota = 5", "itglue.quota: write the requests of a window"),
        ('quota = { requests = 30, keep_for_others = "70%" }', "leaves the bridge 9 of 30 requests in 300 s"),
    ],
)
def test_an_account_that_cannot_be_is_refused_in_our_words(line: str, said: str, tmp_path: Path) -> None:
    """An address that leads nowhere would otherwise be a failed request, or a traceback, of a later command."""
    with pytest.raises(SettingsErrors) as caught:
        load(tmp_path, GOOD.replace('region = "eu"', line))

    assert said in str(caught.value)
    assert caught.value.line == 4


def test_a_secret_of_the_wrong_form_is_named_once(tmp_path: Path) -> None:
    """A secret is one of several things; the person hears what to write."""
    assert problems(tmp_path, GOOD.replace('"env:ITGLUE_KEY"', "5")) == [("B104", 5)]
