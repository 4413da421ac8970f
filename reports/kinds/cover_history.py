"""The history of an agency's cover design as sentences: who changed what, and why."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from reports.document.cover_design import USUAL_LABELS, CoverPart
from reports.kinds.kind_history import Entry
from reports.models import AgencyCover
from reports.models.agency_cover import usual_rows

TEXTS = {
    "ministry": gettext_lazy("the name of the ministry"),
    "ministry_mi": gettext_lazy("the name of the ministry in te reo Māori"),
    "ink": gettext_lazy("the colour of the letterhead"),
    "rule": gettext_lazy("the colour of the rules"),
}
SWITCHES = {
    "is_maori_first": (gettext_lazy("put te reo Māori first."), gettext_lazy("put English first.")),
    "has_empty_rows": (
        gettext_lazy("had blank rows printed as N/A."),
        gettext_lazy("left blank rows out."),
    ),
    "has_comments": (
        gettext_lazy("brought back the box for the Minister’s comments."),
        gettext_lazy("left out the box for the Minister’s comments."),
    ),
    "has_feedback": (
        gettext_lazy("brought back the Minister’s feedback table."),
        gettext_lazy("left out the Minister’s feedback table."),
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
                who=row.history_actor or settings.PRODUCT_NAME,
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
            yield _("changed {what} from {before} to {after}.").format(
                what=what, before=_quoted(before), after=_quoted(after)
            )
    if was.mark_id and row.mark_id:
        if was.mark_id != row.mark_id:
            yield _("changed the mark.")
        if was.mark_alt != row.mark_alt:
            yield _("described the mark as {mark}.").format(mark=_quoted(row.mark_alt))
    elif was.mark_id or row.mark_id:
        yield (
            _("added the mark {mark}.").format(mark=_quoted(row.mark_alt))
            if row.mark_id
            else _("removed the mark.")
        )
    for name, (on, off) in SWITCHES.items():
        if getattr(was, name) != getattr(row, name):
            yield str(on if getattr(row, name) else off)
    yield from _labels(was.labels or usual_rows(), row.labels)
    before, after = (
        {each["heading"]: each["heading_mi"] for each in side.headings} for side in (was, row)
    )
    for heading in {**before, **after}:
        if before.get(heading) != after.get(heading):
            yield (
                _(
                    "changed te reo Māori beside the heading “{heading}” from {before} to {after}."
                ).format(
                    heading=heading,
                    before=_quoted(before.get(heading, "")),
                    after=_quoted(after.get(heading, "")),
                )
            )


def _labels(was: list[dict[str, str]], now: list[dict[str, str]]) -> Iterator[str]:
    before = {each["part"]: each for each in was}
    for each in now:
        usual = USUAL_LABELS[CoverPart(each["part"])]
        old = before.get(each["part"], {"label": usual, "label_mi": ""})
        for name, sentence in (
            ("label", _("changed the label “{label}” from {before} to {after}.")),
            (
                "label_mi",
                _("changed te reo Māori of the label “{label}” from {before} to {after}."),
            ),
        ):
            if old[name] != each[name]:
                yield sentence.format(
                    label=usual, before=_quoted(old[name]), after=_quoted(each[name])
                )
    if [each["part"] for each in was] != [each["part"] for each in now]:
        yield _("changed the order of the rows.")


def _quoted(words: str) -> str:
    return f"“{words}”" if words else _("nothing")
