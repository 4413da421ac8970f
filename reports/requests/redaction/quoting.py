"""What a Minister's answer says of the briefing that it is about, whole or redacted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from reports.document import Document, words
from reports.requests.redaction.redact import Span, redact


@dataclass(frozen=True, slots=True)
class Quoted:
    """What the page of an answer takes from the briefing. `recommendations` are by their keys."""

    reference: str
    about: str
    marking: str
    recommendations: dict[str, str]


def quoted(document: Document, answered: Collection[str]) -> Quoted:
    """Return what an answer to the recommendations of these keys says of a briefing."""
    return Quoted(
        document.cover.tracker_number,
        document.title,
        str(document.cover.marking.value),
        {
            each.key: each.withheld or f"{each.verb.value} {words(each.text)}"
            for each in document.recommendation.items
            if each.key in answered
        },
    )


def is_repeated(document: Document, span: Span, answered: Collection[str]) -> bool:
    """Whether withheld words of a briefing stand in the answer too, so that they are withheld there as well."""
    return quoted(redact(document, [span]), answered) != quoted(document, answered)
