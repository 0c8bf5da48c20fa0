"""HTML as a reader sees it: tags and texts in their order, whatever the spelling."""

from html.parser import HTMLParser


def parts(text: str) -> list[str]:
    """Take HTML apart: tags with their attributes, ends of tags, texts with their blanks collapsed."""
    reader = _Reader()
    reader.feed(str(text))
    reader.close()
    return reader.told()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[tuple[bool, str]] = []

    def told(self) -> list[str]:
        """Give the parts, neighbouring texts as one."""
        whole: list[str] = []
        text = ""
        for is_tag, part in [*self._found, (True, "")]:
            if not is_tag:
                text += part
                continue
            whole += [" ".join(text.split())] if text.strip() else []
            whole += [part] if part else []
            text = ""
        return whole

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._found.append((True, f"<{tag} {sorted(attrs, key=str)}>" if attrs else f"<{tag}>"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"br", "hr", "img"}:
            self._found.append((True, f"</{tag}>"))

    def handle_data(self, data: str) -> None:
        self._found.append((False, data))
