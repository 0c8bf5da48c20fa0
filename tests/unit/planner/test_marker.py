"""The line in the notes that names a record."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.marker import find_marker, marker_line, with_marker, without_marker
from bridge.records import Ref

REF = Ref("cw", "configuration", "4711")
URL = (
    "https://na.myconnectwise.net/v4_6_release/services/system_io/router/openrecord.rails?recordType=Config&recid=4711"
)
LINE = f"{REF} {URL}"

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n <>&;:"), max_size=60).filter(
    lambda text: "configuration:" not in text and "<" not in text
)


def test_the_line_shows_the_ref_then_the_page_in_the_psa() -> None:
    """A person sees whose record it is and can click to it."""
    assert marker_line(REF, URL) == LINE
    assert marker_line(REF) == "cw:configuration:4711"


@pytest.mark.parametrize("notes", [None, "", "  \n "])
def test_empty_notes_become_the_marker_alone(notes: str | None) -> None:
    """Without notes the marker is all there is."""
    assert with_marker(notes, REF, URL) == LINE


def test_the_marker_is_the_last_line_of_the_notes() -> None:
    """The notes themselves stay in front of it, line by line."""
    assert with_marker("Under the desk.\nAsk Ann.\n", REF, URL).splitlines() == ["Under the desk.", "Ask Ann.", LINE]


def test_html_notes_are_kept_and_the_line_is_set_apart_and_escaped() -> None:
    """IT Glue shows notes as HTML, where a plain line break is nothing."""
    notes = with_marker("<p>Under the <b>desk</b></p>", REF, URL)

    assert notes.startswith("<p>Under the <b>desk</b></p><br>\n")
    assert notes.splitlines()[-1] == LINE.replace("&", "&amp;")
    assert find_marker(notes) == REF
    assert without_marker(notes) == "<p>Under the <b>desk</b></p>"


@settings(deadline=None)
@given(texts, st.sampled_from([URL, None, "https://psa.example/4711"]))
def test_marking_twice_is_marking_once(notes: str, url: str | None) -> None:
    """With_marker is idempotent, is found again, and comes off without a trace."""
    marked = with_marker(notes, REF, url)

    assert with_marker(marked, REF, url) == marked
    assert find_marker(marked) == REF
    assert without_marker(marked) == (notes.rstrip() or None)


def test_a_marker_of_another_page_or_record_is_replaced() -> None:
    """There is one marker: the PSA may have moved, a record may have been pinned to another one."""
    notes = with_marker("Rack 2", Ref("cw", "configuration", "9"), "https://old.example/9")

    assert with_marker(notes, REF, URL) == f"Rack 2\n{LINE}"


@pytest.mark.parametrize(
    "notes",
    [
        f"Rack 2\n{LINE}\nChanged the disk on Monday. Bob",
        f"Rack 2\n{LINE} see also rack 3",
        f"<p>Rack 2</p><p>{LINE}</p>",
        f'<div>Rack 2</div>\n<div>cw:configuration:4711 <a href="{URL}" target="_blank">{URL}</a></div>',
        f"<p>Rack 2<br>cw:configuration:4711&nbsp;{URL}</p>",
        f"Rack 2<br/>{LINE}<br/>",
        f"Rack 2 {LINE}",
        "<p><span>cw:configuration:4711</span></p>",
        '<p>Rack 2</p><p><strong>cw:configuration:4711</strong> <a href="x">x</a></p>',
        "cw:configuration:4711, was in rack 1",
        "Rack 2\r\ncw:configuration:4711\r\n",
        "Rack 2\n\u00a0cw:configuration:4711.",
    ],
)
def test_the_marker_is_found_after_people_and_editors_had_it(notes: str) -> None:
    """Text added after it, tags around it, entities and links in it, collapsed line breaks: still ours."""
    assert find_marker(notes) == REF
    assert find_marker(without_marker(notes)) is None
    assert find_marker(with_marker(notes, REF, URL)) == REF


@pytest.mark.parametrize(
    ("notes", "rest"),
    [
        (f"<p>Rack 2</p><p>{LINE}</p>", "<p>Rack 2</p>"),
        (f'<p>Rack 2</p><p>cw:configuration:4711 <a href="{URL}">{URL}</a></p>', "<p>Rack 2</p>"),
        (f"<p>Rack 2<br>cw:configuration:4711&nbsp;{URL}</p>", "<p>Rack 2</p>"),
        (f"Rack 2\n{LINE}\nChanged the disk.", "Rack 2\nChanged the disk."),
        (f"<p>{LINE}</p>", None),
        ("Rack 2 ", "Rack 2"),
        (None, None),
    ],
)
def test_taking_the_marker_off_leaves_what_people_wrote(notes: str | None, rest: str | None) -> None:
    """Neither empty paragraphs nor stray line breaks stay behind."""
    assert without_marker(notes) == rest


@pytest.mark.parametrize(
    "notes",
    [
        None,
        "",
        "No marker here: none at all",
        "see cw:configuration:4711 for the twin",
        "https://x.example/cw:configuration:4711",
        "cw:device:4711",
    ],
)
def test_what_only_looks_like_a_marker_is_none(notes: str | None) -> None:
    """A Ref in the middle of a sentence is a person's remark, not our mark."""
    assert find_marker(notes) is None


def test_the_line_beats_a_mention_in_a_sentence() -> None:
    """A person may name another record after the marker."""
    assert find_marker(f"{LINE}\nreplaces\nthe twin cw:configuration:4600") == REF


def test_long_notes_are_read_in_time_that_grows_with_them() -> None:
    """Notes are free text of any size and shape: ten times as long takes nowhere near a hundred times as long."""
    for shape in ("\n", "<", "<br>", " cw:configuration:", "<p>"):
        short, long = (min(_seconds(shape * number + LINE) for _ in range(3)) for number in (3_000, 30_000))
        assert long < 40 * max(short, 1e-4), shape


def _seconds(notes: str) -> float:
    began = time.process_time()
    find_marker(notes)
    without_marker(notes)
    return time.process_time() - began
