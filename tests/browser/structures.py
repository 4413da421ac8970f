"""The structure of a page as it is sent, to tell before it is loaded that its like has been read.

Two pages have one structure if their HTML has the same elements with the same attributes, scripts
and styles, names that refer to each other in the same way, and text in the same places. Then the
second is not loaded, if in each place a page that was loaded had text about as long: with words as
long, in steps of six letters, and up to two dozen characters in all. A longer text wraps.
"""

import fcntl
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

NAMED = {
    *("aria-controls", "aria-describedby", "aria-labelledby", "for", "form", "headers", "id"),
    *("list", "name"),
}
# What a person reads, enters or follows. Of these it only matters whether there is something.
GIVEN = {
    *("action", "alt", "aria-label", "content", "datetime", "formaction", "href", "max", "min"),
    *("placeholder", "title"),
}
STEPS = ((6, 99), (12, 2))


class Structure(HTMLParser):
    """The structure of a page's HTML, the lengths of its texts, and the addresses of its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.lengths: list[tuple[int, ...]] = []
        self._parts: list[str] = []
        self._names: dict[str, int] = {}
        self._is_code = False
        self.feed(html)
        self.close()
        self.key = hashlib.sha256("\n".join(self._parts).encode()).hexdigest()

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        keeps = {"href"} if tag == "link" else set()
        attributes = sorted(self._attribute(*each, keeps=keeps) for each in given.items())
        self._parts.append(f"<{tag} {' '.join(attributes)}>")
        self._is_code = tag in ("script", "style")

    def handle_endtag(self, tag):
        self._parts.append(f"</{tag}>")
        self._is_code = False

    def handle_data(self, data):
        if self._is_code:
            self._parts.append(data)
        elif words := data.split():
            self._parts.append(kind_of(data))
            sizes = max(map(len, words)), len(" ".join(words))
            self.lengths.append(
                tuple(
                    min(-(-size // step), most)
                    for size, (step, most) in zip(sizes, STEPS, strict=True)
                )
            )

    def _attribute(self, name, value, *, keeps):
        if name in keeps:
            return f"{name}={value}"
        if name == "href" and value.startswith("#"):
            return f"#{self._number(value[1:])}"
        if name in NAMED:
            return f"{name}={[self._number(each) for each in value.split(' ')]}"
        is_free = name in ("nonce", "value") or name.startswith("data-")
        if is_free and re.search(r"\W|\d", value.replace("-", "")):
            return name
        return name if name in GIVEN and value.strip() else f"{name}={value}"

    def _number(self, name):
        return self._names.setdefault(name, len(self._names))


def kind_of(text: str) -> str:
    """Say what a text is for axe, which looks at words and letters, and not at signs."""
    if re.search(r"[^\W_]{2}", text):
        return "words"
    return "letter" if re.search(r"[^\W_]", text) else "signs"


class Read:
    """The structures in which no fault was found, in a folder that all workers share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, structure: Structure) -> bool:
        """Whether a page of this structure was read whose texts were about as long, or longer."""
        path = self.folder / structure.key
        if not path.exists():
            return False
        longest = json.loads(path.read_text())
        return all(
            size <= most
            for sizes, seen in zip(structure.lengths, longest, strict=True)
            for size, most in zip(sizes, seen, strict=True)
        )

    def add(self, structure: Structure) -> None:
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            path = self.folder / structure.key
            seen = json.loads(path.read_text()) if path.exists() else structure.lengths
            both = zip(structure.lengths, seen, strict=True)
            longest = [tuple(map(max, one, other)) for one, other in both]
            unfinished = self.folder / "unfinished"
            unfinished.write_text(json.dumps(longest))
            unfinished.rename(path)
