"""HTML for IT Glue's Textbox: an allow-list of tags and attributes, everything else becomes text or goes."""

from html import escape
from html.parser import HTMLParser

TAGS = frozenset(
    [
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "div",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ]
)
ATTRIBUTES = {
    "a": frozenset({"href", "title"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan"}),
}
SCHEMES = ("http://", "https://", "mailto:", "tel:")
_VOID = frozenset({"br", "hr"})
_WITH_CONTENT = frozenset({"script", "style", "iframe", "object", "embed", "template", "noscript", "svg", "math"})


class _Writer(HTMLParser):
    """Writes what it reads again, as far as it is allowed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.open: list[str] = []
        self._dropping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _WITH_CONTENT:
            self._dropping.append(tag)
        elif not self._dropping and tag in TAGS:
            self.parts.append(f"<{tag}{_attributes(tag, attrs)}>")
            if tag not in _VOID:
                self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _WITH_CONTENT:
            return
        self.handle_starttag(tag, attrs)
        if tag in self.open and tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            if tag == self._dropping[-1]:
                self._dropping.pop()
        elif tag in self.open:
            while True:  # what was left open inside ends with it
                last = self.open.pop()
                self.parts.append(f"</{last}>")
                if last == tag:
                    return

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self.parts.append(escape(data, quote=False))

    def written(self) -> str:
        self.close()
        self.parts += [f"</{tag}>" for tag in reversed(self.open)]
        return "".join(self.parts)


def sanitise(html: str) -> str:
    """Give HTML that holds the allowed tags alone, each closed, with links to web pages, mail and phones alone.

    What is no allowed tag is left out and its text kept; scripts, styles and frames go with what is in them. Doing it
    again changes nothing.
    """
    if "<" not in html and "&" not in html:
        return html.replace(">", "&gt;")
    writer = _Writer()
    writer.feed(html)
    return writer.written()


def _attributes(tag: str, attrs: list[tuple[str, str | None]]) -> str:
    allowed = ATTRIBUTES.get(tag, frozenset())
    kept: dict[str, str] = {}
    for name, value in attrs:
        if name not in allowed or value is None or name in kept:
            continue
        if name == "href" and not _is_address(value):
            continue
        if name.endswith("span") and not (value.isascii() and value.isdigit() and len(value) <= 4):
            continue
        kept[name] = value
    return "".join(f' {name}="{escape(value)}"' for name, value in kept.items())


def _is_address(value: str) -> bool:
    return value.lower().startswith(SCHEMES) and not any(character.isspace() for character in value)
