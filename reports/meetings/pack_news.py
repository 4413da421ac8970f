"""Notices that a meeting's pack is frozen, to all members. A source of `workitems.notices.news`."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from reports.models import MeetingPaper
from workitems.meetings.meeting_news import lines, members_of
from workitems.models import Meeting, Notice
from workitems.notices.news import OtherNews


def pack_notices(on: date, *, only: int | None = None) -> Iterator[OtherNews]:
    """Yield the notices to members about the newest pack of a meeting that is not over."""
    rows = MeetingPaper.objects.filter(
        kind=MeetingPaper.Kind.PACK,
        meeting__held_on__gte=on,
        meeting__closed_at=None,
        meeting__cancelled_on=None,
    )
    if only is not None:
        rows = rows.filter(meeting=only)
    newest: dict[int, MeetingPaper] = {}
    for paper in rows.defer("pdf", "content").order_by("number"):
        newest[paper.meeting_id] = paper
    if not newest:
        return
    meetings = Meeting.objects.filter(pk__in=newest).select_related("plan__coordinating_agency")
    for meeting, people in members_of(meetings, on):
        number = newest[meeting.pk].number
        ready = (
            _(
                "The pack is ready to read: how we are going, what changed, and the agenda with what "
                "is asked of you."
            )
            if number == 1
            else _(
                "Version {number} of the pack is ready to read: how we are going, what changed, and "
                "the agenda with what is asked of you."
            ).format(number=number)
        )
        yield from lines(
            meeting,
            people,
            Notice.Reason.PACK,
            f"version {number}",
            ready,
            _("has its pack"),
            link=_("Read the pack"),
            path=reverse("papers:pack", args=[meeting.plan.slug, meeting.pk]),
        )


def minutes_path(meeting: Meeting) -> str:
    return reverse("papers:minutes", args=[meeting.plan.slug, meeting.pk])
