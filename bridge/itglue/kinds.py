"""The resources of IT Glue that the bridge uses, and what each can do (api/itglue.md 5 to 7)."""

from dataclasses import dataclass, replace
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource, by its path word.

    `parent` is the resource under which it lives; `nested_list` says that the list of one parent has a route of its
    own, on which filters do not work, else it is the flat list with a filter on the parent's id. `sort` is what makes
    pages stable. `bulk_create` says that several can be made in one request, on the parent's route; `bulk_update` that several can be
    changed in one, on the flat route. `by_id` says that lists can be filtered by id. `identity` are the attributes by which people tell records apart. `synced` are
    the attributes that stay writable on a record owned by the native sync. `adapters` says that PSA ids can be asked
    for with the list, `fields` that each record comes with its fields. `type_id` is the type whose assets alone are meant.
    `nested_params` are asked for with every page of a nested list.
    """

    word: str
    identity: tuple[str, ...] = ("name",)
    parent: str | None = None
    nested_list: bool = False
    sort: str = "id"
    writable: bool = True
    bulk_create: bool = False
    bulk_update: bool = False
    by_id: bool = False
    archivable: bool = False
    adapters: bool = False
    synced: frozenset[str] = frozenset()
    fields: bool = False
    type_id: str = ""
    nested_params: tuple[tuple[str, str], ...] = ()

    @property
    def include(self) -> tuple[str, ...]:
        """Name what is asked for with each page of a list."""
        if self.fields:
            return (FIELDS,)
        return ("adapters_resources",) if self.adapters else ()

    @property
    def filters(self) -> dict[str, str]:
        """Give the filters without which no list of it is shown (api 5.9)."""
        return {TYPE_ID: self.type_id} if self.type_id else {}

    @property
    def parent_id(self) -> str | None:
        """Name the attribute, and the filter, that holds the parent's id."""
        return f"{self.parent.removesuffix('s')}_id" if self.parent else None


TYPES, FIELDS, ASSETS, TYPE_ID = (
    "flexible_asset_types", "flexible_asset_fields", "flexible_assets", "flexible_asset_type_id",
)  # fmt: skip

KINDS: dict[str, Kind] = {
    kind.word: kind
    for kind in (
        Kind(
            "organizations",
            bulk_update=True,
            by_id=True,
            adapters=True,
            synced=frozenset({"alert", "description", "quick_notes"}),
        ),
        Kind("organization_types"),
        Kind("organization_statuses"),
        Kind(
            "configurations",
            identity=("name", "serial_number", "asset_tag", "hostname"),
            parent="organizations",
            bulk_create=True,
            bulk_update=True,
            by_id=True,
            archivable=True,
            adapters=True,
            synced=frozenset(
                {
                    "archived",
                    "asset_tag",
                    "notes",
                    "purchased_at",
                    "restricted",
                    "serial_number",
                    "warranty_expires_at",
                    "mitp_device_expiration_date",
                    "mitp_end_of_life_date",
                }
            ),
        ),
        Kind("configuration_types"),
        Kind("configuration_statuses"),
        Kind("manufacturers"),
        Kind("models", parent="manufacturers", nested_list=True, bulk_create=True, bulk_update=True, by_id=True),
        Kind("operating_systems", writable=False),
        Kind("contact_types"),
        Kind("countries", writable=False),
        Kind("regions", writable=False),  # all at once: neither their filter nor their nested route works (api 5.2)
        Kind("domains", writable=False, sort="created_at", by_id=True),
        Kind("checklists", parent="organizations", writable=False, sort="created_at", by_id=True),
        Kind(
            "documents",  # no flat list; without the folder the root folder's alone (api/itglue.md 5.11)
            parent="organizations",
            nested_list=True,
            writable=False,
            nested_params=(("filter[document_folder_id]", "null"),),
        ),
        Kind("locations", parent="organizations", bulk_create=True, bulk_update=True, by_id=True, adapters=True),
        Kind(
            "contacts",
            identity=("first_name", "last_name"),
            parent="organizations",
            bulk_create=True,
            bulk_update=True,
            by_id=True,
            adapters=True,
        ),
        Kind(TYPES, by_id=True, fields=True),
        Kind(FIELDS, parent=TYPES, nested_list=True, sort="created_at", bulk_create=True, bulk_update=True),
        Kind(
            ASSETS,  # lists need filter[flexible_asset_type_id]; no sort by id (api 5.9)
            parent="organizations",
            sort="created_at",
            bulk_create=True,
            bulk_update=True,
            archivable=True,
        ),
    )
}


def assets_of(type_id: str) -> str:
    """Name the flexible assets of one type, as the index, links and reads know them: each type is a kind of its own."""
    return f"{ASSETS}:{type_id}"


@lru_cache(maxsize=1024)
def _named(resource: str) -> Kind:
    word, _, type_id = resource.partition(":")
    return replace(KINDS[word], type_id=type_id) if type_id else KINDS[word]


def kind_of(resource: "Kind | str") -> Kind:
    """Give the kind of a path word, or of the flexible assets of a type; raise KeyError for what the bridge does not use."""
    return resource if isinstance(resource, Kind) else _named(resource)
