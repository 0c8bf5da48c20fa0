"""What technicians do with locations, contacts and flexible assets in IT Glue."""

from .desk import Desk
from .known import Below, Row

_RESOURCES = {"location": "locations", "contact": "contacts", "ticket": "flexible_assets"}


def edit_document_notes(desk: Desk) -> bool:
    """Write documentation into the notes of a location or a contact."""
    resource = desk.random.choice(("locations", "contacts"))
    record = _fresh(desk, resource, "notes")
    if record is None:
        return False
    desk.patch_document(resource, record, notes=f"<p>Checked {desk.fresh.number()}</p>")
    return True


def edit_owned_document(desk: Desk) -> bool:
    """Overwrite the city of a location or the title of a contact, which the source owns."""
    kind, word, field = desk.random.choice((("location", "city", "city"), ("contact", "title", "title")))
    found = _linked(desk, kind, lambda found: bool(found.row.get(field)), word)
    if found is None:
        return False
    value = f"Old {desk.fresh.number()}"
    desk.patch_document(_RESOURCES[kind], str(found.record), f"{kind}:{found.id}", **{word: value})
    return True


def edit_trait(desk: Desk) -> bool:
    """Fill in a trait that no block writes; those of a ticket's asset first."""
    return _edit_trait(desk, owned=False)


def edit_owned_trait(desk: Desk) -> bool:
    """Overwrite a text that a block writes into a ticket's asset."""
    return _edit_trait(desk, owned=True)


def archive_asset(desk: Desk) -> bool:
    """Archive an asset by hand."""
    records = [each for each, row in desk.known.documents["flexible_assets"].items() if not row["archived"]]
    if not records:
        return False
    desk.patch_document("flexible_assets", desk.random.choice(records), archived=True)
    return True


def delete_document(desk: Desk) -> bool:
    """Delete the record of a site, a contact or an open ticket by hand."""
    kind = desk.random.choice(("location", "contact", "ticket"))
    found = _linked(desk, kind, lambda found: not found.row.get("closedFlag"), "")
    if found is None:
        return False
    desk.delete_document(_RESOURCES[kind], kind, found)
    return True


def _edit_trait(desk: Desk, *, owned: bool) -> bool:
    fields = _texts(desk, owned=owned)
    assets = desk.known.documents["flexible_assets"]
    places = [
        (record, each["name-key"])
        for record, row in assets.items()
        for each in fields.get(str(row["flexible-asset-type-id"]), ())
        if (record, each["name-key"]) not in desk.edited and (not owned or "bridge-ref" in row["traits"])
    ]
    if not places:
        return False
    record, key = desk.random.choice(places)
    desk.edited.add((record, key))
    desk.patch_document("flexible_assets", record, traits={key: f"Written by hand {desk.fresh.number()}"})
    return True


def _texts(desk: Desk, *, owned: bool) -> dict[str, list[Row]]:
    """Give the fields of text by type: those that blocks write, or those that are left to people."""
    found: dict[str, list[Row]] = {}
    for row in desk.known.documents["flexible_asset_fields"].values():
        is_text = row["kind"] in {"Text", "Textbox"} and row["name-key"] != "bridge-ref"
        if is_text and (row["name"] in desk.owned) == owned:
            found.setdefault(str(row["flexible-asset-type-id"]), []).append(row)
    return found


def _fresh(desk: Desk, resource: str, attribute: str) -> str | None:
    """Pick a record whose attribute was not edited yet: what is edited again and again counts as flapping."""
    records = [record for record in desk.known.documents[resource] if (record, attribute) not in desk.edited]
    if not records:
        return None
    record = desk.random.choice(records)
    desk.edited.add((record, attribute))
    return record


def _linked(desk: Desk, kind: str, fits: object, attribute: str) -> Below | None:
    """Pick a site, a contact or a ticket that is written and whose record is known."""
    assert callable(fits)
    found = desk.pick_below(
        kind,
        lambda found: (
            found.record in desk.known.documents[_RESOURCES[kind]]
            and found.home == found.company
            and (str(found.record), attribute) not in desk.edited
            and bool(fits(found))
        ),
    )
    if found is not None and attribute:
        desk.edited.add((str(found.record), attribute))
    return found
