"""Suggested documentation: words, rules, order and limits."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.mapping.phrases import holds, words_in
from bridge.mapping.suggest import FIRST, MORE, Condition, Item, Rule, choose, item_of

WORD = st.text(st.sampled_from("abcdeäöüßéñ0123456789ЖЩ"), min_size=1, max_size=6)
BETWEEN = st.text(
    st.sampled_from(" -\u2013\u2014_.,;:!?/\\()[]\u201c\u201d'\"#&+*|\t\n\u00a0\u2011"), min_size=1, max_size=3
)
DAY = datetime(2026, 5, 1, tzinfo=UTC)


def item(number: int, days: int = 0, org: str = "1", name: str = "Note") -> Item:
    """Give an item, changed so many days after another."""
    return Item(str(number), name, org, DAY + timedelta(days=days))


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("Print", True), ("PRINT", True), ("re: print!", True), ("print-server", True), ("(print)", True),
        ("Cannot\u00a0print", True), ("print_queue", True), ("pr\u00adint", True), ("\uff30rint", True),
        ("prints", False), ("printer", False), ("printing", False), ("reprint", False), ("print2", False),
        ("p rint", False), ("", False),
    ],
)  # fmt: skip
def test_a_word_is_exact_and_not_case_sensitive(text: str, fits: bool) -> None:
    """`print` finds Print and PRINT, not prints, printer, printing (api/autotask.md 10)."""
    assert holds(text, words_in("print")) is fits


@pytest.mark.parametrize(
    ("text", "phrase", "fits"),
    [
        ("A paper jam, again", "paper jam", True), ("paper-jam", "Paper  Jam", True), ("paper in jam", "paper jam", False),
        ("jam paper", "paper jam", False), ("Office 365 mail", "office 365", True), ("Office 3650", "office 365", False),
        ("Überweisung fehlt", "u\u0308berweisung", True), ("STRASSE", "straße", True), ("don't print", "don't", True),
        ("x\u0303y", "x", False),
    ],
)  # fmt: skip
def test_several_words_stand_in_a_row(text: str, phrase: str, fits: bool) -> None:
    """In their order, whatever stands between them that is no word; umlauts in either form, digits as they are."""
    assert holds(text, words_in(phrase)) is fits


@given(words=st.lists(WORD, min_size=1, max_size=6), between=st.lists(BETWEEN, min_size=7, max_size=7), data=st.data())
def test_any_run_of_the_words_of_a_text_is_found_in_it(words: list[str], between: list[str], data: Any) -> None:
    """With any punctuation, in any case, composed or not; and never one of them made longer."""
    text = between[0] + "".join(word + gap for word, gap in zip(words, between[1:], strict=False))
    start = data.draw(st.integers(0, len(words) - 1))
    run = words[start : data.draw(st.integers(start + 1, len(words)))]

    assert words_in(text) == tuple(each for word in words for each in words_in(word))
    for form in (" ".join(run), " ".join(run).upper(), normalize("NFD", " ".join(run)), "-".join(run)):
        assert holds(text, words_in(form))
        assert holds(normalize("NFD", text), words_in(form))
    assert not holds(text, words_in("z".join([*run, "z"])))


@given(text=st.text(max_size=40))
def test_words_have_no_boundary_left_in_them(text: str) -> None:
    """What is split once is not split again, and nothing is found in nothing."""
    words = words_in(text)

    assert words_in(" ".join(words)) == words
    assert not holds(text, ())


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(-3, 3), st.sampled_from("12")), max_size=80))
def test_what_is_shown_is_the_head_of_one_order(rows: list[tuple[int, int, str]]) -> None:
    """The own organization first, then the last updated, each item once; five, then up to thirty; in any order given."""
    items = [item(number, days, org) for number, days, org in {row[0]: row for row in rows}.values()]

    found = choose(items, own="1")

    shown = [*found.first, *found.more]
    ranks = [(each.org_id != "1", -each.updated_at.timestamp()) for each in shown]
    left = [(each.org_id != "1", -each.updated_at.timestamp()) for each in items if each not in shown]
    assert found == choose(reversed(items), own="1")
    assert ranks == sorted(ranks)
    assert len(shown) == len({each.id for each in shown}) == min(len(items), FIRST + MORE)
    assert len(found.first) == min(len(items), FIRST)
    assert not left or max(ranks) <= min(left)


@pytest.mark.parametrize("kind", ["documents", "checklists", "flexible_assets:9"])
@given(restricted=st.sampled_from([True, "true", "false", "yes", 1, "", [], {}]))
def test_what_is_restricted_is_never_shown(kind: str, restricted: Any) -> None:
    """Nor what says anything else than that it is not; unset is shown as null or as false."""
    assert item_of(kind, "5", "1", {"name": "Note", "restricted": restricted}) is None
    assert [item_of(kind, "5", "1", {"restricted": each}) is None for each in (None, False)] == [False, False]


def test_what_cannot_be_trusted_is_not_shown() -> None:
    """No word of restriction where the kind has one, archived, of no organization."""
    sound = {"name": "Note", "restricted": False}

    assert item_of("documents", "5", "1", sound) is not None
    assert item_of("documents", "5", "1", {"name": "Note"}) is None
    assert item_of("flexible_assets:9", "5", "1", {"name": "Note"}) is None
    assert item_of("checklists", "5", "1", {"name": "Note"}) is not None
    assert item_of("documents", "5", "1", {**sound, "archived": True}) is None
    assert item_of("documents", "5", None, sound) is None


def test_every_condition_of_a_rule_has_to_hold() -> None:
    """Of ticket, devices and organization; a list's members, captions, and any device will do."""
    rule = Rule("r", "x:1", (
        Condition("ticket", "title", (words_in("jam"), words_in("print"))),
        Condition("device", "type", (words_in("printer"),)),
        Condition("organization", "types", (words_in("client"),)),
        Condition("ticket", "custom", (words_in("3"),), "Floor"),
    ), "Documents")  # fmt: skip
    subjects: dict[str, list[dict[str, Any]]] = {
        "ticket": [{"title": "Print?", "custom": {"Floor": 3}}],
        "device": [{"type": "Server"}, {"type": "Laser printer"}],
        "organization": [{"types": [{"id": "1", "name": "Partner"}, {"id": "2", "name": "Client"}]}],
    }

    assert rule.because(subjects) == {
        "ticket.title": "print", "device.type": "printer", "organization.types": "client", "ticket.custom.Floor": "3",
    }  # fmt: skip
    assert rule.because({**subjects, "device": []}) is None
    assert rule.because({**subjects, "ticket": [{"title": "Printer", "custom": {"Floor": 3}}]}) is None
    assert rule.because({**subjects, "organization": [{}]}) is None


def test_titled_chooses_by_the_name_of_the_item() -> None:
    """One of the words is enough; without any all items are shown."""
    rule = Rule("r", "x:1", (), "Documents", (words_in("print"), words_in("paper jam")))

    assert [rule.takes(item(1, name=name)) for name in ("How to print", "Printers", "Paper Jam")] == [True, False, True]
    assert Rule("r", "x:1", (), "Documents").takes(item(1))
