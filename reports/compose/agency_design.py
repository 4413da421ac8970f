"""The cover design of an agency as plain data, for the paper that is printed with it."""

from base64 import b64encode

from agencies.models import Agency
from reports.document.cover_design import (
    USUAL_DESIGN,
    USUAL_LABELS,
    CoverDesign,
    CoverLabel,
    CoverPart,
    HeadingInMaori,
    Mark,
)
from reports.models import AgencyCover


def design_of(agency: Agency) -> CoverDesign | None:
    """Return the agency's current design, or None for the cover of 2010.

    No query, or one for its mark, if the agency was loaded with its `cover`.
    """
    row: AgencyCover | None = getattr(agency, "cover", None)
    return as_printed(row) if row else None


def as_printed(row: AgencyCover) -> CoverDesign | None:
    """Return the design of a row, saved or not. Raise `DocumentError` as `CoverDesign` does."""
    labels = [
        CoverLabel(CoverPart(each["part"]), each["label"], each["label_mi"]) for each in row.labels
    ]
    # Parts that the product has gained since the row was saved.
    labelled = {each.part for each in labels}
    labels += [
        CoverLabel(part, label) for part, label in USUAL_LABELS.items() if part not in labelled
    ]
    made = CoverDesign(
        ministry=row.ministry,
        ministry_mi=row.ministry_mi,
        mark=Mark(
            b64encode(row.mark.png).decode("ascii"), row.mark.width, row.mark.height, row.mark_alt
        )
        if row.mark
        else None,
        ink=row.ink,
        rule=row.rule,
        labels=tuple(labels),
        headings=tuple(
            HeadingInMaori(each["heading"], each["heading_mi"]) for each in row.headings
        ),
        is_maori_first=row.is_maori_first,
        has_empty_rows=row.has_empty_rows,
        has_comments=row.has_comments,
        has_feedback=row.has_feedback,
    )
    return None if made == USUAL_DESIGN else made
