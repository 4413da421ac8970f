"""The history of an agency's cover design as sentences: who changed what, and why."""

from collections.abc import Iterator
from typing import Any

from agencies.models import Agency
from reports.document.cover_design import USUAL_LABELS, CoverPart
from reports.drafting.kind_history import Entry
from reports.models import AgencyCover
from reports.models.agency_cover import usual_rows

TEXTS = {
    "ministry": "the name of the ministry",
    "ministry_mi": "the name of the ministry in te reo Māori",
    "ink": "the colour of the letterhead",
    "rule": "the colour of the rules",
}
SWITCHES = {
    "is_maori_first": ("put te reo Māori first.", "put English first."),
    "has_empty_rows": ("had blank rows printed as N/A.", "left blank rows out."),
    "has_comments": (
        "brought back the box for the Minister’s comments.",
        "left out the box for the Minister’s comments.",
    ),
    "has_feedback": (
        "brought back the Minister’s feedback table.",
        "left out the Minister’s feedback table.",
    ),
}


def history_of(agency: Agency) -> list[Entry]:
    """Return the history of the agency's cover, newest first. One query."""
    history: Any = AgencyCover.history.model
    was: Any = AgencyCover()
    found = []
    for row in history.objects.filter(agency_id=agency.pk).order_by("history_date", "history_id"):
        found += [
            Entry(
                at=row.history_date,
                who=row.history_actor or "Plan Register",
                what=what,
                why=row.history_change_reason or "",
            )
            for what in _changes(was, row)
        ]
        was = row
    return found[::-1]


def _changes(was: Any, row: Any) -> Iterator[str]:
    for name, what in TEXTS.items():
        before, after = getattr(was, name), getattr(row, name)
        if before != after:
            yield f"changed {what} from {_quoted(before)} to {_quoted(after)}."
    if was.mark_id and row.mark_id:
        if was.mark_id != row.mark_id:
            yield "changed the mark."
        if was.mark_alt != row.mark_alt:
            yield f"described the mark as {_quoted(row.mark_alt)}."
    elif was.mark_id or row.mark_id:
        yield f"added the mark {_quoted(row.mark_alt)}." if row.mark_id else "removed the mark."
    for name, (on, off) in SWITCHES.items():
        if getattr(was, name) != getattr(row, name):
            yield on if getattr(row, name) else off
    yield from _labels(was.labels or usual_rows(), row.labels)
    before, after = (
        {each["heading"]: each["heading_mi"] for each in side.headings} for side in (was, row)
    )
    for heading in {**before, **after}:
        if before.get(heading) != after.get(heading):
            yield (
                f"changed te reo Māori beside the heading “{heading}” from "
                f"{_quoted(before.get(heading, ''))} to {_quoted(after.get(heading, ''))}."
            )


def _labels(was: list[dict[str, str]], now: list[dict[str, str]]) -> Iterator[str]:
    before = {each["part"]: each for each in was}
    for each in now:
        usual = USUAL_LABELS[CoverPart(each["part"])]
        old = before.get(each["part"], {"label": usual, "label_mi": ""})
        for name, what in (("label", ""), ("label_mi", "te reo Māori of ")):
            if old[name] != each[name]:
                yield (
                    f"changed {what}the label “{usual}” from {_quoted(old[name])} to "
                    f"{_quoted(each[name])}."
                )
    if [each["part"] for each in was] != [each["part"] for each in now]:
        yield "changed the order of the rows."


def _quoted(words: str) -> str:
    return f"“{words}”" if words else "nothing"
