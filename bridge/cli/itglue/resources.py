"""The lists of IT Glue that the command offers, as a table: what each can be filtered and sorted by, and what is written."""

from dataclasses import dataclass

_TIMES = ("created_at", "updated_at")
_USUAL = ("name", "id", *_TIMES)
_ONE = {"countries": "country", "configuration statuses": "configuration status"}


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource (api/itglue.md 4): `word` is its path word, `writes` are the attributes that a person may set.

    `under` is the resource below which alone it is listed.
    """

    command: str
    word: str
    filters: tuple[str, ...]
    sorts: tuple[str, ...] = _USUAL
    columns: tuple[str, ...] = ("name",)
    includes: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    single: bool = True
    under: str | None = None

    @property
    def title(self) -> str:
        """Name it for people, at the head of a line."""
        return self.command.replace("-", " ").capitalize()

    @property
    def one(self) -> str:
        """Name one of them: organization type."""
        words = self.command.replace("-", " ")
        return _ONE.get(words, words.removesuffix("s"))

    def counted(self, number: int) -> str:
        """Give a number of them in words: 2 organization types."""
        return f"{number:,} {self.one if number == 1 else self.command.replace('-', ' ')}"


RESOURCES = (
    Resource("organization-types", "organization_types", ("name",), writes=("name",)),
    Resource("configuration-types", "configuration_types", ("name",), writes=("name",)),
    Resource("configuration-statuses", "configuration_statuses", ("name",), writes=("name",)),
    Resource(
        "flexible-asset-types", "flexible_asset_types", ("id", "name", "icon", "enabled"),
        columns=("name", "icon", "enabled", "description"), includes=("flexible_asset_fields",),
        writes=("name", "description", "icon", "enabled", "show_in_menu"),
    ),
    Resource(
        "flexible-asset-fields", "flexible_asset_fields", ("id",), _TIMES,
        ("order", "name", "kind", "name_key", "required", "use_for_title", "show_in_list", "tag_type"),
        single=False, under="flexible_asset_types",
    ),
    Resource("countries", "countries", ("name", "iso"), columns=("iso", "name")),
    # `passwords` can be included too (action 15); the bridge never asks for any.
    Resource(
        "domains", "domains", ("id", "organization_id"), _TIMES, ("name", "organization_name", "expires_on"),
        ("attachments", "user_resource_accesses", "group_resource_accesses"), single=False,
    ),
)  # fmt: skip
