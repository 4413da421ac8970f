"""Freezing the pack and the minutes of a meeting."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import User
from reports.compose.bad_characters import Unprintable
from reports.document.text import DocumentError
from reports.meetings.meeting_html import frozen_words, paper_html, title_of
from reports.meetings.minutes import compose_minutes
from reports.meetings.pack import compose_pack
from reports.meetings.parts import Pack, Paper, to_plain
from reports.models import MeetingPaper
from reports.models.issue import sha256
from reports.models.meeting_paper import moment_before
from reports.render.pdf import RenderRefused, html_to_pdf
from workitems.models import Meeting, Plan
from workitems.plan.asat import end_of
from workitems.plan.services.refusals import Refused

Kind = MeetingPaper.Kind


def pack_instant(meeting: Meeting, at: datetime) -> datetime:
    """Return the instant at which a pack made at `at` shows the plan: `at`, but at most the end of
    the meeting's day."""
    return min(at, end_of(meeting.held_on))


def freeze_pack(
    *, meeting: Meeting, by: User, at: datetime, after: int | None = None
) -> MeetingPaper:
    """Freeze the pack as the next version.

    `after` is the newest version the user saw. Raise `Refused` if another was frozen since, or if
    the paper cannot be printed.
    """
    return _freeze(Kind.PACK, meeting=meeting, by=by, at=at, after=after)


def freeze_minutes(
    *, meeting: Meeting, by: User, at: datetime, after: int | None = None
) -> MeetingPaper:
    """Freeze the minutes of a closed record as the next version; see `freeze_pack`.

    Raise `Refused` while the record is open, as it may still change.
    """
    return _freeze(Kind.MINUTES, meeting=meeting, by=by, at=at, after=after)


def draft(kind: str, *, meeting: Meeting, at: datetime) -> Paper:
    """Return the paper as it would be frozen at an instant. Saves nothing.

    Raise `Refused` if the meeting was not held yet or the paper cannot be composed.
    """
    try:
        if kind == Kind.PACK:
            instant = pack_instant(meeting, at)
            return compose_pack(meeting, moment_before(instant, meeting.held_on))
        if meeting.held_on > timezone.localdate(at):
            raise Refused(_("That meeting has not been held yet."))
        return compose_minutes(meeting, at)
    except DocumentError as error:
        raise Unprintable(meeting.plan, str(error), error.character) from error


def print_paper(paper: Paper, *, state: str = "", plan: Plan | None = None) -> bytes:
    """Return the paper as a PDF, marked as a draft without a `state`.

    Takes a second or more, so not in a transaction. Raise `Refused` if it cannot be printed, with
    the place of a character in the records of `plan` that is why.
    """
    try:
        html = paper_html(paper, state=state)
        return html_to_pdf(html, title=title_of(paper), language=paper.language)
    except (RenderRefused, DocumentError) as error:
        if plan is None:
            raise Refused(str(error)) from error
        raise Unprintable(plan, str(error), error.character) from error


def _freeze(
    kind: str, *, meeting: Meeting, by: User, at: datetime, after: int | None
) -> MeetingPaper:
    """Compose and render before taking the lock, so that rendering does not hold it."""
    with transaction.atomic():
        meeting = Meeting.objects.select_related("plan").get(pk=meeting.pk)
        number = _next_number(kind, meeting, after)
        if kind == Kind.MINUTES and not meeting.is_closed:
            raise Refused(_("Close the record before you freeze its minutes."))
        paper = draft(kind, meeting=meeting, at=at)
    pdf = print_paper(paper, plan=meeting.plan, state=frozen_words(number, at))
    kept: dict[str, Any] = {
        "kind": kind,
        "as_at": pack_instant(meeting, at) if isinstance(paper, Pack) else at,
        "content": to_plain(paper),
        "pdf": pdf,
        "sha256": sha256(pdf),
    }
    try:
        with transaction.atomic():
            now = Meeting.objects.select_for_update().get(pk=meeting.pk)
            if now.version != meeting.version:
                raise Refused(
                    _("The meeting was changed while you were reading. Read the paper again.")
                )
            if _next_number(kind, meeting, after) != number:
                raise Refused(SOMEBODY_WAS_FIRST)
            row = MeetingPaper(meeting=meeting, number=number, made_at=at, made_by=by, **kept)
            row.save(force_insert=True)
            return row
    except IntegrityError as error:
        raise Refused(SOMEBODY_WAS_FIRST) from error


SOMEBODY_WAS_FIRST = gettext_lazy("Another user has frozen a new version. Read it first.")


def _next_number(kind: str, meeting: Meeting, after: int | None) -> int:
    last = MeetingPaper.objects.filter(meeting=meeting, kind=kind).newest_first()
    number: int = last.values_list("number", flat=True).first() or 0
    if after is not None and after != number:
        raise Refused(SOMEBODY_WAS_FIRST)
    return number + 1
