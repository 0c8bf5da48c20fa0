"""The marker: the last line of the notes, which shows in IT Glue whose record it is (PROTOCOLS 3)."""

import re
from html import escape, unescape

from bridge.records import KINDS, Ref

_KIND_WORDS = tuple(f":{kind}:" for kind in KINDS)
_BLANKS = " \t\u00a0"
_REF = rf"(?P<ref>[A-Za-z0-9][\w.-]*:(?:{'|'.join(KINDS)}):[^\s<>&\"',;()]+)"
_MARK = re.compile(rf"(?<![^\s>;]){_REF}(?:(?:[{_BLANKS}]|&nbsp;|&\#160;|</?a\b[^>]*>)+https?://[^\s<>]+)?")
_TAG = re.compile(r"<(/?)(\w+)[^>]*>")
_INLINE = frozenset({"a", "b", "i", "u", "em", "strong", "span", "font", "code", "small"})
_LINE = re.compile(rf"^[{_BLANKS}]*{_REF}(?=$|[{_BLANKS},;).])", re.MULTILINE)
_WORD = re.compile(rf"(?<!\S){_REF}(?=$|\s+https?://)")


def marker_line(ref: Ref, url: str | None = None) -> str:
    """Give the line that marks a record as ours: the Ref, then the PSA's page of it where that is known."""
    return f"{ref} {url}" if url else str(ref)


def with_marker(notes: str | None, ref: Ref, url: str | None = None) -> str:
    """Give the notes with the marker as their last line, in place of any marker they have; their HTML is kept.

    IT Glue shows notes as HTML (api/itglue.md 8), so in notes with tags the line is set apart and escaped as HTML is.
    """
    line = marker_line(ref, url)
    rest = without_marker(notes)
    if rest is None:
        return line
    if "<" in rest and _TAG.search(rest):
        return f"{rest}<br>\n{escape(line, quote=False)}"
    return f"{rest}\n{line}"


def find_marker(notes: str | None) -> Ref | None:
    """Read the marker, also where a person added text after it or the UI wrapped it into tags; None without one.

    Of several the last that begins a line counts, so that a Ref which a person mentions in a sentence never does.
    """
    if not notes or not any(word in notes for word in _KIND_WORDS):
        return None
    text = unescape(_TAG.sub(lambda tag: "" if tag[2].lower() in _INLINE else "\n", notes)).replace("\r", "\n")
    found = list(_LINE.finditer(text)) or list(_WORD.finditer(text))
    return Ref.parse(found[-1]["ref"].rstrip(".")) if found else None


def without_marker(notes: str | None) -> str | None:
    """Give the notes without the marker and the blanks at their end; None if nothing is left."""
    if not notes:
        return None
    ref = find_marker(notes)
    if ref is not None:
        notes = _cut(notes, str(ref))
    return notes.rstrip() or None


def _cut(notes: str, ref: str) -> str:
    marks = [mark for mark in _MARK.finditer(notes) if mark["ref"].rstrip(".") == ref]
    if not marks:
        return notes
    mark = next((m for m in reversed(marks) if _begins_a_line(notes[: m.start()])), marks[-1])
    before, after = notes[: mark.start()].rstrip(_BLANKS), notes[mark.end() :].lstrip(_BLANKS)
    while True:  # what the mark leaves behind: tags around nothing, line breaks before nothing
        opening, closing = _tag_at_end(before), _TAG.match(after)
        if closing and closing[1] and opening and not opening[1] and opening[2].lower() == closing[2].lower():
            before, after = before[: opening.start()].rstrip(), after[closing.end() :]
        elif opening and opening[2].lower() == "br":
            before = before[: opening.start()].rstrip()
        elif closing and closing[1] and closing[2].lower() == "a":
            after = after[closing.end() :]
        else:
            break
    before = before.rstrip()
    return f"{before}\n{after.lstrip()}" if before and after.strip() and not after.startswith("<") else before + after


def _begins_a_line(before: str) -> bool:
    text = before.rstrip(_BLANKS)
    return not text or text[-1] in "\n\r>"


def _tag_at_end(text: str) -> re.Match[str] | None:
    text = text.rstrip()
    return _TAG.fullmatch(text, text.rfind("<")) if text.endswith(">") else None
