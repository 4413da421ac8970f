"""Services of an agency's cover design. Papers frozen before keep the design that they were printed with."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.records import history
from reports.compose.paper_cover import as_printed
from reports.document import DocumentError
from reports.document.cover_design import COLOUR, LEAST_CONTRAST, contrast_with_white
from reports.models import AgencyCover, CoverMark
from reports.render.pdf import RenderRefused, refuse_unprintable
from workitems.plan.services.refusals import Conflict, Refused, locked, refuse_reason_alone

# What `change_cover` changes; a mark is changed by `change_mark`.
DESIGN_FIELDS = (
    "ministry",
    "ministry_mi",
    "ink",
    "rule",
    "is_maori_first",
    "has_empty_rows",
    "has_comments",
    "has_feedback",
    "labels",
    "headings",
)


def cover_of(agency: Agency) -> AgencyCover:
    """Return the agency's design, or the cover of 2010 as an unsaved row."""
    row = AgencyCover.objects.filter(agency=agency).select_related("mark").first()
    return row or AgencyCover(agency=agency)


@transaction.atomic
def change_cover(
    *, agency: Agency, version: int, by: User, reason: str = "", **design: Any
) -> AgencyCover:
    """Change an agency's design. `design` takes the fields of `DESIGN_FIELDS`.

    Raise `Conflict` with the current row if it was saved after `version`. Raise `Refused` for a
    colour that is none or too light, and for what a cover cannot print.
    """
    row = _locked(agency, version)
    before = {name: getattr(row, name) for name in DESIGN_FIELDS}
    written(row, design)
    if before == {name: getattr(row, name) for name in DESIGN_FIELDS}:
        refuse_reason_alone(reason)
        return row
    return history.save_version(row, by=by, reason=reason)


def written(row: AgencyCover, design: dict[str, Any]) -> AgencyCover:
    """Write the design into the row without saving it. Raise `Refused` as `change_cover` does."""
    unknown = design.keys() - set(DESIGN_FIELDS)
    if unknown:
        raise TypeError(f"Not of a cover's design: {', '.join(sorted(unknown))}")
    for name, value in design.items():
        setattr(row, name, value)
    Refused.raise_any(
        (fault, name) for name in ("ink", "rule") if (fault := fault_of_colour(getattr(row, name)))
    )
    try:
        as_printed(row)
        refuse_unprintable(" ".join(_texts(row)))
    except (DocumentError, RenderRefused) as fault:
        raise Refused(str(fault)) from fault
    return row


def _texts(row: AgencyCover) -> Iterator[str]:
    """Yield what the cover prints of the row."""
    yield from (row.ministry, row.ministry_mi)
    for each in row.labels:
        yield from (each["label"], each["label_mi"])
    for each in row.headings:
        yield from (each["heading"], each["heading_mi"])


def fault_of_colour(colour: str) -> str:
    """Return why the colour cannot be used on white paper, or ""."""
    if not COLOUR.fullmatch(colour):
        return _("Enter a colour as # and six digits or letters from a to f, such as #0b5158.")
    contrast = contrast_with_white(colour)
    if contrast < LEAST_CONTRAST:
        return _(
            "This colour is too light to read on white: its contrast is {contrast:.1f} to 1, and "
            "{least} to 1 is the least. Enter a darker one."
        ).format(contrast=contrast, least=LEAST_CONTRAST)
    return ""


@transaction.atomic
def change_mark(
    *, agency: Agency, version: int, data: bytes | None, alt: str, by: User, at: datetime
) -> AgencyCover:
    """Give the design a mark, or its mark another description if there is no `data`.

    Raise `Conflict`, or `Refused` if the picture cannot be printed or has no description.
    """
    # A worker that reads no picture saves 3 MiB for its library.
    from reports.kinds.services.marks import MarkRefused, made_of

    row = _locked(agency, version)
    if not alt:
        raise Refused(_("Describe the picture for people who cannot see it."), "alt")
    mark = row.mark
    if data is not None:
        try:
            made = made_of(data)
        except MarkRefused as refusal:
            raise Refused(str(refusal), "picture") from refusal
        if mark is None or bytes(mark.png) != made.png:
            mark = CoverMark.objects.create(agency=agency, created_at=at, **made._asdict())
    if mark is None:
        raise Refused(_("Choose a PNG or JPEG picture."), "picture")
    if (row.mark, row.mark_alt) == (mark, alt):
        return row
    row.mark, row.mark_alt = mark, alt
    return history.save_version(row, by=by)


@transaction.atomic
def remove_mark(*, agency: Agency, version: int, by: User) -> AgencyCover:
    """Take the mark off the cover. Papers printed with it keep it. Raise `Conflict`."""
    row = _locked(agency, version)
    if row.mark is None:
        return row
    row.mark, row.mark_alt = None, ""
    return history.save_version(row, by=by)


def _locked(agency: Agency, version: int) -> AgencyCover:
    """Return the design. Until the transaction ends, nobody else writes one of the agency."""
    row = cover_of(locked(agency))
    if row.version != version:
        raise Conflict(row)
    return row
