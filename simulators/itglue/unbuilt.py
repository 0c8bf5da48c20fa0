"""Paths that the vendor has and nobody may use, or that are not built yet."""

from simulators.exchange import Answer, Request
from simulators.itglue.account import Account
from simulators.itglue.query import Query, parse
from simulators.itglue.reading import page_body
from simulators.itglue.refusals import JSON_API, no_route, not_found, unknown_filter, unknown_sort, unreachable
from simulators.itglue.values import number_of

FORBIDDEN = {
    "passwords": "passwords",
    "password_categories": "passwords",
    "password_folders": "passwords",
    "exports": "exports",
}
"""Path words that must never be called at all, with the name of the violation."""

_LISTS = frozenset({
    *FORBIDDEN, "expirations", "logs", "users", "groups", "checklist_templates", "ssl_certificates", "tickets",
})  # fmt: skip
_UNDER_ORGANIZATION = frozenset({"passwords", "expirations"})
_WORDS = {
    "logs": ({"created_at"}, {"created_at"}),
    "users": (
        {"id", "name", "email", "role_name", "salesforce_id"},
        {"name", "email", "reputation", "id", "created_at", "updated_at"},
    ),
}
"""The filter and sort words of lists that the reference describes."""
_NO_SINGLE = frozenset({"logs"})


def violation(parts: list[str], method: str, query: Query) -> str | None:
    """Name the rule that a call breaks (reference 9.15 and 5.12); None if it breaks none."""
    for word in parts:
        if word in FORBIDDEN:
            return FORBIDDEN[word]
    if parts and parts[0] == "groups" and method != "GET":
        return "groups_write"
    if parts and parts[0] == "organizations" and len(parts) <= 2 and method == "DELETE":
        return "organizations_delete"
    if query.conditions and method in ("DELETE", "PATCH", "PUT"):
        return "filtered_write"
    if "passwords" in query.include:
        return "passwords_included"
    return None


def answer(parts: list[str], request: Request, account: Account, *, strict: bool) -> Answer | None:
    """Answer a path that is not built: the vendor's empty list, a record that is not there; None if it is built."""
    match parts:
        case [word] if word in _LISTS:
            if request.method != "GET":
                raise unreachable() if word in FORBIDDEN else no_route()
            query = parse(request.query)
            if word in _WORDS and strict:
                _check_words(query, *_WORDS[word])
            return _empty(request)
        case [word, record] if word in _LISTS and record.isdecimal():
            if word in _NO_SINGLE:
                raise no_route()
            raise not_found()
        case ["organizations", parent, "relationships", word] if word in _UNDER_ORGANIZATION and parent.isdecimal():
            if request.method != "GET":
                raise no_route()
            if not account.has("organizations", number_of(parent) or 0):
                raise unreachable()
            return _empty(request)
        case [_, parent, "relationships", word, *_] if word in FORBIDDEN and parent.isdecimal():
            raise not_found()
        case _:
            return None


def _check_words(query: Query, filters: set[str], sorts: set[str]) -> None:
    for condition in query.conditions:
        if condition.mode != "is" or condition.word not in filters:
            raise unknown_filter(condition.word)
    for word in query.sort:
        if word.removeprefix("-") not in sorts:
            raise unknown_sort(word)


def _empty(request: Request) -> Answer:
    return Answer(200, page_body([], 0, 0, request, parse(request.query)), {"content-type": JSON_API})
