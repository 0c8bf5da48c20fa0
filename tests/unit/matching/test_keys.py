from hashlib import sha256

import pytest

from bridge.matching.junk import lines_of
from bridge.matching.keys import asset_keys, mac_key, normalise_name, record_keys, record_remarks, serial_key
from bridge.records import Ref

REF = Ref("cw", "configuration", "4711")

# What was ever shipped stays, in its order; a release appends lines and moves these two numbers on.
SHIPPED = {
    "junk_serials.txt": (108, "3f3e18600d3b60bf"),
    "junk_macs.txt": (23, "17b2e19d7bd21075"),
}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_junk_lists_only_ever_grow(name: str) -> None:
    """A line that goes would let devices match by a value that stood on many of them."""
    count, digest = SHIPPED[name]

    lines = lines_of(name)

    assert len(lines) >= count
    assert sha256("\n".join(lines[:count]).encode()).hexdigest()[:16] == digest


@pytest.mark.parametrize("name", SHIPPED)
def test_no_junk_stands_twice(name: str) -> None:
    """Each value has one line, whatever its case and punctuation."""
    lines = [line.casefold() for line in lines_of(name)]

    assert len(lines) == len(set(lines))


@pytest.mark.parametrize(
    "serial",
    [
        "To be filled by O.E.M.", "to be filled by o.e.m", "ToBeFilledByOEM", "System Serial Number", " DEFAULT  STRING ",
        "123456789", "0", "0000000000", "00:00:00", "None", "N/A", "n.a.", "Not Specified", "INVALID", "Chassis Serial Number",
        "xxxxxxxx", "XXX-XXX", "---", "", "   ", "1111", "????", "S/N", None, "unknown", "BSN12345678901234567", "\u00a0", "T.B.D.",
    ],
)  # fmt: skip
def test_junk_is_no_serial_number(serial: str | None) -> None:
    """What a board maker left in place of a serial number stands on thousands of devices."""
    assert serial_key(serial) is None


@pytest.mark.parametrize(
    ("serial", "key"),
    [
        ("5CG9120X", "5CG9120X"),
        (" 5cg9120x ", "5CG9120X"),
        ("VMware-56 4d 2f 8e 11 22 33 44-55 66", "VMWARE-56 4D 2F 8E 11 22 33 44-55 66"),
        ("\uff15CG9120X", "5CG9120X"),
        (4711815, "4711815"),
        ("0012", "0012"),
        ("NONE-4711", "NONE-4711"),
    ],
)
def test_a_serial_number_compares_without_case_and_blanks_around(serial: object, key: str) -> None:
    """The PSA and IT Glue are typed by different hands; a virtual machine's uuid is as unique as a serial number."""
    assert serial_key(serial) == key


@pytest.mark.parametrize(
    "mac", ["D8-9D-67-01-02-03", "d8:9d:67:01:02:03", "D89D.6701.0203", "d89d67010203", " D8 9D 67 01 02 03 "]
)
def test_a_mac_address_compares_in_every_form(mac: str) -> None:
    """IT Glue shows dashes and colons, switches show dots."""
    assert mac_key(mac) == "D89D67010203"


@pytest.mark.parametrize(
    "mac",
    [
        "00-00-00-00-00-00", "FF:FF:FF:FF:FF:FF", "01-00-5E-00-00-FB", "00-50-56-C0-00-08", "0A-00-27-00-00-0F",
        "02:00:4C:4F:4F:50", "00-05-9A-3C-7A-00", "D8-9D-67-01-02", "D8-9D-67-01-02-03,D8-9D-67-01-02-04", "DHCP", "", None,
        "20-41-53-59-4E-FF", "50-50-54-50-30-30",
    ],
)  # fmt: skip
def test_junk_is_no_mac_address(mac: str | None) -> None:
    """Adapters that each host has under one address, groups, joined and broken ones tell no device from another."""
    assert mac_key(mac) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme  Ltd ", "acme ltd"),
        ("ACME\tLTD", "Acme Ltd"),
        ("Stra\u00dfe", "STRASSE"),
        ("\uff21cme", "Acme"),
        ("Cafe\u0301", "Caf\u00e9"),
    ],
)
def test_names_are_equal_but_for_width_case_and_blanks(one: str, other: str) -> None:
    """Nobody tells two customers apart by these."""
    assert normalise_name(one) == normalise_name(other)


