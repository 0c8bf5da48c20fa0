"""Pages with their Link header: pure arithmetic (reference 3.4)."""

import re
from urllib.parse import quote_plus

DEFAULT_SIZE = 25
LARGEST_SIZE = 1000

Parameters = list[tuple[str, str]]

_CODE = re.compile("%[0-9A-F]{2}")


class PageError(ValueError):
    """A paging parameter that is no number."""


def page_size(text: str | None) -> int:
    """Return the size of a page: 25 unless asked, more than 1000 cut to 1000 silently."""
    size = _number("pageSize", text)
    return min(size, LARGEST_SIZE) if size is not None and size > 0 else DEFAULT_SIZE


def page_number(text: str | None) -> int:
    """Return the page, from 1."""
    return max(1, _number("page", text) or 1)


def last_seen(text: str | None) -> int:
    """Return the id after which a forward-only page begins."""
    return max(0, _number("pageId", text) or 0)


def page_links(url: str, parameters: Parameters, page: int, size: int, total: int) -> str | None:
    """Return the Link header of a page; None when one page holds everything."""
    last = -(-total // size)
    if last <= 1:
        return None
    rels: list[tuple[str, int]] = []
    if page < last:
        rels.append(("next", page + 1))
        rels.append(("last", last))
    if page > 1:
        rels.append(("first", 1))
        rels.append(("prev", min(page - 1, last)))
    return ", ".join(f'<{_link(url, parameters, "page", number)}>; rel="{rel}"' for rel, number in rels)


def forward_link(url: str, parameters: Parameters, last_id: int | None) -> str:
    """Return the Link header of a forward-only page, empty on the last one (`last_id` None)."""
    return "" if last_id is None else f'<{_link(url, parameters, "pageId", last_id)}>; rel="next"'


def _link(url: str, parameters: Parameters, name: str, number: int) -> str:
    # As recorded: the query echoed with lower-case percent codes. The paging parameter stands last:
    # one client reads it only there.
    kept = [(key, value) for key, value in parameters if key.lower() not in {"page", "pageid"}]
    return f"{url}/?" + "&".join(f"{_encoded(key)}={_encoded(value)}" for key, value in [*kept, (name, str(number))])


def _encoded(text: str) -> str:
    return _CODE.sub(lambda code: code[0].lower(), quote_plus(text, safe="*"))


def _number(name: str, text: str | None) -> int | None:
    if text is None or not text.strip():
        return None
    if not re.fullmatch(r"\s*-?\d{1,15}\s*", text, re.ASCII):
        raise PageError(f"The value '{text}' is not valid for {name}.")
    return int(text)
