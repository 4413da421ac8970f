"""The cover of a paper as plain data, with the design of the agency whose paper it is."""

import re
from base64 import b64encode

from agencies.models import Agency
from reports.compose.facts import Facts
from reports.document import Contact, Cover, Marking
from reports.document.cover_design import (
    USUAL_DESIGN,
    USUAL_LABELS,
    CoverDesign,
    CoverLabel,
    CoverPart,
    HeadingInMaori,
    Mark,
)
from reports.models import AgencyCover, Clearance
from reports.models.briefing import marking_words


def cover_of(facts: Facts) -> Cover:
    briefing = facts.briefing
    contacts = [
        Contact(name, role, phone, mobile)
        for name, role, phone, mobile in (
            (
                briefing.contact_name,
                briefing.contact_role,
                briefing.contact_phone,
                briefing.contact_mobile,
            ),
            (
                briefing.second_contact_name,
                briefing.second_contact_role,
                briefing.second_contact_phone,
                briefing.second_contact_mobile,
            ),
        )
        if name or role
    ]
    return Cover(
        minister=facts.minister,
        portfolio=facts.plan.portfolio,
        title=briefing.title,
        dated=briefing.dated,
        tracker_number=briefing.reference,
        action_sought=briefing.action_sought,
        authorising_manager=Contact(
            briefing.manager_name,
            briefing.manager_role,
            briefing.manager_phone,
            briefing.manager_mobile,
        ),
        contacts=tuple(contacts),
        marking=Marking(briefing.marking),
        marking_words=_unusual(marking_words(briefing.marking), briefing.marking),
        deadline=briefing.deadline,
        copied_to=names(briefing.copied_to, r"\n"),
        for_referral_to=names(briefing.for_referral_to, r"\n"),
        agencies_consulted=_consulted(facts),
        not_concurring=tuple(
            row.agency.short_name
            for row in facts.clearances
            if row.answer == Clearance.Answer.DISSENTS
        ),
        on_behalf_of=_on_behalf_of(briefing.on_behalf_of),
        design=design_of(facts.coordinator),
        says_once=True,
    )


def _on_behalf_of(office: str) -> str:
    """Return "for Secretary of Labour"; with "the" before an office that has "for" in its name."""
    if not office:
        return ""
    return f"for the {office}" if " for " in office else f"for {office}"


def _unusual(words: str, marking: str) -> str:
    """Return the country's words for a marking, or "" if they are the marking itself."""
    return "" if words == marking else words


def _consulted(facts: Facts) -> tuple[str, ...]:
    """Return the agencies asked for clearance, then other agencies named on the cover."""
    asked = [row.agency.short_name for row in facts.clearances]
    known = {name.casefold() for name in asked}
    typed = names(facts.briefing.agencies_consulted, r"[,;\n]")
    if asked:
        # "N/A" was typed before any agency was asked.
        typed = tuple(name for name in typed if name.casefold() not in {*known, "n/a"})
    return (*asked, *typed)


def names(text: str, between: str) -> tuple[str, ...]:
    """Split a list of names as typed on the cover."""
    return tuple(name.strip() for name in re.split(between, text) if name.strip())


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