def test_names_are_not_equal_but_for_punctuation() -> None:
    """A comma or a Ltd makes a near name, which a person has to take."""
    assert normalise_name("Acme, Ltd") != normalise_name("Acme Ltd") != normalise_name("Acme")


def test_a_device_has_keys_from_all_it_says() -> None:
    """Every MAC address counts, joined ones are left out."""
    words = {
        "name": "KRK-LT-14",
        "serial_number": "5cg9120x",
        "mac_address": "D8-9D-67-01-02-03",
        "mac_addresses": ["D8:9D:67:01:02:03", "D8:9D:67:01:02:04", "nonsense"],
    }

    assert record_keys(REF, words, "connectwise") == {
        "marker": ("cw:configuration:4711",),
        "psa_id": ("connectwise:4711",),
        "serial_number": ("5CG9120X",),
        "mac_address": ("D89D67010203", "D89D67010204"),
        "name": ("krk-lt-14",),
    }


def test_only_the_native_source_has_psa_ids() -> None:
    """Device 4711 of a second instance is another one than the device 4711 that IT Glue's own sync knows."""
    assert "psa_id" not in record_keys(REF, {"name": "x"})


def test_other_kinds_match_by_name_alone() -> None:
    """A customer has no serial number; a contact's name is made of two words."""
    assert set(record_keys(Ref("cw", "organization", "3"), {"name": "Acme", "serial_number": "S1234"})) == {
        "marker",
        "name",
    }
    assert record_keys(Ref("cw", "contact", "3"), {"first_name": "Ann", "last_name": None})["name"] == ("ann",)
    assert record_keys(Ref("cw", "contact", "3"), {"first_name": "Ann", "last_name": "Keller"})["name"] == (
        "ann keller",
    )


def test_an_asset_has_the_same_keys() -> None:
    """Read from IT Glue's attributes, its adapter records and the marker in its notes."""
    attributes = {
        "name": "KRK-LT-14",
        "serial_number": "5CG9120X ",
        "mac_address": "D8:9D:67:01:02:03",
        "notes": "<p>Under the desk</p><br>\ncw:configuration:4711 https://psa.example/4711",
    }

    assert asset_keys(attributes, [("ConnectWise", "4711"), ("Microsoft", "9")]) == [
        ("marker", "cw:configuration:4711"),
        ("psa_id", "connectwise:4711"),
        ("psa_id", "microsoft:9"),
        ("serial_number", "5CG9120X"),
        ("mac_address", "D89D67010203"),
        ("name", "krk-lt-14"),
    ]


def test_the_marker_of_a_flexible_asset_is_its_trait() -> None:
    """The `Bridge ref` trait stands where other records have notes."""
    assert ("marker", "cw:ticket:9") in asset_keys(
        {"name": "#9", "traits": {"bridge-ref": "cw:ticket:9", "title": "#9"}}
    )
    assert asset_keys({"name": "#9", "traits": None}) == [("name", "#9")]


@pytest.mark.parametrize("word", ["ConnectWise", "connectwise manage", "ConnectWise PSA", "manage", "cw-manage"])
def test_all_spellings_of_the_psa_are_one(word: str) -> None:
    """IT Glue names the adapter in one way and filters by another."""
    assert asset_keys({}, [(word, "311")]) == [("psa_id", "connectwise:311")]


def test_the_rmm_of_the_same_maker_is_another_adapter() -> None:
    """ConnectWise Automate's ids are not the PSA's."""
    assert asset_keys({}, [("ConnectWise Automate", "311")]) == [("psa_id", "connectwiseautomate:311")]


def test_what_is_no_key_is_said() -> None:
    """`explain` shows why a device did not match by what stands on it."""
    words = {"serial_number": "Default string", "mac_address": "D8-9D-67-01-02-03,D8-9D-67-01-02-04"}

    assert record_remarks(REF, words) == (
        'serial "Default string" is a junk value',
        'MAC "D8-9D-67-01-02-03,D8-9D-67-01-02-04" is no single address',
    )
    assert record_remarks(REF, {"serial_number": "5CG9120X", "mac_address": None}) == ()
    assert record_remarks(Ref("cw", "organization", "3"), {"serial_number": "x"}) == ()
