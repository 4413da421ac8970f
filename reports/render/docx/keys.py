"""What a Word file holds, unseen, of the draft that it was made from.

Each paragraph, recommendation and heading is in a bookmark with its key: a bookmark whose name starts
with "_" is not shown by Word, and Word, LibreOffice and others keep it as long as some of its text is
left. A document property says which draft, at which moment, and the digest of its texts.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from reports.document import Document, markup

# Word's longest name of a bookmark.
NAME_LENGTH = 40
# Bookmark of the heading of the first section, second section …: "_s_1".
SECTION = "_s_"
PROPERTIES = "docProps/custom.xml"
# Of the document property.
NAME = "Briefing draft"
# Years of the moments that are read from a file. Databases keep no others safely.
YEARS = range(1990, 2200)
_VALUE = re.compile(r"(\d{1,18}) (\S{19,40}) ([0-9a-f]{64})")
_EMPTY = b"<vt:lpwstr></vt:lpwstr>"


def bookmark_of(key: str) -> str:
    """Return the bookmark's name of a key ("p-3f9c": "_p_3f9c"), or "" if it is too long for one."""
    name = f"_{key.replace('-', '_')}"
    return name if key and len(name) <= NAME_LENGTH else ""


def key_of(bookmark: str) -> str:
    """Return the key of a bookmark, or "" if it is none of ours."""
    is_ours = re.fullmatch(r"_[pr]_[a-z0-9_]{1,60}", bookmark)
    return bookmark[1:].replace("_", "-") if is_ours else ""


@dataclass(frozen=True)
class Stamp:
    """Which draft a file was made from: the briefing, the moment, and the digest of its texts."""

    briefing: int
    at: datetime
    digest: str

    def __str__(self) -> str:
        return f"{self.briefing} {self.at.isoformat()} {self.digest}"

    @classmethod
    def read(cls, value: str) -> "Stamp | None":
        if not (match := _VALUE.fullmatch(value)):
            return None
        try:
            at = datetime.fromisoformat(match[2])
        except ValueError:
            return None
        return cls(int(match[1]), at, match[3]) if at.tzinfo and at.year in YEARS else None


def digest(texts: Mapping[str, str]) -> str:
    """Return the digest of the texts of a draft by key, in order."""
    return sha256(repr(list(texts.items())).encode()).hexdigest()


def texts_of(document: Document) -> dict[str, str]:
    """Return the printed text of each paragraph and recommendation by key, as typed."""
    paragraphs = [each for section in document.sections for each in section.paragraphs]
    found = {
        each.key: markup.to_source(each.text, each.bullets)
        for each in [*paragraphs, document.recommendation.lead]
    }
    for item in document.recommendation.items:
        found[item.key] = f"**{item.verb}** {markup.to_source(item.text)}"
    return found


def stamped(data: bytes, stamp: Stamp) -> bytes:
    """Return the file of a draft with its stamp. All else stays byte for byte."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == PROPERTIES:
                content = content.replace(_EMPTY, f"<vt:lpwstr>{stamp}</vt:lpwstr>".encode())
            target.writestr(entry, content)
    return made.getvalue()
