"""IT Glue's attributes that a mapping may write (api/itglue.md 5.1, 5.4, 5.6)."""

from dataclasses import dataclass

# IT Glue documents no length for these; 255 is what its Text traits take, and what its database's strings hold.
TEXT = 255
# Of a Textbox trait; notes are the same control.
HTML_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of an IT Glue record.

    `word` is what the operator writes, `name` what IT Glue's API calls it. `form` is text, lines, html, date, mac, ip,
    flag, emails, phones, name (found by name, `names` is then IT Glue's resource) or reference (`refers` is then the
    kind of record). A value that IT Glue would refuse holds the record where `strict`, else the attribute is skipped and
    noted. `rule` names the value map that governs it.
    """

    word: str
    form: str = "text"
    name: str = ""
    names: str = ""
    rule: str = ""
    refers: str = ""
    required: bool = False
    strict: bool = False
    settable: bool = True

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", f"{self.word}_id" if self.form in ("name", "reference") else self.word)


def _by_word(*attributes: Attribute) -> dict[str, Attribute]:
    return {each.word: each for each in attributes}


ATTRIBUTES: dict[str, dict[str, Attribute]] = {
    "organizations": _by_word(
        Attribute("name", required=True, strict=True),
        Attribute("short_name"),
        Attribute("type", "name", "organization_type_id", "organization_types", "types", required=True, settable=False),
        Attribute("status", "name", "organization_status_id", "organization_statuses", "statuses", settable=False),
        Attribute("alert", "lines"),
        Attribute("description", "lines"),
        Attribute("quick_notes", "html"),
    ),
    "locations": _by_word(
        Attribute("name", required=True, strict=True),
        Attribute("primary", "flag"),
        Attribute("address_1"),
        Attribute("address_2"),
        Attribute("city"),
        Attribute("postal_code"),
        Attribute("country", "name", names="countries", rule="countries"),
        Attribute("region", "name", names="regions", rule="regions"),
        Attribute("phone"),
        Attribute("fax"),
        Attribute("restricted", "flag"),
        Attribute("notes", "html"),
    ),
    "contacts": _by_word(
        Attribute("first_name", strict=True),
        Attribute("last_name", strict=True),
        Attribute("title"),
        Attribute("type", "name", "contact_type_id", "contact_types", "types", settable=False),
        Attribute("location", "reference", refers="location"),
        Attribute("emails", "emails", "contact_emails"),
        Attribute("phones", "phones", "contact_phones"),
        Attribute("important", "flag"),
        Attribute("restricted", "flag"),
        Attribute("notes", "html"),
    ),
    "configurations": _by_word(
        Attribute("name", required=True, strict=True),
        Attribute(
            "type", "name", "configuration_type_id", "configuration_types", "types", required=True, settable=False
        ),
        Attribute("status", "name", "configuration_status_id", "configuration_statuses", "statuses", settable=False),
        Attribute("hostname"),
        Attribute("serial_number", strict=True),
        Attribute("asset_tag"),
        Attribute("mac_address", "mac"),
        Attribute("primary_ip", "ip"),
        Attribute("default_gateway", "ip"),
        Attribute("manufacturer", "name", names="manufacturers", rule="manufacturers"),
        Attribute("model", "name", names="models", rule="models"),
        Attribute("operating_system", "name", names="operating_systems", rule="operating_systems"),
        Attribute("operating_system_notes", "lines"),
        Attribute("position"),
        Attribute("installed_at", "date"),
        Attribute("installed_by"),
        Attribute("purchased_at", "date"),
        Attribute("purchased_by"),
        Attribute("warranty_expires_at", "date"),
        Attribute("location", "reference", refers="location"),
        Attribute("contact", "reference", refers="contact"),
        Attribute("mitp_device_expiration_date", "date"),
        Attribute("mitp_end_of_life_date", "date"),
        Attribute("restricted", "flag"),
        Attribute("notes", "html"),
    ),
}

# IT Glue's own lists: nothing can be added to them (api/itglue.md 5.2).
READ_ONLY_NAMES = frozenset({"operating_systems", "countries", "regions"})

# Never by `set`: `archived` is written by gone and restore alone, a parent cannot be set by the API.
REFUSED: dict[str, dict[str, str]] = {
    "organizations": {"parent": "IT Glue's API cannot set the parent of an organization"},
    "locations": {"organization": "a location belongs to the organization that its company is matched to"},
    "contacts": {
        "organization": "a contact belongs to the organization that its company is matched to",
        "name": "IT Glue makes it from first_name and last_name",
    },
    "configurations": {
        "archived": "archived is written only by gone, and when a record comes back",
        "organization": "a configuration belongs to the organization that its company is matched to",
    },
}


def find(itglue_type: str, word: str) -> Attribute | None:
    """Give the attribute that an operator names, by its word or by IT Glue's own name; None for an unknown one."""
    table = ATTRIBUTES[itglue_type]
    return table.get(word) or next((each for each in table.values() if each.name == word), None)
