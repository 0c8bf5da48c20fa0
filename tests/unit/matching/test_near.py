from time import process_time

import pytest

from bridge.matching.near import NearNames, core_words, domain_label, near_names


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Acme Ltd", "Acme Limited"),
        ("Acme Ltd", "ACME"),
        ("Acme Ltd", "Acme, Inc."),
        ("M\u00fcller Maschinenbau GmbH & Co. KG", "Mueller Maschinenbau"),
        ("M\u00fcller Maschinenbau GmbH", "Muller Maschinenbau"),
        ("Harrow Legal LLC", "Harrow Legal L.L.C."),
        ("Smith & Sons", "Smith and Sons Ltd"),
        ("O'Brien Dental", "OBrien Dental"),
        ("The Northgate Group", "Northgate"),
        ("Kraken Tech", "KrakenTech"),
        ("Kraken Tech", "Tech Kraken Ltd"),
        ("Fenwick Accounting", "Fenwik Accounting"),
        ("International Business Machines", "IBM"),
        ("IBM", "International Business Machines Corp"),
        ("Brightwater", "Brightwater Leeds"),
    ],
)
def test_a_near_name_is_suggested(name: str, other: str) -> None:
    """What two people type for one customer differs in these ways."""
    assert [
        found for found, _, _ in near_names(name, [("5", other), ("6", "Sandstone Robotics"), ("7", "Dunmore")])
    ] == ["5"]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Acme Ltd", "Zenith Ltd"),
        ("Harrow Legal", "Oakhurst Legal"),
        ("Harrow Dental Group", "Harlequin Freight Group"),
        ("Ltd", "Inc"),
        ("", "Acme"),
        ("Ann", "Ana"),
    ],
)
def test_what_shares_only_common_words_is_not_near(name: str, other: str) -> None:
    """A list of wrong guesses teaches people to press the wrong key."""
    assert near_names(name, [("5", other)]) == []


def test_exactly_the_name_is_not_near() -> None:
    """That is a match, not a suggestion."""
    assert near_names("Acme Ltd", [("5", "ACME  ltd")]) == []


def test_the_nearest_comes_first_and_says_why() -> None:
    """The person sees the reason beside the name."""
    candidates = [("1", "Smyth and Sons"), ("2", "Smith and Sons, Limited"), ("3", "Sons & Smith"), ("4", "Trading Co")]

    assert near_names("Smith & Sons Ltd", candidates, ["https://www.trading.co.uk/x"]) == [
        ("2", "Smith and Sons, Limited", "same but for Ltd, Inc, punctuation and the like"),
        ("3", "Sons & Smith", "same words in another order"),
        ("4", "Trading Co", "domain trading"),
        ("1", "Smyth and Sons", "spelt alike"),
    ]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("https://www.acme.co.uk/about", "acme"),
        ("bob@mail.acme.com", "acme"),
        ("acme-dental.de", "acmedental"),
        ("ACME.COM.", "acme"),
        ("acme.onmicrosoft.com", "acme"),
        ("bob@gmail.com", None),
        ("localhost", None),
        ("", None),
        ("http://", None),
    ],
)
def test_a_domain_names_its_owner(text: str, label: str | None) -> None:
    """Mail hosts, country and second-level parts name nobody."""
    assert domain_label(text) == label


def test_a_name_of_nothing_but_forms_keeps_its_words() -> None:
    """A customer may be called just "The Group"."""
    assert core_words("The Group") == ("the", "group")


def test_an_account_is_searched_in_a_moment() -> None:
    """600 names against 600, with common words in all of them, well under a second."""
    words = ["Dental", "Legal", "Logistics", "Care"]
    names = [(str(n), f"{chr(65 + n % 26)}{chr(97 + n // 26)}ford{n} {words[n % 4]} Limited") for n in range(600)]
    began = process_time()
    index = NearNames(names)

    found = [index.find(name.replace("Limited", "Ltd"))[0][0] for _, name in names]

    assert found == [itglue_id for itglue_id, _ in names]
    assert process_time() - began < 2
