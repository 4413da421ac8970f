"""The lines of an email that has HTML alone. Quoted parts get ">", as in plain text. Nothing of it is ever shown as HTML."""

import re
from html.parser import HTMLParser

MOST_CHARACTERS = 1_000_000
BLOCKS = {"address", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul"}  # fmt: skip
UNSEEN = {"head", "script", "style", "title"}
QUOTED_AT_MOST = 10


class _Lines(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quoted = self.unseen = self.as_written = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" or (tag in BLOCKS and self.line):
            self.end_line()
        self.count(tag, 1)
        if tag in {"li", "td"}:
            self.add("- " if tag == "li" else " ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in UNSEEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "p" or (tag in BLOCKS - {"br", "hr"} and self.line):
            self.end_line()
        if tag == "p" and self.lines[-1]:
            self.end_line()
        self.count(tag, -1)

    def count(self, tag: str, by: int) -> None:
        """Note that a part that is quoted, not shown, or shown as it is written begins or ends."""
        if tag in UNSEEN:
            self.unseen = max(0, self.unseen + by)
        if tag == "blockquote":
            self.quoted = max(0, self.quoted + by)
        if tag == "pre":
            self.as_written = max(0, self.as_written + by)

    def handle_data(self, data: str) -> None:
        if self.unseen:
            return
        if not self.as_written:
            self.add(data)
            return
        for number, words in enumerate(data.split("\n")):
            if number:
                self.end_line()
            self.add(words)

    def add(self, words: str) -> None:
        joined = " ".join(words.split())
        if not self.line and joined:
            self.line.append("> " * min(self.quoted, QUOTED_AT_MOST))
        elif words[:1].isspace() and self.line:
            joined = f" {joined}"
        if self.line:
            self.line.append(f"{joined} " if words[-1:].isspace() else joined)

    def end_line(self) -> None:
        self.lines.append(re.sub(" +", " ", "".join(self.line)).rstrip())
        self.line = []


def lines_of_html(html: str) -> str:
    """Return the text of HTML, with a line for each that a browser would begin."""
    parser, html = _Lines(), html[:MOST_CHARACTERS]
    try:
        parser.feed(html)
        parser.close()
    except AssertionError:  # which Python raises of declarations that it does not know
        return re.sub("<[^>]*>", " ", html)
    parser.end_line()
    return "\n".join(parser.lines)
