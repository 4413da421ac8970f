"""What the last check of a file found, as plain data."""

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a file is refused: where, and a sentence for the person at the screen."""

    where: str
    sentence: str
    is_of_words: bool = False  # that are withheld


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in these bytes. A report that passes holds no withheld words."""

    sha256: str
    size: int
    file_name: str
    pages: int
    stamp: str
    readers: tuple[str, ...]
    searched: int  # forms of the withheld strings
    too_short: int  # withheld strings that cannot be searched for
    visible_on_purpose: int
    findings: tuple[Finding, ...]
    # How a file that another program made was compared with the paper: "words", "looks" or "nothing".
    compared: str = ""
    # Whose words could not be compared: `FileCheck.unreadable_words`.
    unreadable: str = ""
    # The numbers of the pages without a word, on which nothing was searched; None of one that did not record it.
    unread: tuple[int, ...] | None = None

    @property
    def passes(self) -> bool:
        return not self.findings

    @property
    def has_words(self) -> bool:
        """Whether words that were searched for are in the file, whatever else is wrong with it."""
        return any(each.is_of_words for each in self.findings)

    @property
    def as_plain(self) -> dict[str, Any]:
        """The report as dictionaries and lists, for the record."""
        plain: dict[str, Any] = json.loads(self.as_json)
        return plain

    @property
    def as_json(self) -> str:
        """The report as JSON."""
        return json.dumps(
            {**asdict(self), "passes": self.passes}, sort_keys=True, ensure_ascii=False
        )
