"""Overriding warnings, and adding a paragraph about missing returns."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records import history
from reports import checks
from reports.checks.blockers import RETURN
from reports.checks.check import fingerprint
from reports.checks.material import missing_returns
from reports.checks.warns import not_needed_key
from reports.document import Source
from reports.document.dates import long_date
from reports.document.wording import agree, join_words
from reports.drafting import draft_rows
from reports.drafting.draft import CLOSING
from reports.drafting.paper import read_drafted
from reports.models import Briefing, CheckOverride, DraftParagraph
from reports.models.override import REASON_LENGTH
from reports.workshop.services import drafts
from workitems.models import Return
from workitems.plan.asat import end_of, versions_in_order
from workitems.plan.services.refusals import Refused

# The reason of the override that keeps what is not needed.
NOT_NEEDED = "Not needed in this paper"


@transaction.atomic
def override(
    *, briefing: Briefing, key: str, about: str, reason: str, by: User, at: datetime
) -> CheckOverride:
    """Accept a warning with a reason. `about` is the warning's digest as the user saw it.

    Raise `Refused` without a reason, for a blocking check, or if the warning's text changed.
    """
    briefing = drafts.open_briefing(briefing)
    if not reason.strip():
        raise Refused(_("Say why this warning can be accepted."), "reason")
    if len(reason) > REASON_LENGTH:
        raise Refused(
            _("Enter at most {most:,} characters.").format(most=REASON_LENGTH),
            "reason",
        )
    check = next(
        (
            each
            for each in checks.failed_checks(read_drafted(briefing, localdate(at)))
            if each.key == key
        ),
        None,
    )
    if check is None:
        raise Refused(_("This warning no longer exists."))
    if check.is_blocking:
        raise Refused(_("This problem must be fixed. It cannot be accepted."))
    if check.about != about:
        raise Refused(_("The text has changed since. Read the warning again."))
    row = CheckOverride.objects.filter(briefing=briefing, key=key).first() or CheckOverride(
        briefing=briefing, key=key
    )
    row.about, row.words, row.reason = check.about, check.words, reason.strip()
    row.by, row.at, row.is_withdrawn = by, at, False
    return history.save(row, by=by, reason=row.reason[:100])


@transaction.atomic
def not_needed(*, briefing: Briefing, key: str, read: str, by: User, at: datetime) -> CheckOverride:
    """Keep that what a paragraph leaves out of its agency's words is not needed. `read` is the digest of the sentences
    that the user saw. Raise `Refused` if they have changed."""
    briefing = drafts.open_briefing(briefing)
    found = checks.failed_checks(read_drafted(briefing, localdate(at)))
    rest = [sentence for check in found for sentence, _end in check.left_out.get(key, ())]
    if not rest or fingerprint(*rest) != read:
        raise Refused(_("The reports have changed. Read them again, then choose."))
    named = not_needed_key(key)
    row = CheckOverride.objects.filter(briefing=briefing, key=named).first() or CheckOverride(
        briefing=briefing, key=named
    )
    before = [] if row.is_withdrawn else row.words.split("\n")
    row.words = "\n".join(filter(None, [*before, *rest]))
    row.about, row.reason = fingerprint(row.words), NOT_NEEDED
    row.by, row.at, row.is_withdrawn = by, at, False
    return history.save(row, by=by, reason=row.reason)


@transaction.atomic
def withdraw_override(*, briefing: Briefing, key: str, by: User) -> None:
    """Withdraw an override, so that the warning counts again. Does nothing if there is none."""
    briefing = drafts.open_briefing(briefing)
    row = CheckOverride.objects.in_force().filter(briefing=briefing, key=key).first()
    if row:
        row.is_withdrawn = True
        history.save(row, by=by, reason="Taken back")


def _of_missing(missing: Sequence[Return], dated: date) -> str:
    """Return sentences on returns not accepted by a date: those submitted, those that should have been, and those still due."""
    until = end_of(dated)
    submitted = [row for row in missing if row.submitted_at and row.submitted_at < until]
    rest = [row for row in missing if row not in submitted]
    late = [row for row in rest if row.due_on < dated]
    told = []
    if submitted:
        it_says = agree(len(submitted), "it says", "they say")
        told.append(
            f"{_returns(submitted)} had not been accepted by {long_date(dated)}. What {it_says} is not in this paper."
        )
    if late:
        told.append(f"{_returns(late)} had not been submitted by {long_date(dated)}.")
    due = sorted((row for row in rest if row not in late), key=lambda row: row.due_on)
    for day, rows in groupby(due, key=lambda row: row.due_on):
        of_day = list(rows)
        told.append(
            f"{_returns(of_day)} {agree(len(of_day), 'is', 'are')} due by {long_date(day)}."
        )
    return " ".join(told)


def _returns(rows: Sequence[Return]) -> str:
    of_rounds = [
        f"of {join_words([row.agency.short_name for row in of_round])} for {round.name}"
        for round, of_round in groupby(rows, key=lambda row: row.round)
    ]
    return f"The {agree(len(rows), 'return', 'returns')} {join_words(of_rounds)}"


@transaction.atomic
def add_missing_returns_paragraph(*, briefing: Briefing, by: User) -> DraftParagraph:
    """Add a paragraph that names the returns not accepted by the paper's date, as its sources.

    It ends what is said of delay, else the achievements, else the first section. Raise `Refused` if no return is missing.
    """
    briefing = drafts.open_briefing(briefing)
    draft = draft_rows.read_draft(briefing).draft
    named = {
        source.pk
        for part in draft.parts()
        if not part.is_hidden
        for source in part.sources
        if source.model == RETURN
    }
    missing = [row for row in missing_returns(briefing) if row.pk not in named]
    if not missing:
        raise Refused(_("The paper already names every missing return."))
    homes = [portion for portion in draft.portions if portion.content != CLOSING]
    if not homes:
        raise Refused(_("The draft has no section for this paragraph. Add a section first."))
    of_content = {portion.content: portion for portion in reversed(homes)}
    home = of_content.get("delay") or of_content.get("achievements") or homes[0]
    versions = dict(versions_in_order(Return, id__in=[row.pk for row in missing]))
    missing.sort(key=lambda row: (row.round.period_end, row.round_id))
    return drafts.add(
        briefing=briefing,
        section=home.key,
        position=len(home.parts),
        text=_of_missing(missing, briefing.dated),
        sources=tuple(
            Source(RETURN, row.pk, versions.get(row.pk), f"Return of {row.agency}, {row.round}")
            for row in missing
        ),
        by=by,
    )
